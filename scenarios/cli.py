"""The command ``tokenmarket``. Heavy imports wait until a command needs them, so that ``--help`` answers at once."""

import sys
from typing import Annotated

import typer

from scenarios.errors import BadInput

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Who earns what in the AI token economy: run scenarios of competition between chips, labs and resellers.",
)

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a preset, or a TOML file.")]
Assignments = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a parameter by its dotted name; may be repeated."),
]


@app.command("run")
def run_command(
    scenario: ScenarioName,
    rounds: Annotated[int | None, typer.Option(help="Rounds (months) to play.")] = None,
    seed: Annotated[int, typer.Option(help="Seed: the same seed gives the same bytes.")] = 1,
    assignments: Assignments = None,
    users: Annotated[int | None, typer.Option(help="Users to simulate.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run a scenario once and show what each layer earned."""
    from scenarios.display import console, layer_table, summary, to_json
    from scenarios.loading import load
    from scenarios.progress import rounds_shown
    from scenarios.running import run

    loaded = load(scenario, assignments or ())
    with rounds_shown() as watch:
        results = run(loaded, seed, rounds, users, watch)
    if as_json:
        print(to_json(summary(results, loaded.name)))
        return
    out = console()
    out.print(layer_table(results, loaded.name))
    out.print(f"conservation error {results.conservation_error:.1e} of the money moved")


@app.command("scenarios")
def scenarios_command() -> None:
    """List the scenarios and experiments that ship, with the question each answers."""
    from rich.table import Table

    from scenarios.display import console
    from scenarios.loading import presets
    from scenarios.toml import read_toml

    table = Table("scenario", "question", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name, path in presets().items():
        table.add_row(name, " ".join(str(read_toml(path).get("question", "")).split()))
    console().print(table, markup=False)


@app.command("show")
def show_command(
    scenario: ScenarioName,
    assignments: Assignments = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    as_toml: Annotated[bool, typer.Option("--toml", help="Print a scenario file with every parameter.")] = False,
) -> None:
    """Show every parameter in effect with unit, meaning, range and source; * marks what differs from the default."""
    from scenarios.display import console, parameter_rows, parameter_tables, to_json
    from scenarios.loading import load

    loaded = load(scenario, assignments or ())
    if as_json:
        about = {"scenario": loaded.name, "question": loaded.question, "parameters": parameter_rows(loaded)}
        print(to_json(about))
    elif as_toml:
        print(loaded.to_toml(), end="")
    else:
        out = console()
        out.print(f"{loaded.name}: {loaded.question}", markup=False)
        out.print("* differs from the default\n")
        for table in parameter_tables(loaded):
            out.print(table)
            out.print()


def main() -> None:
    """Run the command; exit with 0 (done), 1 (the work failed) or 2 (bad input)."""
    try:
        app()
    except BadInput as problem:
        stop(str(problem), 2)
    except Exception as problem:
        stop(f"failed: {type(problem).__name__}: {problem}", 1)


def stop(message: str, status: int) -> None:
    """Print one message and exit."""
    print(f"tokenmarket: {message}", file=sys.stderr)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
