"""What the command line prints of a calibration."""

from typing import TYPE_CHECKING, Any

from rich.table import Table

from market.wording import counted
from scenarios.command.display import console
from scenarios.command.values import literal

if TYPE_CHECKING:
    from analysis.calibration.calibrate import Calibration


def print_calibration(found: "Calibration") -> None:
    """Print what the record leaves: every target beside what the runs have, every input and what is left of it."""
    from analysis.calibration.saving import inputs_table, targets_table

    screen = console()
    targets, inputs = targets_table(found), inputs_table(found)
    screen.print(_targets(targets))
    screen.print(_inputs(inputs))
    members, runs = len(found.members), len(found.points)
    screen.print(
        literal(
            f"{counted(members, 'member')} of {counted(runs, 'run')} in {counted(int(found.wave.max()), 'wave')}; each "
            f"may miss {found.record.may_miss} of {counted(len(found.record.targets), 'target')} by more than three "
            "standard deviations"
        )
    )


def _targets(table: Any) -> Table:
    shown = Table(title=f"What was on record, and what the {table['of'].iloc[0]} has")
    shown.add_column("target", overflow="fold")
    for head in ("record", "5 %", "middle", "95 %", "nearest"):
        shown.add_column(head, justify="right")
    for head in ("missed by", "status", "grade"):
        shown.add_column(head)
    for row in table.to_dict("records"):
        record = _number(row["low"]) + ("" if row["low"] == row["high"] else f" to {_number(row['high'])}")
        numbers = (_number(row[name]) for name in ("value_5", "value_50", "value_95", "nearest"))
        shown.add_row(literal(row["target"]), record, *numbers, f"{row['missed_by']:.0%}", row["status"], row["grade"])
    return shown


def _inputs(table: Any) -> Table:
    shown = Table(title="What is left of the ranges of the inputs")
    shown.add_column("input", overflow="fold")
    for head in ("range", "25 %", "middle", "75 %", "nearest", "width"):
        shown.add_column(head, justify="right")
    shown.add_column("verdict")
    for row in table.to_dict("records"):
        numbers = (_number(row[name]) for name in ("left_25", "left_50", "left_75", "nearest"))
        between = f"{_number(row['low'])} to {_number(row['high'])}"
        shown.add_row(literal(row["input"]), between, *numbers, f"{row['width']:.2f}", row["verdict"])
    return shown


def _number(value: float) -> str:
    return "–" if value != value else f"{value:.3g}"
