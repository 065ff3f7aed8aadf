"""``tokenmarket batch``."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.command import completion
from scenarios.command.verbs.options import Cluster, Resume, Workers
from scenarios.errors import WorkFailed

if TYPE_CHECKING:
    from scenarios.batches.batch import Summary

SHOWN_FAILURES = 10


def batch_command(
    experiment: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT",
            help="Name of an experiment, or a TOML file.",
            autocompletion=completion.experiment_names,
        ),
    ],
    replications: Annotated[int | None, typer.Option(help="Runs of each setting.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results; results/EXPERIMENT if omitted.")
    ] = None,
    ensemble: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE|DIR",
            help="Run every setting in each world of an ensemble that a record does not rule out.",
            autocompletion=completion.ensemble_names,
        ),
    ] = None,
    resume: Resume = False,
) -> None:
    """Run an experiment: every setting, several times, into a folder of results."""
    from scenarios.batches.batch import run_batch
    from scenarios.batches.cluster import connected
    from scenarios.command.progress import batch_shown

    with stop_reported(), connected(cluster, workers) as (executor, number), batch_shown() as watch:
        done = run_batch(experiment, replications, number, executor, out, resume, watch, ensemble=ensemble)
    report_batch(done)
    if done.failures:
        raise SystemExit(1)


@contextmanager
def stop_reported() -> Iterator[None]:
    """Print what there is of a batch that was stopped within.

    Raises:
        WorkFailed: If it was; it says how to go on.
    """
    from scenarios.batches.batch import Stopped

    try:
        yield
    except Stopped as stopped:
        report_batch(stopped.summary)
        raise WorkFailed("stopped; the same command with --resume goes on") from None


def report_batch(summary: "Summary") -> None:
    """Print what came of a batch."""
    for note in summary.notes:
        print(f"note: {note}", file=sys.stderr)
    for (setting, replication), error in list(summary.failures.items())[:SHOWN_FAILURES]:
        print(f"failed: {setting}, replication {replication}: {error}", file=sys.stderr)
    if len(summary.failures) > SHOWN_FAILURES:
        print(f"… and {len(summary.failures) - SHOWN_FAILURES} more; see the table runs", file=sys.stderr)
    new = "" if summary.fresh == summary.done + len(summary.failures) else f" ({summary.fresh} of them new)"
    print(f"{summary.done} runs done, {len(summary.failures)} failed{new}; results in {summary.folder}")
