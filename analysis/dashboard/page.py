"""The page: header with Play, controls at the side, one tab per view."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import reacton.ipyvuetify as rv
import solara

from analysis.dashboard.beside import Beside
from analysis.dashboard.choice import Choice
from analysis.dashboard.contained import Contained, Problem
from analysis.dashboard.downloads.block import Downloads
from analysis.dashboard.engine import Engine
from analysis.dashboard.happening import Happened
from analysis.dashboard.lessons import Lessons
from analysis.dashboard.link import Address, Opened, opened_by, query_of
from analysis.dashboard.painter import Painting
from analysis.dashboard.panel import Painted, Picker, Waiting
from analysis.dashboard.results_folder import MOST_PICKS, Listing, ResultsFolder
from analysis.dashboard.side import Side
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.sweep.panel import Sweep
from analysis.dashboard.views import COMPARE, SWEEP, TABS
from analysis.dashboard.visit import Visit
from market.wording import counted

NAME = "Token Market"
NO_PICKS: tuple[str, ...] = ()
STYLE = Path(__file__).parent / "style.css"
SPEEDS = {"1 month a second": 1.0, "2 months a second": 2.0, "5 months a second": 5.0, "10 months a second": 10.0,
          "as fast as it can": float("inf")}  # fmt: skip


def page_for(scenario: str, results_folder: ResultsFolder) -> Callable[[], solara.Element[Any]]:
    """Return the page's component, which opens with a scenario."""

    @solara.component
    def Page() -> None:
        query = solara.use_router().search
        opened = solara.use_memo(lambda: opened_by(query, scenario), [])
        told = solara.use_reactive(Snapshot(opened.choices[0]))
        chosen: solara.Reactive[tuple[Choice, ...]] = solara.use_reactive(opened.choices)
        painted: solara.Reactive[Painting | None] = solara.use_reactive(None)
        visit = solara.use_memo(lambda: Visit(opened, results_folder, told, chosen, painted), [])
        solara.use_effect(visit.start, [])
        solara.Style(STYLE)
        solara.Title(f"{NAME} · {short(told.value.choice.scenario)}")
        with rv.Html(tag="div", class_="tm"):
            Contained("The header", lambda: Head(visit, told.value), told.value, "tm-head")
            Contained("The list of controls", lambda: Side(scenario, visit, chosen.value, told.value.round > 0),
                      place="tm-side")  # fmt: skip
            Contained(
                "The page", lambda: Main(visit, opened, told.value, chosen.value, painted.value), told.value, "tm-main"
            )

    return Page


def short(scenario: str) -> str:
    """Return a scenario's name without the folder and the ending of a file."""
    return Path(scenario).stem if scenario.endswith(".toml") else scenario


@solara.component
def Head(visit: Visit, snapshot: Snapshot) -> None:
    """Show title, time, and what moves it."""
    engine, playing = visit.engine, snapshot.playing
    ready = not snapshot.error and snapshot.rounds > 0

    with rv.Html(tag="header", class_="tm-head"):
        rv.Html(tag="h1", children=[NAME])
        with rv.Html(tag="div", class_="tm-play"):
            if playing:
                solara.Button("Pause", icon_name="mdi-pause", on_click=visit.pause, color="#0b5c8f", dark=True)
            else:
                solara.Button("Play", icon_name="mdi-play", on_click=engine.play, color="#0b5c8f", dark=True,
                              disabled=not ready)  # fmt: skip
            solara.Button("Step", icon_name="mdi-skip-next", on_click=engine.step, outlined=True, dark=True,
                          disabled=not ready or playing)  # fmt: skip
            solara.Button("Reset", icon_name="mdi-restart", on_click=lambda: visit.build(visit.chosen.peek()[0]),
                          outlined=True, dark=True)  # fmt: skip
            Speed(engine)
        rv.Html(
            tag="div",
            class_="tm-when",
            attributes={"role": "status", "aria-live": "off" if playing else "polite"},
            children=[_when(snapshot)],
        )


