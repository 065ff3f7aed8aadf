from collections.abc import Callable, Iterator
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from small_economy import batch

from analysis import figures
from analysis.palette import COLOURS
from analysis.results import BatchResults

OF_THE_COMMONS = {"human_share_over_time", "profit_with_the_commons", "quality_over_time", "text_and_exhaustion"}
ALONE = {"profit_in_month", *OF_THE_COMMONS}
DRAW = [getattr(figures, name) for name in figures.__all__ if name not in {"image", *ALONE}]


def texts(figure: Figure) -> Iterator[tuple[Text, Bbox]]:
    """Everything written in a figure with its place in pixels; tick labels beyond the axis are not drawn."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    hidden: set[Text] = set()
    for ax in figure.axes:
        hidden |= {text for text in ax.findobj(Text) if not ax.get_visible()}
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_transform().transform(axis.get_view_interval()))
            slack = 1e-6 * (high - low)
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                at = axis.get_transform().transform(tick.get_loc())
                if not (low - slack <= at <= high + slack) or not ax.axison:
                    hidden |= {tick.label1, tick.label2}
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and text not in hidden:
            yield text, text.get_window_extent(renderer)


def pixels(figure: Figure) -> np.ndarray:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


@pytest.fixture(scope="module", params=["crowd", "single"])
def drawn_from(request: pytest.FixtureRequest) -> BatchResults:
    return request.getfixturevalue("crowd") if request.param == "crowd" else batch({"baseline": {}}, 1, 30)


@pytest.mark.parametrize("draw", DRAW)
def test_labels_lie_apart_and_inside(draw: Callable[[BatchResults], Figure], drawn_from: BatchResults):
    figure = draw(drawn_from)
    written = list(texts(figure))
    assert len(written) > 5
    for text, box in written:
        inside = figure.bbox.padded(1)
        assert all(inside.contains(*corner) for corner in box.get_points()), text.get_text()
    for (one, box), (other, place) in combinations(written, 2):
        shrunk = Bbox.from_extents(box.x0 + 1, box.y0 + 1, box.x1 - 1, box.y1 - 1)
        assert not shrunk.overlaps(place), (one.get_text(), other.get_text())


@pytest.fixture(scope="module")
def gallery(results: BatchResults) -> dict[str, np.ndarray]:
    """The pixels of all figures; drawing them must change nothing of matplotlib's global state."""
    before = dict(mpl.rcParams)
    drawn = {draw.__name__: pixels(draw(results)) for draw in DRAW}
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before
    return drawn


@pytest.mark.parametrize("name", [draw.__name__ for draw in DRAW])
def test_figures_show_each_layer_in_its_colour(gallery: dict[str, np.ndarray], name: str):
    image = gallery[name]
    assert (np.ptp(image.astype(int), axis=2) > 40).mean() > 0.002
    if name == "chain":  # boxes are coloured by margin
        return
    for layer in ("hardware", "labs", "resellers"):
        colour = (255 * np.array(mpl.colors.to_rgb(COLOURS[layer]))).round()
        assert (np.abs(image.reshape(-1, 3) - colour) <= 1).all(axis=1).any(), layer


def test_a_figure_gives_the_same_bytes_again(results: BatchResults):
    once, again = (figures.image(figures.profit_by_setting(results)) for _ in range(2))
    assert once == again
    assert b"<dc:date>" not in once


def test_titles_state_the_finding(results: BatchResults):
    assert "Hardware earns most in 3 of 4 settings; labs lose money in 2" in title(figures.profit_by_setting(results))
    one = title(figures.profit_by_setting(batch({"baseline": {}}, 1)))
    assert one.startswith("Hardware earns USD")
    assert "labs lose USD" in one


def title(figure: Figure) -> str:
    return " ".join(figure.get_suptitle().split())


def test_a_name_is_not_mathematics():
    results = batch({"cost_$x^{$ <b>": {}, "baseline": {}}, 1, 6)
    for draw in (figures.profit_by_setting, figures.chain):
        assert figures.image(draw(results))


def test_intervals_are_drawn_over_replications_only():
    """Without replications no interval can be drawn, nor is one claimed."""
    single = figures.profit_by_setting(batch({"baseline": {}}, 1))
    several = figures.profit_by_setting(batch({"baseline": {}}, 4))
    assert "no interval" in single.get_supxlabel()
    assert "95 % interval of the mean of 4 replications" in " ".join(several.get_supxlabel().split())


def test_a_margin_beyond_the_axis_is_written_out():
    results = batch({"baseline": {}, "ruin": {"chip": 9.0}}, 2, 6)
    written = " ".join(text.get_text() for text, _ in texts(figures.margin_by_setting(results)))
    assert "−" in written
    assert figures.margin_by_setting(results).axes[0].get_xlim()[0] > -2.5
