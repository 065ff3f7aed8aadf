"""The controls at the side of the page."""

from collections.abc import Callable
from typing import Any

import reacton.ipyvuetify as rv
import solara

from analysis.dashboard.choice import Choice
from analysis.dashboard.contained import Problem
from analysis.dashboard.controls import Control, Facts, groups, written
from market.models import MODEL, TOKEN_MARKET
from scenarios.errors import BadInput
from scenarios.files.conducts import CONDUCTS
from scenarios.files.finding import presets
from scenarios.files.loading import load

HIGHEST_SEED = 2**31 - 1
LONGEST_SYMBOL = 3
"""Letters of a unit that is a symbol; longer ones are words."""


@solara.component
def Side(scenario: str, build: Callable[[Choice], None], opened: Choice) -> None:
    """Show all controls, at first as the choice opened has them; a change builds the model anew."""
    choice, set_choice = solara.use_state(opened)
    base, problem = solara.use_memo(lambda: _parameters(Choice(choice.scenario)), [choice.scenario])
    values = solara.use_memo(lambda: _parameters(choice)[0] or base, [choice])

    def change(new: Choice) -> None:
        set_choice(new)
        build(new)

    with rv.Html(tag="aside", class_="tm-side", attributes={"aria-label": "Controls"}):
        Scenarios(scenario, choice, change)
        if problem:
            Problem(problem)
        for heading, controls in (groups(base) if base else {}).items():
            rv.Html(tag="h2", children=[heading])
            if heading == "Conduct" and base[MODEL] == TOKEN_MARKET:
                Conducts(choice, change)
            for control in controls:
                facts = control.facts(values)
                own = control.facts(base)

                def move(value: Any, control: Control = control, own: Facts = own) -> None:
                    moved = own.differs or value != own.value
                    new = dict.fromkeys(control.keys, value)
                    change(choice.with_changes(new) if moved else choice.without(control.keys))

                Mover(control, facts, move)
            if heading == "Run":
                Seed(choice, change)


def _parameters(choice: Choice) -> tuple[dict[str, Any], str]:
    """Return the parameters in effect, or none and why there are none."""
    try:
        return choice.load().parameters.model_dump(mode="json"), ""
    except BadInput as problem:
        return {}, str(problem)


def in_units(value: Any, unit: str) -> str:
    """Write a value with its unit: 1 firm, 12 months, 2 accelerators/month; symbols (kWh, USD) have no plural."""
    if not unit:
        return f"{written(value)} (pure number)"
    noun, slash, rest = unit.partition("/")
    if noun.isalpha() and noun.islower() and len(noun) > LONGEST_SYMBOL:
        noun = noun.removesuffix("s") + ("" if value == 1 else "s")
    return f"{written(value)} {noun}{slash}{rest}"


@solara.component
def Scenarios(scenario: str, choice: Choice, change: Callable[[Choice], None]) -> None:
    """Pick a scenario; its own values replace all changes."""
    own = [name for name in dict.fromkeys((scenario, choice.scenario)) if name not in presets()]
    names = [*own, *presets()]
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
                label=f"{control.label}: {in_units(facts.value, facts.unit)}{about}",
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
def Conducts(choice: Choice, change: Callable[[Choice], None]) -> None:
    """Pick a whole conduct: a rule with its parameters and what goes with it, as in the preset of that name."""
    of_presets = solara.use_memo(lambda: {name: load(name).title for name in CONDUCTS}, [])
    titles = {"": "as the rules below say", **of_presets}
    names = {title: name for name, title in titles.items()}
    with rv.Html(tag="div", class_="tm-control"):
        rv.Select(label="Whole conduct", items=list(names), v_model=titles[choice.conduct], dense=True, outlined=True,
                  hide_details=True, on_v_model=lambda title: change(choice.with_conduct(names[title])))  # fmt: skip
        said = "Everything that the scenario of this name changes, on top of the scenario above"
        rv.Html(tag="p", class_="tm-help", children=[said])


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