@solara.component
def Speed(engine: Engine) -> None:
    """Choose how fast Play goes. By itself: a choice that arrives while its list is set anew would be lost."""
    speed, set_speed = solara.use_state("5 months a second")

    def choose(name: str) -> None:
        set_speed(name)
        engine.set_speed(SPEEDS[name])

    rv.Select(label="Speed", items=list(SPEEDS), v_model=speed, on_v_model=choose, dense=True, dark=True,
              outlined=True, hide_details=True, style_="max-width: 14rem")  # fmt: skip


def _when(snapshot: Snapshot) -> str:
    if snapshot.round == 0:
        return "nothing played yet" if snapshot.rounds else "building the market …"
    return f"{snapshot.month} · {counted(snapshot.round, 'month')} played"


@solara.component
def Main(
    visit: Visit, opened: Opened, snapshot: Snapshot, choices: tuple[Choice, ...], painting: Painting | None
) -> None:
    """Show the question, messages, what was changed while playing, the tabs, and the view that is open."""
    tabs = [tab for tab in TABS if tab not in snapshot.hidden]
    chosen, set_chosen = solara.use_state(opened.tab)
    tab = chosen if chosen in tabs else TABS[0]
    comparing = tab == COMPARE
    picks, set_picks = solara.use_state(NO_PICKS)
    listing = solara.use_memo(lambda: visit.results_folder.listing() if comparing else Listing(), [comparing])
    picked = tuple(listing.items[name] for name in picks if name in listing.items)
    solara.use_effect(lambda: visit.painter.show(tab, picked), [tab, picked])
    address = solara.use_ref("")
    if not snapshot.playing:
        address.current = query_of(choices, snapshot.round, tab)
    pick = solara.use_memo(lambda: lambda names: set_picks(tuple(names[:MOST_PICKS])), [])

    def teach(choices: tuple[Choice, ...], view: str) -> None:
        set_chosen(view)
        visit.teach(choices)

    with rv.Html(tag="main", class_="tm-main"):
        Address(query=address.current)
        if opened.problem:
            Problem(opened.problem)
        rv.Html(tag="p", class_="tm-question", children=[f"{snapshot.choice.scenario}: {snapshot.question}"])
        for note in snapshot.notes:
            rv.Html(tag="p", class_="tm-note", children=[note])
        if snapshot.error:
            Problem(f"{snapshot.error}. Reset starts again.")
        if snapshot.refused:
            Problem(f"The last change was not made: {snapshot.refused}")
        if snapshot.other is not None and snapshot.other.error:
            Problem(f"Market B: {snapshot.other.error}. Reset starts again.")
        Lessons(teach).key("lessons")
        Contained("The changes", lambda: Happened(visit, choices), choices)
        Contained("The comparison", lambda: Beside(visit, snapshot, choices), snapshot)
        # a key keeps what was clicked in place
        rv.Tabs(v_model=tab, class_="tm-tabs", show_arrows=True,
                children=[Tab(name, set_chosen).key(f"tab {name}") for name in tabs])  # fmt: skip
        with rv.Html(tag="section", class_="tm-panel", attributes={"role": "tabpanel", "aria-label": tab}):
            if comparing:
                Contained("The list of results", lambda: Picker(visit.results_folder, list(listing.items), list(picks),
                                                                listing.damaged, pick), listing)  # fmt: skip
            shown = painting if painting is not None and painting.tab == tab and not painting.empty else None
            if tab == SWEEP:
                view = Contained("The sweep", lambda: Sweep(visit.sweeps, choices[0], lambda: visit.engine.choices[0]),
                                 choices[0])  # fmt: skip
            else:
                view = Contained("This view", lambda: Painted(shown) if shown else Waiting(tab, snapshot), shown)
            view.key(f"view of {tab}")
        files = Contained("The list of downloads", lambda: Downloads(snapshot, shown), snapshot)
        files.key("downloads")


@solara.component
def Tab(name: str, choose: Callable[[str], None]) -> None:
    """Open a view. The click counts: a choice of the list of tabs would be lost while that is set anew for a view."""
    rv.use_event(rv.Tab(href=f"#{name}", children=[name]), "click", lambda *_: choose(name))
