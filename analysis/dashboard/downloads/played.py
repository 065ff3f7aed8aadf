"""What a snapshot shows as a run: its tables, and what it takes to repeat them."""

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.dashboard.choice import Choice
from analysis.dashboard.snapshot import Snapshot
from scenarios.errors import BadInput
from scenarios.files.loading import Scenario
from scenarios.running import described, resized

if TYPE_CHECKING:
    from market.parameters.run import RunParameters
    from scenarios.running import RunResults

ASIDE = {"events", "horizon"}
"""Keys that may differ while a market is played on: what was changed at a date, and months that are left out."""


def played(snapshot: Snapshot) -> "RunResults":
    """Return the run so far, as if it had been meant to end here.

    Raises:
        BadInput: If nothing has been played, or the scenario is no longer what was played.
    """
    if snapshot.tables is None:
        raise BadInput("nothing has been played yet")
    scenario = scenario_of(snapshot)
    if _decisive(scenario.parameters) != _decisive(snapshot.tables.parameters):
        raise BadInput(f"{snapshot.choice.scenario} has changed since this run began; Reset plays it as it is now")
    return described(snapshot.tables, scenario.parameters, scenario.title, scenario.question)


def scenario_of(snapshot: Snapshot) -> Scenario:
    """Return what is played, with the months played as its length once there are some.

    Raises:
        BadInput: If the scenario cannot be loaded.
    """
    scenario = snapshot.choice.load()
    if not months_of(snapshot):
        return scenario
    return replace(scenario, parameters=resized(scenario.parameters, months_of(snapshot), None))


def months_of(snapshot: Snapshot) -> int:
    """Return the months that the tables have."""
    return 0 if snapshot.tables is None else len(snapshot.tables.rounds)


def command(choice: Choice, months: int, folder: str = "NEW_FOLDER") -> str:
    """Return the command line that plays so many months of a choice and keeps the results."""
    return f"tokenmarket run {choice.arguments(months)} --out {folder}"


def _decisive(parameters: "RunParameters") -> dict[str, object]:
    return parameters.model_dump(mode="json", exclude=ASIDE)
