"""In how many worlds of an ensemble something holds."""

from math import isnan
from typing import Final

from analysis import figures
from analysis.findings.claim import CLAIMS
from analysis.findings.worlds import NAMES, claims_in_worlds, margins_in_worlds, mostly
from analysis.palette import percent, points, span
from analysis.report.blocks import Cell, Section, details, paragraph, section, table
from analysis.report.pictures import Drawings
from analysis.results import BatchResults, Row
from market.records.columns import LAYERS

_NOTE: Final = (
    "Every setting was run in the same {number} worlds: sets of parameters that “{title}” does not rule out. Share of "
    "the worlds, and small its 95 % interval (Wilson), as if the worlds had been drawn at random from all that agree. "
    "Blue: in more than half of them for sure, orange: in less than half."
)
_SPREADS: Final = (
    "Margins over the run. Between worlds: how far the doubt about parameters moves a margin; between seeds: how far "
    "luck does in one and the same world (standard deviations; a dash where each world was run once)."
)


def worlds_section(results: BatchResults, draw: Drawings, when: str) -> Section:
    """Return how often each layer loses money and each part of the claim holds, and what makes worlds differ."""
    about = results.manifest["ensemble"]
    margins, claims = margins_in_worlds(results), claims_in_worlds(results)
    losses = margins.set_index(["setting", "layer"]).to_dict("index")
    held = claims.set_index(["setting", "claim"]).to_dict("index")
    rows: list[list[Cell]] = []
    for name in results.settings:
        of_claims = (_share(held.get((name, claim.text)), "share") for claim in CLAIMS)
        of_layers = (_share(losses.get((name, layer)), "negative") for layer in LAYERS)
        rows.append([results.title(name), *of_layers, *of_claims])
    head = ["Setting", *(NAMES[layer].capitalize() for layer in LAYERS), *(claim.text for claim in CLAIMS)]
    spreads = [_spread(results, row) for row in margins.to_dict("records")]
    columns = ["Setting", "Layer", "Margin, 5 %", "Middle", "95 %", "Between worlds", "Between seeds"]
    return section(
        "In how many worlds it holds",
        draw(figures.margin_in_worlds, results),
        table(head, rows),
        paragraph(_NOTE.format(number=about["number"], title=about["title"]), "note"),
        details("Margins in these worlds", table(columns, spreads, (0, 1)), paragraph(_SPREADS, "note")),
        when=when,
    )


def _share(row: "Row | None", name: str) -> Cell:
    if row is None:
        return "–"
    return f"{percent(row[name], 0)}\n{span(row['low'], row['high'], lambda share: percent(share, 0))}", mostly(row)


def _spread(results: BatchResults, row: Row) -> list[Cell]:
    quantiles = (percent(row[name]) for name in ("value_5", "value_50", "value_95"))
    spreads = ("–" if isnan(row[name]) else points(row[name]) for name in ("doubt", "noise"))
    return [results.title(row["setting"]), row["layer"], *quantiles, *spreads]
