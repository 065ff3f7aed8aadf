"""One scenario in the worlds of an ensemble: what ``tokenmarket run --ensemble`` runs and prints."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from scenarios.command.display import console, to_json
from scenarios.command.values import literal

if TYPE_CHECKING:
    import pandas as pd

    from scenarios.files.experiment import Experiment
    from scenarios.files.loading import Scenario


def experiment_of(
    source: str, scenario: "Scenario", changes: dict[str, Any], rounds: int | None, users: int | None, seed: int
) -> "Experiment":
    """Return the experiment of one setting, the scenario, that an ensemble lays over its worlds."""
    from scenarios.files.experiment import Experiment, named_after

    return Experiment(
        name=named_after(scenario.name, "worlds"),
        title=scenario.title[:200],
        question=f"How often does what {scenario.name} shows hold in worlds that a record does not rule out?",
        scenario=source,
        rounds=rounds,
        users=users,
        replications=1,
        seed=seed,
        set=changes,
    )


def finish(folder: Path, as_json: bool) -> None:
    """Print in how many worlds each layer loses money and each part of the claim holds."""
    from analysis.findings.worlds import claims_in_worlds, margins_in_worlds
    from analysis.results import read_results

    results = read_results(folder)
    margins, claims, about = margins_in_worlds(results), claims_in_worlds(results), results.manifest["ensemble"]
    if as_json:
        record = {"ensemble": about["name"], "record": about["title"], "worlds": about["number"]}
        rows = {"layers": _rows(margins), "claims": _rows(claims)}
        print(to_json(record | rows))
        return
    screen = console()
    screen.print(_layers(margins, f"{about['number']} worlds that agree with “{about['title']}”"))
    screen.print(_claims(claims))
    print(f"results in {folder}; tokenmarket report {folder} draws them")


def _rows(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return the rows of a table, with what is not known as null."""
    plain = table.drop(columns="setting").astype(object)
    return [
        {str(key): value for key, value in row.items()} for row in plain.where(plain.notna(), None).to_dict("records")
    ]


def _layers(margins: "pd.DataFrame", title: str) -> Table:
    shown = Table(title=literal(title, "table.title"), caption="operating margin over the whole run")
    shown.add_column("layer")
    for head in ("worlds", "margin, middle", "5 to 95 %", "loses money in", "95 % interval"):
        shown.add_column(head, justify="right")
    for row in margins.to_dict("records"):
        middle, loses = f"{row['value_50']:.0%}", f"{row['negative']:.0%}"
        ends, between = _between(row, "value_5", "value_95"), _between(row, "low", "high")
        shown.add_row(row["layer"], str(row["worlds"]), middle, ends, loses, between)
    return shown


def _claims(claims: "pd.DataFrame") -> Table:
    shown = Table(title="the claim, part by part")
    shown.add_column("claim", overflow="fold")
    for head in ("worlds", "holds in", "95 % interval"):
        shown.add_column(head, justify="right")
    for row in claims.to_dict("records"):
        between = _between(row, "low", "high")
        shown.add_row(literal(row["claim"]), str(row["worlds"]), f"{row['share']:.0%}", between)
    return shown


def _between(row: Mapping[Hashable, Any], low: str, high: str) -> str:
    return f"{row[low]:.0%} to {row[high]:.0%}"
