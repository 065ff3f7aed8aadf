"""What each setting changes against another."""

from math import isnan
from typing import Final

from analysis.palette import gain, number, percent, points, span
from analysis.report.blocks import Cell, details, paragraph, section, table
from analysis.report.tables.cells import SHADES
from analysis.results import BatchResults, Row
from analysis.tables.comparison import MEASURES, compare
from market.records.columns import LAYERS

DISCOVERY_RATE: Final = 0.05
LEAST_P: Final = 0.001

_HEADLINES: Final = (
    *(f"{layer}_profit" for layer in LAYERS),
    "tokens",
    "price_retail",
    "consumer_surplus",
)

_DIFFERENCES_NOTE: Final = (
    "Differences of runs with the same random numbers, mean and 95 % interval over pairs (Student's t). Blue: "
    "higher, orange: lower, grey: the interval holds zero, or there is one pair. One interval in twenty misses by "
    "chance. †: may be such a one, among as many as were compared here (false discovery rate of 5 %, Benjamini and "
    "Hochberg 1995). Effect: the difference in standard deviations of differences."
)


def differences_table(results: BatchResults, baseline: str, period: str) -> str:
    """Return what each setting changes against the baseline: a matrix of headlines, then everything."""
    differences = compare(results, baseline)
    head = ["Setting", *(f"{MEASURES[name].label}, {MEASURES[name].unit}" for name in _HEADLINES)]
    rows = []
    for setting, part in differences.groupby("setting", observed=True):
        cells = {row["measure"]: _difference(row) for row in part.to_dict("records")}
        rows.append([results.title(str(setting)), *(cells.get(name, "–") for name in _HEADLINES)])
    everything = [_full_row(results, row) for row in differences.to_dict("records")]
    columns = [
        "Measure",
        "Setting",
        "Unit",
        results.title(baseline),
        "Setting's",
        "Difference",
        "95 % interval",
        "Relative",
        "Pairs",
        "Effect",
        "p, corrected",
        "Verdict",
    ]
    return section(
        f"What each setting changes against {results.title(baseline)}",
        table(head, rows),
        paragraph(_DIFFERENCES_NOTE, "note"),
        details(f"All {len(MEASURES)} measures", table(columns, everything, (0, 1, 2, 11))),
        when=period,
    )


def _full_row(results: BatchResults, row: Row) -> list[Cell]:
    values = [number(row[name]) for name in ("baseline", "value", "difference")]
    interval = span(row["low"], row["high"], number)
    return [
        row["label"],
        results.title(row["setting"]),
        row["unit"],
        *values,
        interval,
        percent(row["relative"]),
        row["pairs"],
        gain(row["effect"]),
        _p(row["p_adjusted"]),
        row["verdict"],
    ]


def _difference(row: Row) -> tuple[str, str]:
    write = points if row["unit"] == "1" else number
    change = f"{'+' if row['difference'] > 0 else ''}{write(row['difference'])}"
    if isnan(row["low"]):
        return change, "open"
    chance = row["verdict"] in ("higher", "lower") and row["p_adjusted"] > DISCOVERY_RATE
    shade = "open" if chance else SHADES.get(row["verdict"], "open")
    return f"{change}{' †' if chance else ''}\n{span(row['low'], row['high'], write)}", shade


def _p(value: float) -> str:
    return "–" if isnan(value) else f"{value:.3f}" if value >= LEAST_P else f"below {LEAST_P}"
