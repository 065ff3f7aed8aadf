"""One page that answers the question of a run or a batch, with its numbers, figures and what it takes to repeat it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from analysis import figures
from analysis.drawings import Drawings
from analysis.figures.drawing import MOST_SETTINGS
from analysis.horizon import comparable, period, turn_finding
from analysis.origin import Origin
from analysis.page import details, page, paragraph, section, table, text
from analysis.report_commons import commons_section
from analysis.report_figures import course_figures, dollars_figure, earnings_figures, letters_note
from analysis.report_origin import origin_section, runs_table
from analysis.report_tables import (
    claims_table,
    differences_table,
    gain_table,
    profit_table,
    split_table,
    targets_table,
    waterfall_table,
    years_table,
)
from analysis.results import BatchResults, read_results
from analysis.targets import compare_targets
from analysis.wording import answer, record_finding
from scenarios.files import disk_errors_explained, write_whole
from scenarios.reading import check_tables

REPORT: Final = "report.html"
FIGURES: Final = "figures"
MOST_ROWS: Final = 400_000
"""Rows of the table of layers beyond which that of firms, ten times as long and wide, is not read."""


def write_report(directory: str | Path) -> Path:
    """Write ``report.html`` and its figures beside the results and return its path.

    Args:
        directory: Folder of a run (``tokenmarket run --out``) or of a batch.

    Raises:
        scenarios.BadInput: If there are no results in the folder, a file of them is damaged, or it takes no report.
        scenarios.WorkFailed: If the disk does not take the report.
    """
    results = read_results(directory)
    folder = Path(directory)
    check_tables(folder, results.manifest)
    path = folder / REPORT
    with disk_errors_explained(folder, "the results are as they were", "the report"), _nothing_begun(folder / FIGURES):
        drawings = Drawings(folder / FIGURES)
        write_whole(path, report_page(results, drawings).encode())
    return path


@contextmanager
def _nothing_begun(figures: Path) -> Iterator[None]:
    """Take away a new folder of figures where the report does not come to an end."""
    new = not figures.exists()
    try:
        yield
    except BaseException:
        if new:
            shutil.rmtree(figures, ignore_errors=True)
        raise


def report_page(results: BatchResults, draw: Drawings) -> str:
    """Return the report as HTML."""
    origin = Origin.of(results)
    if results.finished == 0:
        failed = section("Runs", paragraph("No run has finished: there is nothing to report.", "warning"))
        return page(origin.title, _head(origin), failed, runs_table(results, origin), origin_section(results, origin))
    main = origin.baseline(results.settings)
    results, cut, together = comparable(results)
    shown, note = _readable(results, main)
    several, when = together and len(shown.settings) > 1, period(shown)
    return page(
        origin.title,
        _head(origin),
        paragraph(answer(results, main, when), "answer"),
        paragraph(_doubts(shown, main, len(results.layers)), "warning"),
        paragraph(cut, "warning") if cut else "",
        note,
        runs_table(results, origin),
        letters_note(shown),
        section(
            "Who earns what",
            *earnings_figures(results, shown, draw),
            profit_table(shown),
            split_table(shown),
            gain_table(shown),
            when=when,
        ),
        section("The claim under test", claims_table(shown), when=when),
        section(
            "Where a dollar paid by users goes",
            draw(figures.waterfall_of_a_dollar, shown, main),
            dollars_figure(shown, draw),
            draw(figures.investment_and_the_dollar, shown, main),
            waterfall_table(shown),
            when=when,
        ),
        differences_table(shown, main, when) if several else "",
        section(
            "Over time",
            paragraph(turn_finding(shown, main)),
            years_table(shown),
            *course_figures(shown, main, draw),
            draw(figures.price_paths, shown, main),
            when=when,
        ),
        commons_section(shown, origin, main, draw),
        *_firm_by_firm(shown.only([main]), main, draw, len(results.layers)),
        origin_section(results, origin),
    )


def _doubts(results: BatchResults, setting: str, rows: int) -> str:
    """Say what stands against the answer: reported margins that are missed, and how it turns with the horizon."""
    found = turn_finding(results, setting)
    if rows > MOST_ROWS:
        return f"Too many runs to hold against reported margins firm by firm. {found}".strip()
    return f"{record_finding(compare_targets(results.only([setting]), setting=setting))} {found}".strip()


def _firm_by_firm(results: BatchResults, setting: str, draw: Drawings, rows: int) -> list[str]:
    """Return what needs the table of firms: too large to read where there are very many runs."""
    if rows > MOST_ROWS:
        left_out = "Market shares, the chain and reported margins are left out: too many runs to read firm by firm."
        return [section("Firms", paragraph(left_out, "warning"))]
    return [
        section("Market shares", draw(figures.market_shares, results, setting)),
        section("The chain", draw(figures.chain, results, setting)),
        targets_table(results, setting),
    ]


def _readable(results: BatchResults, main: str) -> tuple[BatchResults, str]:
    """Return the results with no more settings than a page can show, and what to say of those left out, as HTML."""
    settings = results.settings
    if len(settings) <= MOST_SETTINGS:
        return results, ""
    chosen = [main, *(name for name in settings if name != main)][:MOST_SETTINGS]
    left = [name for name in settings if name not in chosen]
    note = f"Below are {MOST_SETTINGS} of {len(settings)} settings; analysis.read_results gives all of them as tables."
    listed = table(["Setting", "Title"], [[name, results.title(name)] for name in left], (0, 1))
    return results.only(chosen), paragraph(note, "warning") + details(f"The {len(left)} left out", listed)


def _head(origin: Origin) -> str:
    question = f'<p class="question">{text(origin.question)}</p>' if origin.question else ""
    return f"<h1>{text(origin.title)}</h1>\n{question}"
