"""What the command line writes and prints of a back-test."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from market.wording import counted
from scenarios.command.display import console
from scenarios.command.values import literal
from scenarios.errors import WorkFailed

if TYPE_CHECKING:
    from scenarios.files.ensemble import Ensemble
    from scenarios.files.recorded import Recorded

TABLE, SCORES, HINDSIGHT = "backtest.csv", "scores.csv", "hindsight.csv"


def finish(folder: Path, rows: "Sequence[Recorded]", cut: str, ensemble: "Ensemble") -> None:
    """Compare finished worlds with the record, write tables and figures beside the runs, and print how well they did.

    Raises:
        WorkFailed: If the worlds have nothing of the record, or the disk does not take the files.
    """
    from analysis.backend import draw_into_files

    draw_into_files()
    from analysis.calibration.backtest import backtest, scores
    from analysis.calibration.hindsight import hindsight
    from analysis.results import read_results
    from scenarios.results.disk import disk_errors_explained, write_whole

    results = read_results(folder)
    table = backtest(results, rows, cut)
    if table.empty:
        raise WorkFailed(f"{folder}: the worlds have nothing of what is on record")
    how_well, held = scores(table), hindsight(ensemble, cut)
    with disk_errors_explained(folder, "the runs are kept", "the comparison"):
        write_whole(folder / TABLE, table.to_csv(index=False).encode())
        write_whole(folder / SCORES, how_well.to_csv(index=False).encode())
        write_whole(folder / HINDSIGHT, held.to_csv(index=False).encode())
        _draw(folder / "figures", table, results.manifest["ensemble"])
    console().print(_scores(how_well, cut))
    left = [name for name in dict.fromkeys(row.series for row in rows) if name not in set(table["series"])]
    if left:
        console().print(literal(f"nothing in this scenario stands for: {', '.join(left)}"))
    if len(held):
        print(
            f"not all is foresight: {counted(len(held), 'input')} that the worlds share rest on what became known "
            f"after {cut} ({folder / HINDSIGHT})"
        )
    print(f"{folder / TABLE}, {folder / SCORES} and a figure of each series in {folder / 'figures'}")
    print(f"tokenmarket report {folder} shows who earned what in these worlds")


def _draw(folder: Path, table: Any, about: Any) -> None:
    from analysis.figures import backtest_series
    from analysis.report.pictures import Drawings

    draw = Drawings(folder)
    for number, (_, series) in enumerate(table.groupby("series", sort=False), start=1):
        draw(backtest_series, series, about["number"], about["title"], part=f"-{number}")


def _scores(how_well: Any, cut: str) -> Table:
    shown = Table(title=f"what was foretold after {cut}, and how well")
    shown.add_column("series", overflow="fold")
    for head in ("known", "foretold", "error", "no change", "trend", "within 50 %", "within 80 %"):
        shown.add_column(head, justify="right")
    for row in how_well.to_dict("records"):
        errors = (_number(row[name]) for name in ("error", "error_no_change", "error_trend"))
        covered = ("–" if row[name] != row[name] else f"{row[name]:.0%}" for name in ("within_50", "within_80"))
        shown.add_row(literal(row["series"]), str(row["known"]), str(row["foretold"]), *errors, *covered)
    shown.caption = "errors: root mean square, of logarithms where a series is positive; of the worlds' middle"
    return shown


def _number(value: float) -> str:
    return "–" if value != value else f"{value:.2f}"
