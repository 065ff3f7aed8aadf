"""Users on the move: who leaves which provider for which."""

from typing import Any, Final

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from analysis.figures.drawing import heading, new_figure, styled
from analysis.figures.names import plain
from analysis.palette import COLOURS, number, percent

NOBODY: Final = "no provider"
_NAMED: Final = 5
"""Labs shown apart; smaller ones are added up."""
_GAP: Final = 0.055
_BAR: Final = 0.02


@styled
def users_on_the_move(moves: pd.DataFrame, month: str) -> Figure:
    """Draw people who change provider within a month, from their old provider at the left to the new at the right.

    Args:
        moves: People [from, to] by seller's name; the last row and column are those without a provider.
        month: To name in the heading.
    """
    table = grouped(moves)
    people = table.to_numpy(copy=True)
    total, stay = people.sum(), np.trace(people[:-1, :-1])
    np.fill_diagonal(people, 0.0)
    figure = new_figure(11, 4.8)
    ax = figure.subplots()
    ax.set_axis_off()
    ax.set(xlim=(-0.32, 1.32), ylim=(-0.02, 1.02))
    colours = _colours(list(table.index))
    left, right = _places(people.sum(axis=1)), _places(people.sum(axis=0))
    _ribbons(ax, people, left, right, colours)
    for place, name in enumerate(table.index):
        _node(ax, 0.0, left[place], f"{plain(name)}  −{number(people[place].sum())}", colours[place])
        _node(ax, 1.0, right[place], f"+{number(people[:, place].sum())}  {plain(name)}", colours[place])
    had = float(table.to_numpy()[:-1].sum())
    kept = f"{percent(stay / had)} of users with a provider stay with it" if had > 0 else "nobody has a provider yet"
    note = (
        "People expected to change in this month, before anyone is turned away: old provider at the left, new one at "
        f"the right. {number(total)} people choose in all; those who stay are not drawn, nor moves between resellers. "
        f"“{NOBODY}” at the left are those who join, at the right those who do without."
    )
    heading(figure, f"In {month} {kept}; {number(people.sum())} people move", note)
    return figure


def grouped(moves: pd.DataFrame) -> pd.DataFrame:
    """Return the table with small labs added up, and all resellers in one row and column."""
    labs = [name for name in moves.index if name.startswith("lab ")]
    size = moves.sum(axis=1)
    named = sorted(labs, key=lambda name: -size[name])[:_NAMED] if len(labs) > _NAMED + 1 else labs
    names = {name: name if name in named else "other labs" for name in labs}
    groups = np.array([names.get(name, NOBODY if name == NOBODY else "resellers") for name in moves.index])
    order = [name for name in dict.fromkeys([*labs, "other labs", "resellers", NOBODY]) if name in groups]
    table: Any = moves.groupby(groups).sum().T.groupby(groups).sum().T
    return pd.DataFrame(table).reindex(index=order, columns=order)


def _colours(names: list[str]) -> list[Any]:
    labs = [name for name in names if name not in ("resellers", NOBODY)]
    shades = sns.light_palette(COLOURS["labs"], len(labs) + 2, reverse=True)
    found = dict(zip(labs, shades, strict=False)) | {"resellers": COLOURS["resellers"], NOBODY: COLOURS["outside"]}
    return [found[name] for name in names]


def _places(sizes: Any) -> list[tuple[float, float]]:
    """Return bottom and top of each node, first at the top, with a gap for labels between them."""
    total = float(sizes.sum()) or 1.0
    scale = (1 - _GAP * (len(sizes) - 1)) / total
    places, top = [], 1.0
    for size in sizes:
        places.append((top - float(size) * scale, top))
        top -= float(size) * scale + _GAP
    return places


def _node(ax: Axes, x: float, place: tuple[float, float], text: str, colour: Any) -> None:
    bottom, top = place
    at = x - _BAR if x == 0 else x
    ax.add_patch(
        PathPatch(
            Path([(at, bottom), (at, top), (at + _BAR, top), (at + _BAR, bottom), (at, bottom)]),
            fc=colour, ec=colour, linewidth=1.0, zorder=3,
        )
    )  # fmt: skip
    beside, side = (x - 0.03, "right") if x == 0 else (x + 0.03, "left")
    ax.text(beside, (bottom + top) / 2, text, va="center", fontsize=9.5, ha=side)


def _ribbons(ax: Axes, people: Any, left: list[tuple[float, float]], right: list[tuple[float, float]],
             colours: list[Any]) -> None:  # fmt: skip
    start = [top for _, top in left]
    end = [top for _, top in right]
    height = [(top - bottom) / size if size else 0.0
              for (bottom, top), size in zip(left, people.sum(axis=1), strict=True)]  # fmt: skip
    for source, row in enumerate(people):
        for sink, size in enumerate(row):
            if size <= 0:
                continue
            thick = size * height[source]
            a, b = start[source], end[sink]
            ax.add_patch(PathPatch(_band(a, b, thick), fc=colours[source], ec="none", alpha=0.45, zorder=1))
            start[source] -= thick
            end[sink] -= thick


def _band(a: float, b: float, thick: float) -> Path:
    """Return a ribbon from height a at the left to height b at the right."""
    up = [(0.0, a), (0.5, a), (0.5, b), (1.0, b)]
    down = [(1.0, b - thick), (0.5, b - thick), (0.5, a - thick), (0.0, a - thick)]
    codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    return Path([*up, *down], codes)
