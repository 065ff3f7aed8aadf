"""What an open tab shows: a view, a message in its place, and on Compare the list to pick from."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import reacton.ipyvuetify as rv
import solara

from analysis.dashboard.commands import commands
from analysis.dashboard.contained import Problem
from analysis.dashboard.painter import Painting, Picture
from analysis.dashboard.results_folder import MOST_PICKS, ResultsFolder
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views import COMPARE
from analysis.report.blocks import text
from market.wording import counted

if TYPE_CHECKING:
    from analysis.dashboard.views.view import Table

INCH = 96
"""Pixels of a style sheet; a figure keeps its proportions whatever room it gets."""

WIDE = 12.5
"""Inches; a figure wider than this has a row of its own."""

MOST_DAMAGED = 5
"""Damaged results that are named; the others are counted."""


@solara.component
def Picker(results_folder: ResultsFolder, names: list[str], picks: list[str], damaged: Mapping[str, str],
           pick: Callable[[list[str]], None]) -> None:  # fmt: skip
    """Pick finished results."""
    with rv.Html(tag="div", class_="tm-picker"):
        if names:
            rv.Autocomplete(label=f"Results to compare, up to {MOST_PICKS}", items=names, v_model=picks,
                            on_v_model=pick, multiple=True, chips=True, small_chips=True, deletable_chips=True,
                            dense=True, outlined=True, hide_details=True, class_="tm-control")  # fmt: skip
        else:
            where = f"in {results_folder.root}" if results_folder.root else "on this page: start it with --results DIR"
            rv.Html(tag="p", class_="tm-about", children=[f"There are no finished results {where}."])
        if damaged:
            rv.Html(tag="p", class_="tm-about tm-damaged", children=[left_out(damaged)])


def left_out(damaged: Mapping[str, str]) -> str:
    """Name the folders that cannot be used, and why."""
    named = [f"{name} ({why})" for name, why in list(damaged.items())[:MOST_DAMAGED]]
    more = [f"{len(damaged) - len(named)} more"] if len(damaged) > len(named) else []
    return f"Left out, {counted(len(damaged), 'folder')} that cannot be read: {'; '.join(named + more)}."


@solara.component
def Waiting(tab: str, snapshot: Snapshot) -> None:
    """Say why there is nothing to see yet."""
    invite = "Press Play to let the market run, or Step for one month."
    if tab == COMPARE:
        invite = "Pick finished results to see them side by side."
    elif not snapshot.rounds and not snapshot.error:
        invite = "building the market …"
    elif snapshot.round:
        invite = "drawing …"
    rv.Html(tag="div", class_="tm-empty", children=[invite])


@solara.component
def Painted(painting: Painting) -> None:
    """Show a view, and what of it could not be drawn."""
    with rv.Html(tag="div", class_="tm-view"):
        if painting.heading:
            rv.Html(tag="h2", children=[painting.heading])
        for problem in painting.problems:
            Problem(problem)
        with rv.Html(tag="div", class_="tm-figures"):
            for place, picture in enumerate(painting.pictures):
                Figure(picture).key(f"{painting.tab} {place}")
        if painting.table is not None:
            Numbers(painting.table, "A: " if painting.beside else "")
        if painting.beside is not None:
            Numbers(painting.beside, "B: ")
        if painting.pictures:
            lines = "".join(f"<p>{text(what)}</p><pre>{text(line)}</pre>" for what, line in commands(painting))
            shown = f"<summary>Command line of this view</summary>{lines}"
            solara.HTML(tag="details", classes=["tm-command"], unsafe_innerHTML=shown)


@solara.component
def Numbers(numbers: "Table", market: str) -> None:
    """Show the table of a view."""
    caption = f"<p class='tm-caption'>{market}{text(numbers.caption)}</p>"
    solara.HTML(tag="div", classes=["tm-table"], unsafe_innerHTML=caption + numbers.html())


@solara.component_vue("picture.vue")
def Drawn(source: str, alt: str, width: int, height: int, panels: list[dict[str, Any]]) -> None:
    """Show a drawing, and what its lines stand at in the month under the pointer."""


@solara.component
def Figure(picture: Picture) -> None:
    """Show one figure; where the window is narrower than its letters can be read it scrolls in its frame."""
    with rv.Html(tag="figure", class_="tm-figure tm-wide" if picture.width > WIDE else "tm-figure"):
        if picture.market:
            rv.Html(tag="figcaption", children=[picture.market]).key("market")
        width, height = round(picture.width * INCH), round(picture.height * INCH)
        drawn = Drawn(source=picture.source, alt=picture.description, width=width, height=height, panels=picture.hover)
        drawn.key("picture")
