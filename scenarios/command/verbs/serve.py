"""``tokenmarket serve``."""

from pathlib import Path
from typing import Annotated

import typer

from scenarios.command import completion


def serve_command(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="[SCENARIO]", help="Name of a preset, or a TOML file.", autocompletion=completion.scenario_names
        ),
    ] = "baseline",
    host: Annotated[
        str, typer.Option(help="Address to listen on; only this machine reaches the default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port; 0 takes any free one.")] = 8765,
    results: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of results to compare; ./results if omitted.")
    ] = None,
) -> None:
    """Open the market live in the browser: change the competition and watch the profits move."""
    from analysis.dashboard import serve

    serve(scenario, host, port, results)
