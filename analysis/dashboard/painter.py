"""Draws the view that is open, in a thread of its own, always from the newest snapshot."""

import threading
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.dashboard.shelf import Item, open_item
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views import COMPARE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.dashboard.views.view import Table

LEAST_INTERVAL = 0.1
"""Seconds between redraws."""

DRAWING = threading.Lock()
"""Matplotlib's settings belong to the process: one figure at a time, whoever looks."""


@dataclass(frozen=True)
class Picture:
    """A figure as SVG, and what it shows in words."""

    svg: bytes
    description: str

    @property
    def source(self) -> str:
        """The figure as a URL that holds it."""
        return f"data:image/svg+xml;base64,{b64encode(self.svg).decode('ascii')}"


@dataclass(frozen=True)
class Painting:
    """A view drawn.

    Attributes:
        tab: Its name.
        snapshot: Drawn from this.
        items: Results it compares.
        heading: What it answers.
        pictures: Its figures.
        table: Its numbers; None where there is nothing to show.
        error: Why it could not be drawn.
    """

    tab: str
    snapshot: Snapshot
    items: tuple[Item, ...] = ()
    heading: str = ""
    pictures: tuple[Picture, ...] = ()
    table: "Table | None" = None
    error: str = ""


def paint(tab: str, snapshot: Snapshot, items: Sequence[Item] = ()) -> Painting:
    """Draw the view of a tab; what goes wrong becomes its message."""
    try:
        with DRAWING:
            if tab == COMPARE:
                return paint_comparison(snapshot, tuple(items))
            return paint_view(tab, snapshot)
    except Exception as problem:
        return Painting(tab, snapshot, error=f"This view cannot be drawn: {type(problem).__name__}: {problem}")


def paint_view(tab: str, snapshot: Snapshot) -> Painting:
    """Draw a view of the run; nothing before its first round."""
    if snapshot.tables is None:
        return Painting(tab, snapshot)
    from analysis.dashboard.views.every import VIEWS

    view = VIEWS[tab]
    pictures = tuple(_picture(figure) for draw in view.figures if (figure := draw(snapshot)) is not None)
    return Painting(tab, snapshot, (), view.heading(snapshot), pictures, view.table(snapshot))


def paint_comparison(snapshot: Snapshot, items: tuple[Item, ...]) -> Painting:
    """Draw finished results side by side."""
    if not items:
        return Painting(COMPARE, snapshot)
    from analysis.dashboard.views import compare

    batch = compare.beside({item.name: (open_item(item), item.setting) for item in items})
    pictures = tuple(_picture(draw(batch)) for draw in compare.FIGURES)
    names = " and ".join(item.name for item in items)
    return Painting(COMPARE, snapshot, items, f"How do {names} differ?", pictures, compare.numbers(batch))


def _picture(figure: "Figure") -> Picture:
    from analysis.figures import image

    return Picture(image(figure), f"{figure.get_suptitle()}. {figure.get_supxlabel()}".replace("\n", " "))


class Painter:
    """Keeps the open view up to date; ``tell`` is called from the painter's thread."""

    def __init__(self, tab: str, tell: Callable[[Painting], None]) -> None:
        self._tell = tell
        self._wake = threading.Condition()
        self._tab = tab
        self._items: tuple[Item, ...] = ()
        self._snapshot: Snapshot | None = None
        self._fresh = False
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="painter", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def show(self, tab: str, items: Sequence[Item] = ()) -> None:
        """Draw the view of this tab from now on; ``items`` are what Compare shows."""
        with self._wake:
            self._tab, self._items, self._fresh = tab, tuple(items), True
            self._wake.notify()

    def take(self, snapshot: Snapshot) -> None:
        """Draw this snapshot next, unless a newer one comes before; Compare does not depend on it."""
        with self._wake:
            self._snapshot = snapshot
            if self._tab != COMPARE:
                self._fresh = True
                self._wake.notify()

    def close(self) -> None:
        """End the thread."""
        with self._wake:
            self._closed = True
            self._wake.notify()

    def _work(self) -> None:
        while task := self._next():
            started = time.monotonic()
            self._tell(paint(*task))
            time.sleep(max(0.0, LEAST_INTERVAL - (time.monotonic() - started)))

    def _next(self) -> tuple[str, Snapshot, tuple[Item, ...]] | None:
        """Wait until there is something to draw; None at the end."""
        with self._wake:
            while not self._closed:
                if self._fresh and self._snapshot is not None:
                    self._fresh = False
                    return self._tab, self._snapshot, self._items
                self._wake.wait()
        return None
