"""``tokenmarket backtest``."""

from pathlib import Path
from typing import Annotated

import typer

from scenarios.command import completion
from scenarios.command.verbs.batch import report_batch, stop_reported
from scenarios.command.verbs.options import Cluster, Resume, Workers


def backtest_command(
    record: Annotated[
        Path | None, typer.Argument(metavar="[RECORD.csv]", help="Recorded series; those that ship if omitted.")
    ] = None,
    ensemble: Annotated[
        str,
        typer.Option(metavar="NAME|FILE|DIR", help="Worlds that foretell.", autocompletion=completion.ensemble_names),
    ] = "calibrated",
    cut: Annotated[str, typer.Option(metavar="YYYY-MM", help="Last month that the worlds were fitted to.")] = "2024-12",
    replications: Annotated[int, typer.Option(help="Runs of each world.")] = 1,
    seed: Annotated[int, typer.Option(help="From which the seeds of all runs follow.")] = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results; results/backtest if omitted.")
    ] = None,
    resume: Resume = False,
) -> None:
    """Hold worlds that agree with the past to what came after it, beside two naive forecasts."""
    from analysis.calibration.backtest import check_cut, check_recorded, months_needed
    from scenarios.batches.backtest import backtest_experiment, start_of
    from scenarios.batches.batch import run_batch
    from scenarios.batches.cluster import connected
    from scenarios.command.backtest import finish
    from scenarios.command.progress import batch_shown
    from scenarios.files.ensemble import load_ensemble
    from scenarios.files.recorded import SHIPPED, read_recorded

    rows = read_recorded(record or SHIPPED)
    worlds = load_ensemble(ensemble)
    check_recorded(rows)
    check_cut(cut)
    experiment = backtest_experiment(worlds, months_needed(rows, start_of(worlds)), replications, seed)
    with stop_reported(), connected(cluster, workers) as (executor, number), batch_shown() as watch:
        done = run_batch(experiment, None, number, executor, out, resume, watch)
    report_batch(done)
    finish(done.folder, rows, cut, worlds)
    if done.failures:
        raise SystemExit(1)
