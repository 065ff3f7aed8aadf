from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from small_economy import batch
from written import OF_A_DESIGN, OF_THE_COMMONS, assert_apart, texts

from analysis import figures
from analysis.palette import COLOURS
from analysis.results import BatchResults

ALONE = {"gpu_hour", "profit_in_month", "who_pays_for_whom", *OF_THE_COMMONS, *OF_A_DESIGN}
DRAW = [getattr(figures, name) for name in figures.__all__ if name not in {"image", *ALONE}]


def pixels(figure: Figure) -> np.ndarray:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


@pytest.fixture(scope="module", params=["crowd", "single"])
def drawn_from(request: pytest.FixtureRequest) -> BatchResults:
    return request.getfixturevalue("crowd") if request.param == "crowd" else batch({"baseline": {}}, 1, 30)


@pytest.mark.parametrize("draw", DRAW)
def test_labels_lie_apart_and_inside(draw: Callable[[BatchResults], Figure], drawn_from: BatchResults):
    assert_apart(draw(drawn_from))


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
