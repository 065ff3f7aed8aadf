"""What the lines and areas of a figure stand at, month by month, to be read where the pointer is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.dates import num2date
from matplotlib.figure import Figure

from analysis.dashboard.marks import is_over_time
from market.arrays import Vector

MOST_MONTHS = 240
"""Of a figure; of longer runs every second month is told, or every third."""
DIGITS = 4
MISSING = "–"


@dataclass(frozen=True)
class Series:
    """One line, or one area of a stack.

    Attributes:
        name: As in the legend.
        colour: #rrggbb.
        values: By month, days since 1970.
    """

    name: str
    colour: str
    values: dict[float, float]


def hover_of(figure: Figure) -> list[dict[str, Any]]:
    """Return what a page needs to tell the values of a figure that has been laid out, by its axes over months.

    Each has ``box`` (left, top, width and height as parts of the figure), ``what`` (the label of its axis), ``at``
    (parts of its width, by month), ``months``, and ``series`` with ``name``, ``colour`` and ``values`` as text.
    """
    over_time = [ax for ax in figure.axes if ax.get_visible() and is_over_time(ax)]
    told = [(ax, list(_series(ax, _names(figure, ax)))) for ax in over_time]
    return [_told(ax, series) for ax, series in told if series]


def _told(ax: Axes, series: list[Series]) -> dict[str, Any]:
    days = sorted({day for one in series for day in one.values})
    days = days[:: -(-len(days) // MOST_MONTHS)]
    box, (low, high) = ax.get_position(), ax.get_xlim()
    write = ax.yaxis.get_major_formatter()
    return {
        "box": [round(float(part), 4) for part in (box.x0, 1 - box.y1, box.width, box.height)],
        "what": " ".join(_about(ax).split()),
        "at": [round(float((day - low) / (high - low)), 4) for day in days],
        "months": [num2date(day).strftime("%Y-%m") for day in days],
        "series": [
            {"name": one.name, "colour": one.colour, "values": [_text(write, one.values.get(day)) for day in days]}
            for one in series
        ],
    }


def _about(ax: Axes) -> str:
    """Return what a panel is of and what its y axis shows, which may be said once for panels of one scale."""
    labels = [ax.get_ylabel(), *(other.get_ylabel() for other in ax.get_shared_y_axes().get_siblings(ax))]
    figure = ax.get_figure(root=True)
    label = next((label for label in labels if label), figure.get_supylabel() if figure else "")
    title = ax.get_title(loc="left") or ax.get_title()
    return ", ".join(part.replace(r"\$", "$") for part in (title, label) if part)


def _text(write: Any, value: float | None) -> str:
    """Write a value as its axis does, with a few digits more than a tick needs."""
    if value is None or not np.isfinite(value):
        return MISSING
    return str(write(float(f"{value:.{DIGITS}g}"), None)) or f"{value:.{DIGITS}g}"


def _series(ax: Axes, names: dict[str, str]) -> Iterator[Series]:
    """Yield the lines and areas that have a name."""
    for line in ax.lines:
        colour = _colour(line)
        name = _name(line, colour, names)
        x, y = (np.asarray(values, dtype=np.float64) for values in line.get_data(orig=False))
        if name and line.get_transform() == ax.transData and len(x):
            yield Series(name, colour, dict(zip(x.tolist(), y.tolist(), strict=True)))
    for area in ax.collections:
        if isinstance(area, PolyCollection) and area.get_paths() and (own := _own_name(area)):
            yield Series(own, _colour(area), _heights(np.concatenate([path.vertices for path in area.get_paths()])))


def _heights(corners: Vector) -> dict[float, float]:
    """Return how high an area is at each month that it has corners at."""
    days, place = np.unique(corners[:, 0], return_inverse=True)
    low, high = np.full(days.size, np.inf), np.full(days.size, -np.inf)
    np.minimum.at(low, place, corners[:, 1])
    np.maximum.at(high, place, corners[:, 1])
    return dict(zip(days.tolist(), (high - low).tolist(), strict=True))


def _own_name(artist: Artist) -> str:
    label = str(artist.get_label())
    return "" if label.startswith("_") else label


def _name(artist: Artist, colour: str, names: dict[str, str]) -> str:
    """Return the name of an artist: its own, or that which the legend gives to its colour."""
    return _own_name(artist) or names.get(colour, "")


def _names(figure: Figure, ax: Axes) -> dict[str, str]:
    """Return the names in the legends, by colour; of a colour that stands for two, none."""
    found: dict[str, str] = {}
    for legend in (*figure.legends, ax.get_legend()):
        if legend is None:
            continue
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=True):
            colour = _colour(handle)
            if colour:
                found[colour] = "" if colour in found else text.get_text()
    return found


def _colour(handle: Any) -> str:
    for ask in ("get_color", "get_facecolor"):
        if hasattr(handle, ask):
            colour = getattr(handle, ask)()
            return to_hex(colour[0] if np.ndim(colour) == 2 else colour)
    return ""
