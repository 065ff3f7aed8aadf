"""``tokenmarket validate``."""

import sys
from typing import Annotated

import typer


def validate_command(
    quick: Annotated[bool, typer.Option("--quick", help="Leave out what takes longer than a second.")] = False,
    groups: Annotated[
        list[str] | None, typer.Option("--group", metavar="NAME", help="Only this group; may be repeated.")
    ] = None,
) -> None:
    """Hold the code to closed forms and published tables; exit with 1 if anything fails."""
    from rich.console import Console

    from analysis.validation import run_checks
    from scenarios.command.display import console, ladder_table
    from scenarios.command.values import literal

    outcomes = []
    with Console(stderr=True).status("checking") as status:
        for outcome in run_checks(quick, groups or ()):
            outcomes.append(outcome)
            status.update(literal(f"{outcome.group}: {outcome.check.claim}"))
    console().print(ladder_table(outcomes))
    failed = [outcome for outcome in outcomes if not outcome.passed]
    print(f"{len(outcomes) - len(failed)} of {len(outcomes)} claims hold")
    for outcome in failed:
        print(f"FAIL {outcome.group}: {outcome.check.claim} {outcome.failure}".rstrip(), file=sys.stderr)
    if failed:
        raise typer.Exit(1)
