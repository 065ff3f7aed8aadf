"""What several verbs take, and say of what they took."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.command import completion

if TYPE_CHECKING:
    from scenarios.files.loading import Scenario

ScenarioName = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="Name of a preset, or a TOML file.", autocompletion=completion.scenario_names
    ),
]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a parameter by its dotted name; may be repeated.",
        autocompletion=completion.assignments,
    ),
]

Workers = Annotated[int | None, typer.Option(help="Worker processes; one per core if omitted.")]
Cluster = Annotated[
    str | None, typer.Option(metavar="tcp://HOST:PORT", help="Run on the Dask cluster of this scheduler.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with what the folder holds.")]


def say_more(scenario: "Scenario") -> None:
    """Print on standard error what a scenario's values imply, and which are hard to believe."""
    from scenarios.files.plausibility import notes

    for line in notes(scenario):
        print(line, file=sys.stderr)
