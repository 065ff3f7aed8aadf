"""Draws the figures of a view without a browser: ``python -m analysis.dashboard view Profit baseline --rounds 12``."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from analysis.backend import draw_into_files
from analysis.dashboard.choice import Choice
from analysis.dashboard.painter import Painting, paint
from analysis.dashboard.results_folder import Item
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views import APART, COMPARE, TABS
from scenarios.errors import BadInput, did_you_mean, quoted

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder for the SVG files.")]


@app.command()
def view(
    tab: Annotated[str, typer.Argument(help="Name of the tab.")],
    scenario: Annotated[str, typer.Argument(help="Name of a preset, or a TOML file.")],
    rounds: Annotated[int, typer.Option(min=1, help="Rounds (months) to play.")],
    seed: Annotated[int, typer.Option(help="Of the run.")] = 1,
    assignments: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="As of run.")] = None,
    out: Out = Path(),
) -> None:
    """Play a scenario and draw a view of it."""
    from scenarios.files.merging import parse_assignments

    if tab not in TABS or tab in APART:
        raise BadInput(
            f"there is no view {quoted(tab)}{did_you_mean(tab, [name for name in TABS if name not in APART])}"
        )
    write(paint(tab, played(Choice(scenario, seed, parse_assignments(assignments or ())), rounds)), out)


@app.command()
def compare(
    pairs: Annotated[list[str], typer.Argument(metavar="DIR SETTING...", help="Folders of results and settings.")],
    out: Out = Path(),
) -> None:
    """Draw settings of finished results side by side."""
    if len(pairs) % 2:
        raise BadInput("compare takes pairs of a folder and a setting of its results")
    items = []
    for place in range(0, len(pairs), 2):
        folder, setting = Path(pairs[place]), pairs[place + 1]
        items.append(Item(folder.name if folder.name == setting else f"{folder.name}: {setting}", folder, setting))
    write(paint(COMPARE, Snapshot(Choice("baseline")), items), out)


def played(choice: Choice, rounds: int) -> Snapshot:
    """Return the market after some rounds."""
    from analysis.dashboard.taking import take
    from market.models import model_for

    scenario = choice.load()
    model = model_for(scenario.parameters)(scenario.parameters, rng=choice.seed)
    month = ""
    for _ in range(rounds):
        month = model.month
        model.step()
    return replace(Snapshot.of(choice, scenario), round=model.round, month=month, taken=take(model))


def write(painting: Painting, folder: Path) -> None:
    """Write the figures of a view as SVG files and print their names.

    Raises:
        BadInput: If something of the view could not be drawn; what could be is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = painting.tab.lower().replace(" ", "-")
    for place, picture in enumerate(painting.pictures, start=1):
        path = folder / f"{name}-{place}.svg"
        path.write_bytes(picture.svg)
        print(path)
    if painting.error:
        raise BadInput(painting.error)


if __name__ == "__main__":
    draw_into_files()
    try:
        app()
    except BadInput as problem:
        print(f"analysis.dashboard: {problem}", file=sys.stderr)
        raise SystemExit(2) from None
