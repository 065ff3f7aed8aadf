"""``tokenmarket show``."""

from typing import Annotated

import typer

from scenarios.command import completion
from scenarios.command.verbs.options import Assignments, ScenarioName, say_more
from scenarios.errors import BadInput


def show_command(
    scenario: ScenarioName,
    section: Annotated[
        str | None,
        typer.Argument(
            metavar="SECTION",
            help="Only these keys: labs, labs.pricing, population.segments.students …",
            autocompletion=completion.sections,
        ),
    ] = None,
    search: Annotated[
        list[str] | None,
        typer.Option("--search", metavar="WORDS", help="Only keys about which all these words are said."),
    ] = None,
    changed: Annotated[bool, typer.Option("--changed", help="Only what differs from the defaults.")] = False,
    assignments: Assignments = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    as_toml: Annotated[
        bool, typer.Option("--toml", help="Print a scenario file: every parameter, or those selected.")
    ] = False,
) -> None:
    """Show what can be changed: parameters with unit, range, meaning and source, and rules to choose among."""
    from scenarios.command.display import to_json
    from scenarios.command.show import showing
    from scenarios.command.show.selection import wanted
    from scenarios.files.loading import load

    if as_json and as_toml:
        raise BadInput("--json and --toml are two forms of one answer; choose one")
    loaded, selection = load(scenario, assignments or ()), wanted(section, search or (), changed)
    say_more(loaded)
    if as_json:
        print(to_json(showing.as_json(loaded, selection)))
    elif as_toml:
        print(showing.as_toml(loaded, selection), end="")
    else:
        showing.print_scenario(loaded, selection)
