"""``tokenmarket run``."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from scenarios.command import completion
from scenarios.command.verbs.options import Assignments, Resume, ScenarioName, Workers, say_more
from scenarios.errors import BadInput


class Asked(NamedTuple):
    """What is asked for of one run and of runs in all worlds alike."""

    scenario: str
    rounds: int | None
    seed: int
    assignments: Sequence[str]
    users: int | None
    out: Path | None
    as_json: bool


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
    asked = Asked(scenario, rounds, seed, assignments or (), users, out, as_json)
    if ensemble is None:
        _refuse("without --ensemble", {"--workers": workers is not None, "--resume": resume})
        _run_once(asked, overwrite, debug)
    else:
        _refuse("with --ensemble", {"--overwrite": overwrite, "--debug": debug})
        _run_in_worlds(asked, ensemble, workers, resume)


def _refuse(where: str, given: dict[str, bool]) -> None:
    for option, there in given.items():
        if there:
            raise BadInput(f"{option} has no meaning {where}")


def _run_in_worlds(asked: Asked, ensemble: str, workers: int | None, resume: bool) -> None:
    from dataclasses import replace

    from scenarios.batches.batch import run_batch
    from scenarios.command.progress import batch_shown
    from scenarios.command.verbs.batch import report_batch, stop_reported
    from scenarios.command.worlds import experiment_of, finish
    from scenarios.files.loading import load
    from scenarios.files.merging import parse_assignments
    from scenarios.running import checked_seed, resized

    changes = parse_assignments(asked.assignments)
    loaded = load(asked.scenario, changes)
    say_more(replace(loaded, parameters=resized(loaded.parameters, asked.rounds, asked.users)))
    experiment = experiment_of(asked.scenario, loaded, changes, asked.rounds, asked.users, checked_seed(asked.seed))
    with stop_reported(), batch_shown() as watch:
        done = run_batch(experiment, None, workers, None, asked.out, resume, watch, ensemble=ensemble)
    if done.failures or not asked.as_json:
        report_batch(done)
    finish(done.folder, asked.as_json)
    if done.failures:
        raise SystemExit(1)


def _run_once(asked: Asked, overwrite: bool, debug: bool) -> None:
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

    checked_seed(asked.seed)
    loaded = load(asked.scenario, asked.assignments)
    loaded = replace(loaded, parameters=resized(loaded.parameters, asked.rounds, asked.users))
    say_more(loaded)
    out = asked.out
    if out is not None:
        check_free(out, overwrite)
    started = time.monotonic()
    with rounds_shown() as watch:
        results = run(loaded, asked.seed, watch=watch, debug=debug)
    if out is not None:
        save_run(results, out, time.monotonic() - started, overwrite)
    people = users_line(results)
    if asked.as_json:
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
