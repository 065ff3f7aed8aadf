"""A page of a run as one file: all views with their figures and numbers, and what it takes to repeat it."""

from typing import TYPE_CHECKING

from analysis.dashboard.downloads.names import stem
from analysis.dashboard.downloads.played import command, months_of, played
from analysis.dashboard.downloads.scenario import played_by, scenario_file
from analysis.dashboard.painter import Attempts, Painting, paint
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views import COMPARE, TABS

if TYPE_CHECKING:
    from analysis.results import BatchResults
    from analysis.tables.origin import Origin


def page_of_run(snapshot: Snapshot) -> bytes:
    """Return the page as HTML that needs nothing from elsewhere and no script.

    What cannot be drawn is told in its place.

    Raises:
        BadInput: As ``played``.
    """
    from analysis.findings.sentences import answer
    from analysis.report.blocks import page, paragraph
    from analysis.report.repeating import head
    from analysis.results import in_memory
    from analysis.tables.horizon import period
    from analysis.tables.origin import Origin

    results = in_memory(played(snapshot))
    origin, attempt = Origin.of(results), Attempts()
    said = attempt("The answer", lambda: answer(results, results.settings[0], period(results)))
    tabs = [tab for tab in TABS if tab != COMPARE and tab not in snapshot.hidden]
    told = [snapshot.error, *attempt.problems]
    return page(
        origin.title,
        head(origin),
        paragraph(said, "answer") if said else "",
        *(paragraph(problem, "warning") for problem in told if problem),
        *(paragraph(note, "note") for note in snapshot.notes),
        *(view_section(paint(tab, snapshot)) for tab in tabs),
        _repeating(snapshot, results, origin),
    ).encode()


def view_section(painting: Painting) -> str:
    """Return a view: what it answers, its figures, its numbers, and what of it could not be drawn."""
    from analysis.report.blocks import paragraph, picture, section

    tables = [numbers for numbers in (painting.table, painting.beside) if numbers is not None]
    return section(
        painting.tab,
        paragraph(painting.heading, "question") if painting.heading else "",
        *(paragraph(problem, "warning") for problem in painting.problems),
        *(_of(drawn.market) + picture(drawn.svg, drawn.description) for drawn in painting.pictures),
        *(paragraph(numbers.caption, "note") + numbers.html() for numbers in tables),
    )


def _of(market: str) -> str:
    """Say of which market a figure is, where there are two."""
    from analysis.report.blocks import paragraph

    return paragraph(f"Market {market}", "note") if market else ""


def _repeating(snapshot: Snapshot, results: "BatchResults", origin: "Origin") -> str:
    """Return command lines, the scenario as a file, parameters, seed and versions."""
    from analysis.report.blocks import code, details, paragraph, section
    from analysis.report.repeating import changes_table, seeds_and_versions

    file = f"{stem(snapshot.choice)}.toml"
    again = f"{command(snapshot.choice, months_of(snapshot))}\ntokenmarket report NEW_FOLDER\n"
    return section(
        "How to repeat this",
        code(again),
        paragraph(f"Or save the scenario below as {file}, and play that:"),
        code(f"{played_by(snapshot)} --out NEW_FOLDER\n"),
        details(f"The scenario: {file}", code(scenario_file(snapshot).decode())),
        changes_table(origin),
        *seeds_and_versions(results, origin),
    )
