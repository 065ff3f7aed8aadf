"""Two markets side by side: what differs between them, and who has earned what in each."""

from collections.abc import Mapping
from typing import Any

import reacton.ipyvuetify as rv
import solara

from analysis.dashboard.choice import Choice
from analysis.dashboard.controls import written
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.visit import Visit
from analysis.palette import LAYER_LABELS, number
from analysis.report.blocks import table, text
from market.records.columns import LAYERS
from scenarios.errors import BadInput

MOST_TOLD = 6
"""Differences told one by one."""
NEVER = ("name", "events")


@solara.component
def Beside(visit: Visit, snapshot: Snapshot, choices: tuple[Choice, ...]) -> None:
    """Offer a second market or the last run for comparison; show the difference and the score."""
    other, two = snapshot.other, len(choices) > 1
    against = choices[1] if two else other.choice if other else None
    told = solara.use_memo(lambda: difference(choices[0], against) if against else "", [choices[0], against])
    ghost = other is not None and not two

    def compare() -> None:
        visit.engine.compare_with_last(not ghost)

    with rv.Html(tag="div", class_="tm-beside"):
        if two:
            solara.Button("Close market B", on_click=lambda: visit.beside(None), outlined=True, small=True)
        else:
            solara.Button("Open a second market", on_click=lambda: visit.beside(choices[0]), outlined=True, small=True)
            solara.Button("Without the last run" if ghost else "Compare with the last run", on_click=compare,
                          outlined=True, small=True, disabled=not snapshot.has_last)  # fmt: skip
        if told:
            rv.Html(tag="p", class_="tm-difference", children=[f"{'B' if two else 'The last run'}: {told}."])
    if other is not None and other.taken is not None and snapshot.taken is not None:
        solara.HTML(tag="div", classes=["tm-table", "tm-score"], unsafe_innerHTML=score(snapshot, other, two))


def score(snapshot: Snapshot, other: Snapshot, two: bool) -> str:
    """Return who has earned what so far, as a table."""
    names = ("A", "B") if two else ("this run", "the last run")
    rows = []
    for layer in LAYERS:
        first, second = (seen.taken.earned.get(layer, 0.0) if seen.taken else 0.0 for seen in (snapshot, other))
        rows.append((LAYER_LABELS[layer], number(first, 4), number(second, 4), number(second - first, 4)))
    until = snapshot.month if other.month == snapshot.month else f"{snapshot.month} and {other.month}"
    caption = f"<p class='tm-caption'>{text(f'Profit so far, USD, up to {until}')}</p>"
    return caption + table(("layer", *names, f"{names[1]} − {names[0]}"), rows)


def difference(first: Choice, other: Choice) -> str:
    """Say in words how the other market differs from the first."""
    try:
        one, two = _flat(first), _flat(other)
    except BadInput:
        return ""
    keys = sorted(key for key in one.keys() | two.keys() if one.get(key) != two.get(key))
    told = [f"{key} {_said(two, key)} instead of {_said(one, key)}" for key in keys]
    told += _happened(first, other, "without") + _happened(other, first, "with")
    if first.seed != other.seed:
        told.append(f"seed {other.seed} instead of {first.seed}")
    if not told:
        return "no difference yet; change a control of one of them"
    more = [f"{len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
    return "; ".join(told[:MOST_TOLD] + more)


def _flat(choice: Choice) -> dict[str, Any]:
    from scenarios.files.merging import flatten

    values = choice.load().parameters.model_dump(mode="json")
    return {key: value for key, value in flatten(values).items() if key not in NEVER}


def _said(values: Mapping[str, Any], key: str) -> str:
    return written(values[key]) if key in values else "none"


def _happened(one: Choice, other: Choice, how: str) -> list[str]:
    """Name the events of one that the other does not have."""
    return [f"{how} {event.words}" for event in one.events if event not in other.events]
