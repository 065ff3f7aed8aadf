"""``tokenmarket sensitivity``."""

from pathlib import Path
from typing import Annotated

import typer

from scenarios.command import completion
from scenarios.command.verbs.batch import report_batch, stop_reported
from scenarios.command.verbs.options import Assignments, Cluster, Resume, ScenarioName, Workers


def sensitivity_command(
    scenario: ScenarioName,
    method: Annotated[
        str | None,
        typer.Option(
            help="morris: trajectories of runs, if omitted; sobol, shapley: shares of variance, by an emulator."
        ),
    ] = None,
    ensemble: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE|DIR",
            help="Instead: what decides among its worlds, which a record does not rule out; no input is moved alone.",
            autocompletion=completion.ensemble_names,
        ),
    ] = None,
    measures: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            metavar="NAME",
            help="What to explain, as layers.labs.margin (as it is if omitted, with the other layers') or "
            "rounds.price_retail; may be repeated.",
            autocompletion=completion.measure_names,
        ),
    ] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            metavar="KEY|GLOB",
            help="Spread this parameter, or 'labs.*'; may be repeated. All with a plausible range if omitted.",
            autocompletion=completion.sections,
        ),
    ] = None,
    correlations: Annotated[
        list[str] | None,
        typer.Option(
            "--correlation",
            metavar="KEY~KEY=VALUE",
            help="Two inputs that go together, and how closely, -0.99 to 0.99 (shapley); may be repeated.",
        ),
    ] = None,
    runs: Annotated[int | None, typer.Option(help="At most so many runs.")] = None,
    rounds: Annotated[int | None, typer.Option(help="Rounds (months) of each run.")] = None,
    users: Annotated[int | None, typer.Option(help="Users to simulate in each run.")] = None,
    seed: Annotated[int, typer.Option(help="Of the design and of every run.")] = 1,
    assignments: Assignments = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results; results/SCENARIO-sensitivity if omitted.")
    ] = None,
    resume: Resume = False,
) -> None:
    """Find out which inputs decide a result, over the plausible range of each or among the worlds of an ensemble."""
    from scenarios.batches.cluster import connected
    from scenarios.batches.sensitivity import plan_study, run_study
    from scenarios.batches.world_study import plan_in_worlds
    from scenarios.command.progress import batch_shown
    from scenarios.command.sensitivity import announce, finish
    from scenarios.errors import BadInput
    from scenarios.files.merging import parse_assignments

    changes = parse_assignments(assignments or ())
    if ensemble is None:
        size = rounds, users, seed, correlations or ()
        planned = plan_study(scenario, method or "morris", measures or (), runs, inputs or (), changes, *size)
    elif method or inputs or correlations:
        raise BadInput(
            "--method, --input and --correlation do not go with --ensemble: its worlds move all of their inputs at once"
        )
    else:
        planned = plan_in_worlds(scenario, ensemble, measures or (), runs, changes, rounds, users, seed)
    with stop_reported(), connected(cluster, workers) as (executor, number):
        announce(planned)
        with batch_shown() as watch:
            done = run_study(planned, number, executor, out, resume, watch)
    report_batch(done)
    finish(done.folder)
    if done.failures:
        raise SystemExit(1)
