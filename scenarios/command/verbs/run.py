"""``tokenmarket run``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from scenarios.command import completion
from scenarios.command.verbs.options import Assignments, Resume, ScenarioName, Workers, say_more
from scenarios.errors import BadInput, WorkFailed


def run_command(
    scenario: ScenarioName,
    rounds: Annotated[int | None, typer.Option(help="Rounds (months) to play.")] = None,
    seed: Annotated[int, typer.Option(help="Seed: the same seed gives the same bytes.")] = 1,
    assignments: Assignments = None,
    users: Annotated[int | None, typer.Option(help="Users to simulate.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep the results in this folder.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier run in that folder.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Check in every month that everything adds up.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ensemble: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE|DIR",
            help="Run it in each world of an ensemble instead, and show how often what it shows holds.",
            autocompletion=completion.ensemble_names,
        ),
    ] = None,
    workers: Workers = None,
    resume: Resume = False,
) -> None:
    """Run a scenario once and show what each layer earned; or in every world of an ensemble."""
    if ensemble is None:
        _refuse("without --ensemble", {"--workers": workers is not None, "--resume": resume})
        run_once(scenario, rounds, seed, assignments, users, out, overwrite, debug, as_json)
    else:
        _refuse("with --ensemble", {"--overwrite": overwrite, "--debug": debug})
        run_in_worlds(scenario, rounds, seed, assignments, users, out, as_json, ensemble, workers, resume)


def _refuse(where: str, given: dict[str, bool]) -> None:
    for option, there in given.items():
        if there:
            raise BadInput(f"{option} has no meaning {where}")


def run_in_worlds(
    scenario: str,
    rounds: int | None,
    seed: int,
    assignments: list[str] | None,
    users: int | None,
    out: Path | None,
    as_json: bool,
    ensemble: str,
    workers: int | None,
    resume: bool,
) -> None:
    """Run a scenario in each world of an ensemble, as a batch of one setting."""
    from scenarios.batches.batch import Stopped, run_batch
    from scenarios.command.progress import batch_shown
    from scenarios.command.verbs.batch import report_batch
    from scenarios.command.worlds import experiment_of, finish
    from scenarios.files.loading import load
    from scenarios.files.merging import parse_assignments
    from scenarios.running import checked_seed, resized

    changes = parse_assignments(assignments or ())
    loaded = load(scenario, changes)
    resized(loaded.parameters, rounds, users)
    experiment = experiment_of(scenario, loaded, changes, rounds, users, checked_seed(seed))
    try:
        with batch_shown() as watch:
            done = run_batch(experiment, None, workers, None, out, resume, watch, ensemble=ensemble)
    except Stopped as stopped:
        report_batch(stopped.summary)
        raise WorkFailed("stopped; the same command with --resume goes on") from None
    if done.failures or not as_json:
        report_batch(done)
    finish(done.folder, as_json)
    if done.failures:
        raise SystemExit(1)


def run_once(
    scenario: str,
    rounds: int | None,
    seed: int,
    assignments: list[str] | None,
    users: int | None,
    out: Path | None,
    overwrite: bool,
    debug: bool,
    as_json: bool,
) -> None:
    """Run a scenario once and show what each layer earned."""
    import time
    from dataclasses import replace

    from scenarios.command.display import (
        commons_lines,
        console,
        layer_table,
        sessions_line,
        summary,
        to_json,
        users_line,
    )
    from scenarios.command.progress import rounds_shown
    from scenarios.files.loading import load
    from scenarios.results.saving import check_free, save_run
    from scenarios.running import checked_seed, resized, run

    checked_seed(seed)
    loaded = load(scenario, assignments or ())
    loaded = replace(loaded, parameters=resized(loaded.parameters, rounds, users))
    say_more(loaded)
    if out is not None:
        check_free(out, overwrite)
    started = time.monotonic()
    with rounds_shown() as watch:
        results = run(loaded, seed, watch=watch, debug=debug)
    if out is not None:
        save_run(results, out, time.monotonic() - started, overwrite)
    people = users_line(results)
    if as_json:
        if people:
            print(people, file=sys.stderr)
        print(to_json(summary(results, loaded.name)))
        return
    screen = console()
    screen.print(layer_table(results, loaded.name))
    if people:
        screen.print(people, markup=False)
    if len(results.commons):
        screen.print(commons_lines(results), markup=False)
    if len(results.sessions):
        screen.print(sessions_line(results), markup=False)
    screen.print(f"conservation error {results.conservation_error:.1e} of the money moved")
    if out is not None:
        screen.print(f"results in {out}; tokenmarket report {out} draws them", markup=False)
