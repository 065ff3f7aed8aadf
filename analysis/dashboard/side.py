"""The controls at the side of the page."""

from collections.abc import Callable
from typing import Any

import reacton.ipyvuetify as rv
import solara

from analysis.dashboard.choice import Choice
from analysis.dashboard.controls import Control, Facts, groups, written
from scenarios.errors import BadInput
from scenarios.loading import load, presets

HIGHEST_SEED = 2**31 - 1


@solara.component
def Side(scenario: str, build: Callable[[Choice], None]) -> None:
    """Show all controls; a change builds the model anew."""
    choice, set_choice = solara.use_state(Choice(scenario))
    base = solara.use_memo(lambda: load(choice.scenario).parameters.model_dump(mode="json"), [choice.scenario])
    values = solara.use_memo(lambda: _in_effect(choice, base), [choice])

    def change(new: Choice) -> None:
        set_choice(new)
        build(new)

    with rv.Html(tag="aside", class_="tm-side", attributes={"aria-label": "Controls"}):
        Scenarios(scenario, choice, change)
        for heading, controls in groups(base).items():
            rv.Html(tag="h2", children=[heading])
            for control in controls:
                facts = control.facts(values)
                own = control.facts(base)

                def move(value: Any, control: Control = control, own: Facts = own) -> None:
                    changes = {key: old for key, old in choice.changes.items() if key not in control.keys}
                    if own.differs or value != own.value:
                        changes |= dict.fromkeys(control.keys, value)
                    change(Choice(choice.scenario, choice.seed, changes))

                Mover(control, facts, move)
            if heading == "Run":
                Seed(choice, change)


def _in_effect(choice: Choice, base: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with the changes; those of the scenario where the changes cannot be."""
    try:
        return choice.load().parameters.model_dump(mode="json")
    except BadInput:
        return base


@solara.component
def Scenarios(scenario: str, choice: Choice, change: Callable[[Choice], None]) -> None:
    """Pick a scenario; its own values replace all changes."""
    names = list(dict.fromkeys([*presets(), scenario]))
    with rv.Html(tag="div", class_="tm-control"):
        rv.Html(tag="h2", children=["Scenario"])
        rv.Select(label="Scenario", items=names, v_model=choice.scenario, dense=True, outlined=True, hide_details=True,
                  on_v_model=lambda name: change(Choice(name, choice.seed)))  # fmt: skip


@solara.component
def Mover(control: Control, facts: Facts, move: Callable[[Any], None]) -> None:
    """Show one control with its value, unit and meaning."""
    with rv.Html(tag="div", class_="tm-control tm-slider" if control.steps else "tm-control"):
        if control.steps:
            steps = control.steps_with(facts.value)
            about = ", mean" if facts.differs else ""
            rv.Slider(
                label=f"{control.label}: {written(facts.value)} {facts.unit or '(pure number)'}{about}",
                v_model=steps.index(facts.value),
                on_v_model=lambda place: move(steps[place]),
                min=0,
                max=len(steps) - 1,
                hide_details=True,
                dense=True,
                color="#0b5c8f",
                track_color="#c3ccd6",
            )
        else:
            rv.Select(label=control.label, items=list(facts.choices), v_model=facts.value, on_v_model=move, dense=True,
                      outlined=True, hide_details=True)  # fmt: skip
        rv.Html(tag="p", class_="tm-help", children=[facts.meaning])


@solara.component
def Seed(choice: Choice, change: Callable[[Choice], None]) -> None:
    """Choose the seed."""

    def set_seed(given: Any) -> None:
        if str(given).isdigit() and int(given) <= HIGHEST_SEED:
            change(Choice(choice.scenario, int(given), choice.changes))

    with rv.Html(tag="div", class_="tm-control"):
        rv.TextField(label="Seed", type="number", v_model=str(choice.seed), on_v_model=set_seed, dense=True,
                     outlined=True, hide_details=True, attributes={"min": 0})  # fmt: skip
        rv.Html(tag="p", class_="tm-help", children=["The same seed gives the same run (a whole number from 0 up)"])
