"""The page: header with Play, controls at the side, one tab per view."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import reacton.ipyvuetify as rv
import solara

from analysis.dashboard.choice import Choice
from analysis.dashboard.contained import Contained, Problem
from analysis.dashboard.engine import Engine
from analysis.dashboard.lessons import Lessons
from analysis.dashboard.painter import Painter, Painting
from analysis.dashboard.panel import Painted, Picker, Waiting
from analysis.dashboard.shelf import MOST_PICKS, Shelf, Stock
from analysis.dashboard.side import Side
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views import COMPARE, TABS
from market.wording import counted

NAME = "Token Market"
NO_PICKS: tuple[str, ...] = ()
STYLE = Path(__file__).parent / "style.css"
SPEEDS = {"1 month a second": 1.0, "2 months a second": 2.0, "5 months a second": 5.0, "10 months a second": 10.0,
          "as fast as it can": float("inf")}  # fmt: skip


class Visit:
    """What belongs to one visitor: a model in its thread, and a painter in another."""

    def __init__(
        self, scenario: str, shelf: Shelf, told: solara.Reactive[Snapshot], painted: solara.Reactive[Painting | None]
    ) -> None:
        self.shelf = shelf
        self.painter = Painter(TABS[0], painted.set)
        self.told = told
        self.engine = Engine(Choice(scenario), self.tell)

    def tell(self, snapshot: Snapshot) -> None:
        """Hand a snapshot on to header and painter."""
        self.painter.take(snapshot)
        self.told.set(snapshot)

    def start(self) -> Callable[[], None]:
        """Start both threads; return what ends them."""
        self.painter.start()
        self.engine.start()

        def end() -> None:
            self.engine.close()
            self.painter.close()

        return end


def page_for(scenario: str, shelf: Shelf) -> Callable[[], solara.Element[Any]]:
    """Return the page's component, which opens with a scenario."""

    @solara.component
    def Page() -> None:
        told = solara.use_reactive(Snapshot(Choice(scenario)))
        painted: solara.Reactive[Painting | None] = solara.use_reactive(None)
        visit = solara.use_memo(lambda: Visit(scenario, shelf, told, painted), [])
        lesson: solara.Reactive[tuple[int, Choice]] = solara.use_reactive((0, Choice(scenario)))

        def begin(choice: Choice) -> None:
            visit.engine.build(choice)
            visit.engine.play()
            lesson.set((lesson.peek()[0] + 1, choice))

        count, opened = lesson.value
        solara.use_effect(visit.start, [])
        solara.Style(STYLE)
        solara.Title(f"{NAME} · {short(told.value.choice.scenario)}")
        with rv.Html(tag="div", class_="tm"):
            Contained("The header", lambda: Head(visit, told.value), told.value, "tm-head")
            side = Contained(
                "The list of controls", lambda: Side(scenario, visit.engine.build, opened), None, "tm-side"
            )
            side.key(f"controls {count}")  # a lesson sets them anew
            Contained("The page", lambda: Main(visit, told.value, painted.value, begin), told.value, "tm-main")

    return Page


def short(scenario: str) -> str:
    """Return a scenario's name without the folder and the ending of a file."""
    return Path(scenario).stem if scenario.endswith(".toml") else scenario


@solara.component
def Head(visit: Visit, snapshot: Snapshot) -> None:
    """Show title, time, and what moves it."""
    engine, playing = visit.engine, snapshot.playing
    ready = not snapshot.error and snapshot.rounds > 0

    def pause() -> None:
        engine.pause()
        visit.told.set(replace(visit.told.peek(), playing=False))

    with rv.Html(tag="header", class_="tm-head"):
        rv.Html(tag="h1", children=[NAME])
        with rv.Html(tag="div", class_="tm-play"):
            if playing:
                solara.Button("Pause", icon_name="mdi-pause", on_click=pause, color="#0b5c8f", dark=True)
            else:
                solara.Button("Play", icon_name="mdi-play", on_click=engine.play, color="#0b5c8f", dark=True,
                              disabled=not ready)  # fmt: skip
            solara.Button("Step", icon_name="mdi-skip-next", on_click=engine.step, outlined=True, dark=True,
                          disabled=not ready or playing)  # fmt: skip
            solara.Button("Reset", icon_name="mdi-restart", on_click=lambda: engine.build(snapshot.choice),
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
def Main(visit: Visit, snapshot: Snapshot, painting: Painting | None, begin: Callable[[Choice], None]) -> None:
    """Show the question, messages, the tabs, and the view that is open."""
    tabs = [tab for tab in TABS if tab not in snapshot.hidden]
    chosen, set_chosen = solara.use_state(TABS[0])
    tab = chosen if chosen in tabs else TABS[0]
    comparing = tab == COMPARE
    picks, set_picks = solara.use_state(NO_PICKS)
    stock = solara.use_memo(lambda: visit.shelf.stock() if comparing else Stock(), [comparing])
    picked = tuple(stock.items[name] for name in picks if name in stock.items)
    solara.use_effect(lambda: visit.painter.show(tab, picked), [tab, picked])
    pick = solara.use_memo(lambda: lambda names: set_picks(tuple(names[:MOST_PICKS])), [])

    def teach(choice: Choice, view: str) -> None:
        set_chosen(view)
        begin(choice)

    with rv.Html(tag="main", class_="tm-main"):
        rv.Html(tag="p", class_="tm-question", children=[f"{snapshot.choice.scenario}: {snapshot.question}"])
        for note in snapshot.notes:
            rv.Html(tag="p", class_="tm-note", children=[note])
        if snapshot.error:
            Problem(f"{snapshot.error}. Reset starts again.")
        Lessons(teach).key("lessons")
        # a key keeps what was clicked in place
        rv.Tabs(v_model=tab, class_="tm-tabs", show_arrows=True,
                children=[Tab(name, set_chosen).key(f"tab {name}") for name in tabs])  # fmt: skip
        with rv.Html(tag="section", class_="tm-panel", attributes={"role": "tabpanel", "aria-label": tab}):
            if comparing:
                Contained("The list of results", lambda: Picker(visit.shelf, list(stock.items), list(picks),
                                                                stock.damaged, pick), stock)  # fmt: skip
            shown = painting if painting is not None and painting.tab == tab and not painting.empty else None
            view = Contained("This view", lambda: Painted(shown) if shown else Waiting(tab, snapshot), shown)
            view.key(f"view of {tab}")


@solara.component
def Tab(name: str, choose: Callable[[str], None]) -> None:
    """Open a view. The click counts: a choice of the list of tabs would be lost while that is set anew for a view."""
    rv.use_event(rv.Tab(href=f"#{name}", children=[name]), "click", lambda *_: choose(name))
