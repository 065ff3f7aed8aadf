"""``tokenmarket prices``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from scenarios.errors import BadInput


def prices_command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|genai",
            help="A tidy CSV, LiteLLM's JSON, a catalogue of SkyPilot, or the installed package genai-prices.",
        ),
    ],
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="YYYY-MM-DD", help="Day of the prices; the last there are if omitted."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only models, or accelerators, whose name holds this.")
    ] = None,
    lab: Annotated[str | None, typer.Option(metavar="TEXT", help="Only models of this lab.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv|.parquet", help="Write the tidy table to this new file.")
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="Write a scenario with these labs, resellers and list prices."),
    ] = None,
) -> None:
    """Show real prices: what labs ask for tokens, what resellers ask over it, what clouds ask for GPU-hours."""
    from scenarios.prices.table import checked_day, selected
    from scenarios.prices.writing import SCENARIOS, TABLES, check_new, table_bytes, write_files

    day = None if on is None else checked_day(on, "--on")
    for path, option, endings in ((out, "--out", TABLES), (scenario, "--scenario", SCENARIOS)):
        if path is not None:
            check_new(path, option, endings)
    if source == "":
        raise BadInput("'' is neither a file nor genai")

    from scenarios.command.prices import print_prices
    from scenarios.prices.opening import scenario_of
    from scenarios.prices.reading import read_prices

    prices = selected(read_prices(source, day), model, lab)
    contents = {out: table_bytes(prices, out)} if out is not None else {}
    if scenario is not None:
        contents[scenario] = scenario_of(prices).encode()
    write_files(contents)
    print_prices(prices)
    for note in prices.notes:
        print(f"note: {note}", file=sys.stderr)
    for path in contents:
        print(f"wrote {path}")
