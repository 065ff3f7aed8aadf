"""What has been changed while a market played: shocks, the list of changes, and the file that repeats it."""

from functools import partial

import reacton.ipyvuetify as rv
import solara

from analysis.dashboard.choice import Choice
from analysis.dashboard.painter import NAMES
from analysis.dashboard.visit import Visit
from analysis.report.blocks import text
from scenarios.files.shocks import shocks


@solara.component
def Shocks(visit: Visit, place: int, begun: bool) -> None:
    """Let something happen to a market that has begun, from next month on."""
    rv.Html(tag="h2", children=["Let it happen"])
    for shock in shocks():
        with rv.Html(tag="div", class_="tm-control").key(shock.title):
            solara.Button(shock.title, on_click=partial(visit.change, place, shock.changes, shock.months, shock.title),
                          outlined=True, small=True, disabled=not begun)  # fmt: skip
            rv.Html(tag="p", class_="tm-help", children=[f"{shock.about} (from next month on)"])


@solara.component
def Happened(visit: Visit, choices: tuple[Choice, ...]) -> None:
    """List the changes made while playing, each with a way to take it back, and the lines that repeat them."""
    if not any(choice.events for choice in choices):
        return
    with rv.Html(tag="div", class_="tm-happened"):
        for place, choice in enumerate(choices):
            of = f"{NAMES[place]}: " if len(choices) > 1 else ""
            own = choice.own_events if choice.events else 0
            for number, event in enumerate(choice.events):

                def undo(place: int = place, number: int = number) -> None:
                    visit.undo(place, number)

                with rv.Html(tag="div", class_="tm-event").key(f"event {place} {number}"):
                    rv.Html(tag="span", children=[f"{of}change {own + number + 1}: {event.words}"])
                    solara.Button("Undo", on_click=undo, text=True, small=True)
            if choice.events:
                shown = f"<summary>{of}As a scenario file has them</summary><pre>{text(choice.events_toml)}</pre>"
                solara.HTML(tag="details", classes=["tm-command"], unsafe_innerHTML=shown)
