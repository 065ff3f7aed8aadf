"""One page that answers the question of a run or a batch, with its numbers, figures and what it takes to repeat it."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pandas as pd

from analysis import figures
from analysis.figures.drawing import MOST_SETTINGS
from analysis.findings.sentences import answer, record_finding
from analysis.findings.targets import compare_targets
from analysis.findings.turns import turn_finding
from analysis.findings.worlds import worlds_of, worlds_sentence
from analysis.report.blocks import details, page, paragraph, section, table
from analysis.report.commons import commons_section
from analysis.report.figures import course_figures, dollars_figure, earnings_figures, letters_note, rent_figures
from analysis.report.pictures import Drawings
from analysis.report.plans import plans_section
from analysis.report.repeating import head, origin_section, runs_table, study_origin
from analysis.report.sensitivity import spread_table, study_answer, study_sections
from analysis.report.tables.convergence import convergence_section
from analysis.report.tables.differences import differences_table
from analysis.report.tables.dollar import waterfall_table
from analysis.report.tables.earnings import gain_table, profit_table, split_table, years_table
from analysis.report.tables.recorded import recorded_section
from analysis.report.tables.verdicts import claims_led, claims_table, targets_table
from analysis.report.tables.worlds import worlds_section
from analysis.results import BatchResults, read_results
from analysis.sensitivity.study import Explained, explained, study_of
from analysis.tables.horizon import comparable, period
from analysis.tables.origin import Origin
from scenarios.files.study import Study
from scenarios.results.disk import disk_errors_explained, write_whole
from scenarios.results.reading import check_tables

REPORT: Final = "report.html"
FIGURES: Final = "figures"
MOST_ROWS: Final = 400_000
"""Rows of the table of layers beyond which that of firms, ten times as long and wide, is not read."""


def write_report(directory: str | Path, found: Sequence[Explained] | None = None) -> Path:
    """Write ``report.html`` and its figures beside the results and return its path.

    Args:
        directory: Folder of a run (``tokenmarket run --out``), of a batch or of a sensitivity study.
        found: What the study found, where that is known already.

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
        write_whole(path, report_page(results, drawings, found).encode())
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


def report_page(results: BatchResults, draw: Drawings, found: Sequence[Explained] | None = None) -> str:
    """Return the report as HTML."""
    origin = Origin.of(results)
    if results.finished == 0:
        failed = section("Runs", paragraph("No run has finished: there is nothing to report.", "warning"))
        return page(origin.title, head(origin), failed, runs_table(results, origin), origin_section(results, origin))
    study = study_of(results)
    if study is not None:
        return _study_page(results, study, explained(results, study) if found is None else found, draw)
    main = origin.baseline(results.settings)
    results, cut, together = comparable(results)
    shown, note = _readable(results, main)
    several, when = together and len(shown.settings) > 1, period(shown)
    alone, real = results.only([main]), origin.is_real(main)
    readable = len(alone.layers) <= MOST_ROWS
    record = compare_targets(alone, setting=main) if readable and real else None
    return page(
        origin.title,
        head(origin),
        paragraph(answer(results, main, when), "answer"),
        paragraph(worlds_sentence(shown, main), "answer") if worlds_of(shown) else "",
        claims_led(shown, main, record),
        paragraph(_doubts(shown, main, record, real), "warning"),
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
        worlds_section(shown, draw, when) if worlds_of(shown) else convergence_section(shown, main, draw, when),
        section("The claim under test", claims_table(shown), when=when),
        section(
            "Where a dollar paid by users goes",
            draw(figures.waterfall_of_a_dollar, shown, main),
            dollars_figure(shown, draw),
            draw(figures.investment_and_the_dollar, shown, main),
            waterfall_table(shown),
            when=when,
        ),
        plans_section(shown, main, draw, when),
        differences_table(shown, main, when) if several else "",
        section(
            "Over time",
            paragraph(turn_finding(shown, main)),
            years_table(shown),
            *course_figures(shown, main, draw),
            draw(figures.price_paths, shown, main),
            *rent_figures(shown, draw),
            when=when,
        ),
        commons_section(shown, origin, main, draw),
        *(_firm_by_firm(alone, main, draw) if readable else [_left_out()]),
        *([] if record is None else [targets_table(shown.title(main), record), recorded_section(alone, main)]),
        origin_section(results, origin),
    )


def _study_page(results: BatchResults, study: Study, found: Sequence[Explained], draw: Drawings) -> str:
    """Return the report of a sensitivity study: its settings are points of a design, of no interest one by one."""
    origin = Origin.of(results)
    return page(
        origin.title,
        head(origin),
        paragraph(study_answer(found), "answer"),
        spread_table(found),
        *study_sections(results, study, found, draw),
        runs_table(results, origin, listed=False),
        study_origin(results, origin, study),
    )


def _doubts(results: BatchResults, setting: str, record: pd.DataFrame | None, real: bool) -> str:
    """Say what stands against the answer: reported numbers that are missed, and how it turns with the horizon."""
    found = turn_finding(results, setting)
    if not real:
        return found
    if record is None:
        return f"Too many runs to hold against what is reported firm by firm. {found}".strip()
    return f"{record_finding(record)} {found}".strip()


def _firm_by_firm(results: BatchResults, setting: str, draw: Drawings) -> list[str]:
    """Return what needs the table of firms."""
    return [
        section("Market shares", draw(figures.market_shares, results, setting)),
        section("The chain", draw(figures.chain, results, setting)),
    ]


def _left_out() -> str:
    """Say what is not shown where the table of firms is too large to read, as where there are very many runs."""
    left_out = "Market shares, the chain and what is reported are left out: too many runs to read firm by firm."
    return section("Firms", paragraph(left_out, "warning"))


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
