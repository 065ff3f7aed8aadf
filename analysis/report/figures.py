"""Which figures a report draws of settings, and which of what varies by design."""

from collections.abc import Sequence
from math import ceil
from typing import Final

from analysis import figures
from analysis.figures.gpu_hour import lets_compute
from analysis.figures.names import undrawable
from analysis.report.blocks import details, paragraph, table
from analysis.report.pictures import Drawings
from analysis.results import BatchResults
from analysis.tables.factors import Design, design_of

MOST_RENTED = 6
"""Settings whose rents are drawn."""

MOST_PANELS: Final = 24
"""Settings in a figure of small panels that still fits a sheet of paper."""

MOST_MAPS: Final = 3
"""Named settings in a figure of maps that still fits a sheet of paper."""


def earnings_figures(results: BatchResults, shown: BatchResults, draw: Drawings) -> list[str]:
    """Return who earns what: over the factors of a design, otherwise by setting.

    Args:
        results: All of them; a figure over factors leaves out no setting.
        shown: Those of the settings that the page has room for.
        draw: Draws and saves.
    """
    design = design_of(results)
    if design is None:
        return [draw(figures.profit_by_setting, shown), draw(figures.margin_by_setting, shown)]
    if len(design.factors) != 2:
        return [draw(figures.response_curves, results)]
    return [draw.in_parts(figures.flip_map, results, _by_named(design)), draw(figures.response_curves, results)]


def dollars_figure(results: BatchResults, draw: Drawings) -> str:
    """Return how a dollar divides by setting; of a design, what is said of it instead."""
    if design_of(results) is None:
        return draw(figures.dollar_by_setting, results) if len(results.settings) > 1 else ""
    return paragraph("How the dollar divides at each point of the experiment stands in the table below.", "note")


def course_figures(shown: BatchResults, main: str, draw: Drawings) -> list[str]:
    """Return profit and margin month by month: of every setting, and of samples of one."""
    design = design_of(shown)
    if design is not None and design.sampled:
        said = f"Month by month only {shown.title(main)} is drawn, one of {len(shown.settings)} points of the sample."
        one = shown.only([main])
        return [paragraph(said, "note"), draw(figures.profit_over_time, one), draw(figures.margins_over_time, one)]
    parts = _evenly(shown.settings, MOST_PANELS)
    return [draw.in_parts(draw_one, shown, parts) for draw_one in (figures.profit_over_time, figures.margins_over_time)]


def rent_figures(shown: BatchResults, draw: Drawings) -> list[str]:
    """Return the price of a GPU-hour beside the record, of every setting in which compute is rented."""
    rented = [setting for setting in shown.settings if lets_compute(shown, setting)][:MOST_RENTED]
    parts = [f"-{place}" for place in range(1, len(rented) + 1)] if len(rented) > 1 else [""]
    return [draw(figures.gpu_hour, shown, setting, part=part) for setting, part in zip(rented, parts, strict=False)]


def letters_note(results: BatchResults) -> str:
    """Say which titles figures cannot write, for want of a font, and what they write instead; nothing if none."""
    names = undrawable(results)
    if not names:
        return ""
    said = "No font on the machine that drew the figures has all letters of some titles; figures write numbers instead."
    return paragraph(said, "warning") + details(
        "Titles by number", table(["In figures", "Title"], names.items(), (0, 1))
    )


def _by_named(design: Design) -> list[list[str]]:
    """Return the settings of some named settings after others."""
    return [
        [setting for name in names for setting in design.members(name)] for names in _evenly(design.named, MOST_MAPS)
    ]


def _evenly(names: Sequence[str], most: int) -> list[Sequence[str]]:
    """Divide names into as few parts as hold no more than ``most`` each, of nearly the same size."""
    size = ceil(len(names) / ceil(len(names) / most))
    return [names[start : start + size] for start in range(0, len(names), size)]
