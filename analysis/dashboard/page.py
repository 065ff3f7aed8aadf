"""The page: header with Play, controls at the side, one tab per view."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import reacton.ipyvuetify as rv
import solara

from analysis.dashboard.choice import Choice
from analysis.dashboard.commands import commands
from analysis.dashboard.engine import Engine
from analysis.dashboard.painter import Painter, Painting
from analysis.dashboard.shelf import MOST_PICKS, Shelf
from analysis.dashboard.side import Side
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views import COMPARE, TABS
from analysis.page import text

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

    def start(self) -> "object":
        """Start both threads; return what ends them."""
        self.painter.start()
        self.engine.start()

        def end() -> None:
            self.engine.close()
            self.painter.close()

        return end


def page_for(scenario: str, shelf: Shelf) -> "solara.Element":
    """Return the page's component, which opens with a scenario."""

    @solara.component
    def Page() -> None:
        told = solara.use_reactive(Snapshot(Choice(scenario)))
        painted: solara.Reactive[Painting | None] = solara.use_reactive(None)
        visit = solara.use_memo(lambda: Visit(scenario, shelf, told, painted), [])
        solara.use_effect(visit.start, [])
        solara.Style(STYLE)
        with rv.Html(tag="div", class_="tm"):
            Head(visit, told.value)
            Side(scenario, visit.engine.build)
            Main(visit, told.value, painted.value)

    return Page


@solara.component
def Head(visit: Visit, snapshot: Snapshot) -> None:
    """Show title, time, and what moves it."""
    engine, playing = visit.engine, snapshot.playing
    speed, set_speed = solara.use_state("5 months a second")
    ready = not snapshot.error and snapshot.rounds > 0

    def pause() -> None:
        engine.pause()
        visit.told.set(replace(visit.told.peek(), playing=False))

    def choose_speed(name: str) -> None:
        set_speed(name)
        engine.set_speed(SPEEDS[name])

    with rv.Html(tag="header", class_="tm-head"):
        rv.Html(tag="h1", children=["Token Market"])
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
            rv.Select(label="Speed", items=list(SPEEDS), v_model=speed, on_v_model=choose_speed, dense=True, dark=True,
                      outlined=True, hide_details=True, style_="max-width: 14rem")  # fmt: skip
        rv.Html(
            tag="div",
            class_="tm-when",
            attributes={"role": "status", "aria-live": "off" if playing else "polite"},
            children=[_when(snapshot)],
        )


def _when(snapshot: Snapshot) -> str:
    if snapshot.round == 0:
        return "nothing played yet" if snapshot.rounds else "building the market …"
    months = "month" if snapshot.round == 1 else "months"
    return f"{snapshot.month} · {snapshot.round} {months} played"


@solara.component
def Main(visit: Visit, snapshot: Snapshot, painting: Painting | None) -> None:
    """Show the question, messages, the tabs, and the view that is open."""
    tabs = [tab for tab in TABS if tab not in snapshot.hidden]
    chosen, set_chosen = solara.use_state(TABS[0])
    tab = chosen if chosen in tabs else TABS[0]
    picks, set_picks = solara.use_state(())
    items = solara.use_memo(visit.shelf.items, [tab]) if tab == COMPARE else {}
    picked = tuple(items[name] for name in picks if name in items)
    solara.use_effect(lambda: visit.painter.show(tab, picked), [tab, picked])

    with rv.Html(tag="main", class_="tm-main"):
        rv.Html(tag="p", class_="tm-question", children=[f"{snapshot.choice.scenario}: {snapshot.question}"])
        if snapshot.error:
            rv.Html(tag="div", class_="tm-error", attributes={"role": "alert"},
                    children=[f"{snapshot.error}. Reset starts again."])  # fmt: skip
        rv.Tabs(v_model=tabs.index(tab), on_v_model=lambda place: set_chosen(tabs[place]), class_="tm-tabs",
                show_arrows=True, children=[rv.Tab(children=[name]) for name in tabs])  # fmt: skip
        with rv.Html(tag="section", class_="tm-panel", attributes={"role": "tabpanel", "aria-label": tab}):
            if tab == COMPARE:
                Picker(visit.shelf, list(items), list(picks), lambda names: set_picks(tuple(names[:MOST_PICKS])))
            if painting is not None and painting.tab == tab and painting.pictures:
                Painted(painting)
            else:
                Waiting(painting if painting and painting.tab == tab else None, tab, snapshot)


@solara.component
def Picker(shelf: Shelf, names: list[str], picks: list[str], pick: Callable[[list[str]], None]) -> None:
    """Pick finished results."""
    if not names:
        where = f"in {shelf.root}" if shelf.root else "on this page: start it with --results DIR"
        rv.Html(tag="p", class_="tm-about", children=[f"There are no finished results {where}."])
        return
    with rv.Html(tag="div", class_="tm-control tm-picker"):
        rv.Autocomplete(label=f"Results to compare, up to {MOST_PICKS}", items=names, v_model=picks, on_v_model=pick,
                        multiple=True, chips=True, small_chips=True, deletable_chips=True, dense=True, outlined=True,
                        hide_details=True)  # fmt: skip


@solara.component
def Waiting(painting: Painting | None, tab: str, snapshot: Snapshot) -> None:
    """Say why there is nothing to see yet."""
    if painting is not None and painting.error:
        rv.Html(tag="div", class_="tm-error", attributes={"role": "alert"}, children=[painting.error])
        return
    invite = "Press Play to let the market run, or Step for one month."
    if tab == COMPARE:
        invite = "Pick finished results to see them side by side."
    elif snapshot.round:
        invite = "drawing …"
    rv.Html(tag="div", class_="tm-empty", children=[invite])


@solara.component
def Painted(painting: Painting) -> None:
    """Show a view."""
    rv.Html(tag="h2", children=[painting.heading])
    for place, picture in enumerate(painting.pictures):
        with rv.Html(tag="figure", class_="tm-figure").key(f"{painting.tab} {place}"):
            rv.Html(tag="img", attributes={"src": picture.source, "alt": picture.description})
    if painting.table is not None:
        caption = f"<p class='tm-caption'>{text(painting.table.caption)}</p>"
        solara.HTML(tag="div", classes=["tm-table"], unsafe_innerHTML=caption + painting.table.html())
    lines = "".join(f"<p>{text(what)}</p><pre>{text(line)}</pre>" for what, line in commands(painting))
    shown = f"<summary>Command line of this view</summary>{lines}"
    solara.HTML(tag="details", classes=["tm-command"], unsafe_innerHTML=shown)
