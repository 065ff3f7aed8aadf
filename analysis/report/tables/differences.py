"""What each setting changes against another."""

from math import isnan
from typing import Final

from analysis.palette import number, percent, points, span
from analysis.report.blocks import Cell, details, paragraph, section, table
from analysis.report.tables.cells import SHADES, Row
from analysis.results import BatchResults
from analysis.tables.comparison import MEASURES, compare
from market.records.columns import LAYERS

_HEADLINES: Final = (
    *(f"{layer}_profit" for layer in LAYERS),
    "tokens",
    "price_retail",
    "consumer_surplus",
)

_DIFFERENCES_NOTE: Final = (
    "Differences of runs with the same random numbers, mean and 95 % interval over pairs (Student's t). Blue: "
    "higher, orange: lower, grey: the interval holds zero, or there is one pair. One interval in twenty misses by "
    "chance."
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
        "Verdict",
    ]
    return section(
        f"What each setting changes against {results.title(baseline)}",
        table(head, rows),
        paragraph(_DIFFERENCES_NOTE, "note"),
        details(f"All {len(MEASURES)} measures", table(columns, everything, (0, 1, 2, 9))),
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
        row["verdict"],
    ]


def _difference(row: Row) -> tuple[str, str]:
    write = points if row["unit"] == "1" else number
    change = f"{'+' if row['difference'] > 0 else ''}{write(row['difference'])}"
    if isnan(row["low"]):
        return change, "open"
    return f"{change}\n{span(row['low'], row['high'], write)}", SHADES.get(row["verdict"], "open")
