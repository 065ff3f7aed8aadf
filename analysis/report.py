"""One page that answers the question of a run or a batch, with its numbers, figures and what it takes to repeat it."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from matplotlib.figure import Figure

from analysis import figures
from analysis.figures.drawing import MOST_SETTINGS
from analysis.horizon import aligned, period, turn_finding
from analysis.origin import Origin
from analysis.page import page, paragraph, picture, section, text
from analysis.report_commons import commons_section
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

REPORT: Final = "report.html"
FIGURES: Final = "figures"
MOST_ROWS: Final = 400_000
"""Rows of the table of layers beyond which that of firms, ten times as long and wide, is not read."""


def write_report(directory: str | Path) -> Path:
    """Write ``report.html`` and its figures beside the results and return its path.

    Args:
        directory: Folder of a run (``tokenmarket run --out``) or of a batch.

    Raises:
        scenarios.BadInput: If there are no results in the folder.
    """
    results = read_results(directory)
    folder = Path(directory)
    drawings = Drawings(folder / FIGURES)
    path = folder / REPORT
    _write(path, report_page(results, drawings).encode())
    return path


class Drawings:
    """Draws figures into the page and into a folder.

    Attributes:
        folder: Where the SVG files go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(exist_ok=True)

    def __call__(self, draw: Callable[..., Figure], results: BatchResults, *arguments: Any) -> str:
        """Draw a figure, save it, and return it as HTML."""
        figure = draw(results, *arguments)
        content = figures.image(figure)
        _write(self.folder / f"{draw.__name__.replace('_', '-')}.svg", content)
        return picture(content, f"{figure.get_suptitle()}. {figure.get_supxlabel()}")


def report_page(results: BatchResults, draw: Drawings) -> str:
    """Return the report as HTML."""
    origin = Origin.of(results)
    if results.finished == 0:
        failed = section("Runs", paragraph("No run has finished: there is nothing to report.", "warning"))
        return page(origin.name, _head(origin), failed, runs_table(results, origin), origin_section(results, origin))
    main = origin.baseline(results.settings)
    shown, note = _readable(results, main)
    shown, cut = aligned(shown)
    several, when = len(shown.settings) > 1, period(shown)
    return page(
        origin.name,
        _head(origin),
        paragraph(answer(shown, main, when), "answer"),
        paragraph(_doubts(shown, main, len(results.layers)), "warning"),
        *(paragraph(warning, "warning") for warning in (cut, note) if warning),
        runs_table(results, origin),
        section(
            f"Who earns what: {when}",
            draw(figures.profit_by_setting, shown),
            draw(figures.margin_by_setting, shown),
            profit_table(shown),
            split_table(shown),
            gain_table(shown),
        ),
        section(f"The claim under test: {when}", claims_table(shown)),
        section(
            f"Where a dollar paid by users goes: {when}",
            draw(figures.waterfall_of_a_dollar, shown, main),
            draw(figures.dollar_by_setting, shown) if several else "",
            draw(figures.investment_and_the_dollar, shown, main),
            waterfall_table(shown),
        ),
        differences_table(shown, main, when) if several else "",
        section(
            f"Over time: {when}",
            paragraph(turn_finding(shown, main)),
            draw(figures.margins_over_time, shown),
            years_table(shown),
            draw(figures.profit_over_time, shown),
            draw(figures.price_paths, shown, main),
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
    """Return the results with no more settings than a page can show, and what to say of those left out."""
    settings = results.settings
    if len(settings) <= MOST_SETTINGS:
        return results, ""
    chosen = [main, *(name for name in settings if name != main)][:MOST_SETTINGS]
    note = f"Below are {MOST_SETTINGS} of {len(settings)} settings; analysis.read_results gives all of them as tables."
    return results.only(chosen), note


def _head(origin: Origin) -> str:
    question = f'<p class="question">{text(origin.question)}</p>' if origin.question else ""
    return f"<h1>{text(origin.name)}</h1>\n{question}"


def _write(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever reads half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
