"""``tokenmarket new``."""

from typing import Annotated

import typer

from scenarios.command.new import Kind, write_new


def new_command(
    kind: Annotated[Kind, typer.Argument(metavar="scenario|experiment|lesson|rule", help="What to begin.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the file, as mine or studies/mine.")],
) -> None:
    """Write a commented scenario, experiment, lesson or pricing rule of your own that runs as it is."""
    files, commands = write_new(kind, name)
    print(f"wrote {' and '.join(map(str, files))}")
    for command in commands:
        print(f"  {command}")
