"""The controls at the side of the page."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import reacton.ipyvuetify as rv
import solara

from analysis.dashboard.choice import Choice
from analysis.dashboard.contained import Problem
from analysis.dashboard.controls import Control, Facts, groups, written
from analysis.dashboard.happening import Shocks
from analysis.dashboard.painter import NAMES
from analysis.dashboard.visit import Visit
from market.models import MODEL, TOKEN_MARKET
from scenarios.errors import BadInput
from scenarios.files.conducts import CONDUCTS, conduct
from scenarios.files.finding import presets
from scenarios.files.loading import load

HIGHEST_SEED = 2**31 - 1
LONGEST_SYMBOL = 3
"""Letters of a unit that is a symbol; longer ones are words."""


@solara.component
def Side(scenario: str, visit: Visit, choices: tuple[Choice, ...], begun: bool) -> None:
    """Show the controls of a market. What they change holds from next month on where it can, else from the start."""
    wanted, set_place = solara.use_state(0)
    place = min(wanted, len(choices) - 1)
    choice = choices[place]
    base, problem = solara.use_memo(lambda: _parameters(Choice(choice.scenario)), [choice.scenario])

    with rv.Html(tag="aside", class_="tm-side", attributes={"aria-label": "Controls"}):
        if len(choices) > 1:
            rv.Html(tag="h2", children=["Controls of market"])
            solara.ToggleButtonsSingle(NAMES[place], values=list(NAMES), dense=True,
                                       on_value=lambda name: set_place(NAMES.index(name)))  # fmt: skip
        Scenarios(scenario, choice, lambda new: visit.build(new, place))
        if problem:
            Problem(problem)
        elif base[MODEL] == TOKEN_MARKET:
            Shocks(visit, place, begun)
        Controls(visit, place, choice, base)


@solara.component
def Controls(visit: Visit, place: int, choice: Choice, base: dict[str, Any]) -> None:
    """Show the controls of a market under their headings.

    Args:
        visit: The visitor's markets.
        place: Of the market.
        choice: What is chosen of it.
        base: The parameters of its scenario; empty where it has none.
    """
    values = solara.use_memo(lambda: _in_force(choice) or base, [choice, base])

    def change(new: Choice) -> None:
        visit.build(new, place)

    def behave(name: str) -> None:
        if not (name and visit.change(place, conduct(name))):
            change(choice.with_conduct(name))

    for heading, controls in (groups(base) if base else {}).items():
        rv.Html(tag="h2", children=[heading])
        if heading == "Conduct" and base[MODEL] == TOKEN_MARKET:
            Conducts(choice, behave)
        for control in controls:
            Moved(visit, place, choice, control, control.facts(values), control.facts(base))
        if heading == "Run":
            Seed(choice, change)


@solara.component
def Moved(visit: Visit, place: int, choice: Choice, control: Control, facts: Facts, own: Facts) -> None:
    """Show a control that changes a market: from next month on where an event can bring it, else from the start.

    Args:
        visit: The visitor's markets.
        place: Of the market.
        choice: What is chosen of it.
        control: What is moved.
        facts: As it is.
        own: As the scenario has it.
    """

    def move(value: Any) -> None:
        new = dict.fromkeys(control.keys, value)
        if not visit.change(place, new):
            moved = own.differs or value != own.value
            visit.build(choice.with_changes(new) if moved else choice.without(control.keys), place)

    Mover(control, facts, move)


def _parameters(choice: Choice) -> tuple[dict[str, Any], str]:
    """Return the parameters as given, or none and why there are none."""
    try:
        return choice.load().parameters.model_dump(mode="json"), ""
    except BadInput as problem:
        return {}, str(problem)


def _in_force(choice: Choice) -> dict[str, Any]:
    """Return the parameters that are in force once the last change made while playing is; none if they are bad."""
    from market.parameters.spells import in_force, spells_of

    try:
        given = choice.load().parameters
    except BadInput:
        return {}
    if not choice.events:
        return given.model_dump(mode="json")
    last = given.events[-1].begins(given.horizon.start)
    return in_force(spells_of(given), last).model_dump(mode="json")


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
def Conducts(choice: Choice, change: Callable[[str], None]) -> None:
    """Pick a whole conduct: a rule with its parameters and what goes with it, as in the preset of that name."""
    of_presets = solara.use_memo(lambda: {name: load(name).title for name in CONDUCTS}, [])
    titles = {"": "as the rules below say", **of_presets}
    names = {title: name for name, title in titles.items()}
    with rv.Html(tag="div", class_="tm-control"):
        rv.Select(label="Whole conduct", items=list(names), v_model=titles[choice.conduct], dense=True, outlined=True,
                  hide_details=True, on_v_model=lambda title: change(names[title]))  # fmt: skip
        said = "Everything that the scenario of this name changes, on top of the scenario above"
        rv.Html(tag="p", class_="tm-help", children=[said])


@solara.component
def Seed(choice: Choice, change: Callable[[Choice], None]) -> None:
    """Choose the seed."""

    def set_seed(given: Any) -> None:
        if str(given).isdigit() and int(given) <= HIGHEST_SEED:
            change(replace(choice, seed=int(given)))

    with rv.Html(tag="div", class_="tm-control"):
        rv.TextField(label="Seed", type="number", v_model=str(choice.seed), on_v_model=set_seed, dense=True,
                     outlined=True, hide_details=True, attributes={"min": 0})  # fmt: skip
        rv.Html(tag="p", class_="tm-help", children=["The same seed gives the same run (a whole number from 0 up)"])
