"""``tokenmarket run``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from scenarios.command.verbs.options import Assignments, ScenarioName, say_more


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
