"""What the results are held against: the claim, and what was reported."""

from typing import Final

import pandas as pd

from analysis.findings.claim import CLAIMS, claims
from analysis.findings.sentences import JUDGED, evidence, reported
from analysis.findings.standing import standings
from analysis.findings.targets import NEAR, NEAR_OF
from analysis.palette import in_unit, off, percent, points
from analysis.report.blocks import Cell, details, paragraph, section, table, written
from analysis.report.tables.cells import SHADES, interval
from analysis.results import BatchResults, Row

_CLAIMS_NOTE: Final = (
    "Confirmed: the 95 % intervals of all quantities lie on the claim's side of zero (hardware and resellers above, "
    "labs below). Refuted: one lies on the other side. Undecided: neither. With a single run there is no interval, "
    "only what holds in that run. Small: the numbers that were tested, and the plain operating margin beside them. "
    "Investors' money costs what fleet.cost_of_capital says."
)

_TARGETS_NOTE: Final = (
    "No parameter was fitted to these facts. By construction: parameters of the same firm draw on the same accounts, "
    "so that what is met is no test; their names stand beside it."
)


def claims_led(results: BatchResults, setting: str, record: pd.DataFrame | None) -> str:
    """Return how the three parts of the claim stand in a setting, as HTML."""
    otherwise = "not compared" if record is None else "nothing in these months"
    return written("claims.html", standings=standings(results, setting, record), otherwise=otherwise)


def claims_table(results: BatchResults) -> str:
    """Return the verdicts on the three parts of the claim, and on demand the numbers behind them."""
    verdicts = claims(results)
    matrix: list[list[Cell]] = []
    behind: list[list[Cell]] = []
    for setting, of_setting in verdicts.groupby("setting", observed=True):
        cells: list[Cell] = []
        for claim, part in of_setting.groupby("claim", sort=False):
            verdict = part["verdict"].iloc[0]
            shade = SHADES.get(verdict, "open")
            cells.append((f"{verdict}\n{evidence(part)}", shade))
            plain = percent(part["margin"].iloc[0])
            numbers = "; ".join(f"{row['quantity']} {interval(row, percent)}" for row in part.to_dict("records"))
            behind.append([results.title(str(setting)), claim, (verdict, shade), f"{numbers}; plain margin {plain}"])
        matrix.append([results.title(str(setting)), *cells])
    head = ["Setting", *(f"{claim.text} (“{claim.says}”)" for claim in CLAIMS)]
    numbers = table(["Setting", "Claim", "Verdict", "Evidence"], behind, (0, 1, 2, 3))
    return table(head, matrix, range(4)) + paragraph(_CLAIMS_NOTE, "note") + details("The numbers behind", numbers)


def targets_table(title: str, compared: pd.DataFrame) -> str:
    """Return facts that were compared, not imposed, beside the values of the setting of a title."""
    rows = [_target_row(row) for row in compared.to_dict("records")]
    head = [
        "Firm",
        "Measure",
        "Period",
        "Reported",
        f"In {title}",
        "Off by",
        "Status",
        "Source (grade)",
    ]
    counts = compared["status"].value_counts()
    summary = ", ".join(f"{counts[status]} {status}" for status in counts.index)
    consumers = f"{points(NEAR_OF['paying_share'], 0)} for shares who pay, USD {NEAR_OF['revenue_per_payer']:g} a month"
    near = f"Near: within {points(NEAR, 0)} of the range ({consumers} for what they pay)."
    note = f"{summary}. {near} {_TARGETS_NOTE}"
    return section("Beside what is reported", table(head, rows, (0, 1, 2, 7)), paragraph(note, "note"))


def _target_row(row: Row) -> list[Cell]:
    measure = f"{row['measure'].replace('_', ' ')}\n{row['note']}"
    unit = row["unit"]
    found = interval(row, lambda value: in_unit(value, unit), "value", "value_")
    status = (_status(row), SHADES.get(row["status"], "open"))
    source = f"{row['source']} ({row['grade']})"
    return [
        row["agent"],
        measure,
        row["period"],
        reported(row["low"], row["high"], unit),
        found,
        off(row["miss"], unit),
        status,
        source,
    ]


def _status(row: Row) -> str:
    """Say whether a fact is met, and which parameters draw on the same accounts, if any do."""
    if not row["informs"] or row["status"] not in JUDGED:
        return str(row["status"])
    how = "by construction" if row["by_construction"] else "the same accounts inform"
    return f"{row['status']}\n{how}: {row['informs'].replace(' ', ', ')}"
