"""What is written in a figure, and where."""

from collections.abc import Iterator
from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

OF_THE_COMMONS = ("human_share_over_time", "profit_with_the_commons", "quality_over_time", "text_and_exhaustion")
"""The figures that need a run with the commons."""

OF_A_DESIGN = ("backtest_series", "flip_map", "margin_in_worlds", "response_curves", "sensitivity")
"""The figures that need runs of a design or in worlds, and what was made of them."""


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


def assert_apart(figure: Figure) -> None:
    """Nothing written in a figure overlaps anything else or leaves it."""
    written = list(texts(figure))
    assert len(written) > 5
    for text, box in written:
        inside = figure.bbox.padded(1)
        assert all(inside.contains(*corner) for corner in box.get_points()), text.get_text()
    for (one, box), (other, place) in combinations(written, 2):
        shrunk = Bbox.from_extents(box.x0 + 1, box.y0 + 1, box.x1 - 1, box.y1 - 1)
        assert not shrunk.overlaps(place), (one.get_text(), other.get_text())


def words(figure: Figure) -> str:
    """Everything written in a figure, in one line."""
    return " ".join(" ".join(text.get_text().split()) for text, _ in texts(figure))
