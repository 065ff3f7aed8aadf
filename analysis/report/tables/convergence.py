"""How sure the margins of a setting are, and how many replications would make them surer."""

import math
from typing import Final

from analysis import figures
from analysis.palette import LAYER_LABELS, percent
from analysis.report.blocks import paragraph, section, table
from analysis.report.pictures import Drawings
from analysis.report.tables.cells import spread
from analysis.results import BatchResults
from analysis.tables.convergence import ENOUGH, FEWEST, needed

_NOTE: Final = (
    "Replications differ by their random numbers alone; that parameters are not known either is another matter. How "
    "many it would take follows from the spread of those at hand; a dash: more than anybody would run, as the margin "
    "is next to nothing."
)


def convergence_section(results: BatchResults, main: str, draw: Drawings, when: str) -> str:
    """Return how margins settle as replications are added; nothing where there are too few to see."""
    found = needed(results, main)
    if found.empty or found["replications"].max() < FEWEST:
        return ""
    rows = [
        [
            LAYER_LABELS[row["layer"]],
            spread(row, "margin"),
            str(row["replications"]),
            str(row["enough"]),
            "–" if math.isnan(row["sign"]) else f"{row['sign']:.0f}",
        ]
        for row in found.to_dict("records")
    ]
    head = ["Layer", "margin", "replications", f"for ±{percent(ENOUGH, 0)}", "to tell it from zero"]
    return section(
        "How sure more replications would make it",
        draw(figures.margins_by_replications, results, main),
        table(head, rows),
        paragraph(_NOTE, "note"),
        when=when,
    )
