"""Draws the view that is open, in a thread of its own, always from the newest snapshot."""

import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.dashboard.snapshot import Snapshot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.dashboard.views.view import Table

LEAST_INTERVAL = 0.1
"""Seconds between redraws."""

_DRAWING = threading.Lock()
"""Matplotlib's settings belong to the process: one figure at a time, whoever looks."""


@dataclass(frozen=True)
class Picture:
    """A figure as the browser takes it, and what it shows in words."""

    source: str
    description: str


@dataclass(frozen=True)
class Painting:
    """A view drawn.

    Attributes:
        view: Its name.
        snapshot: Drawn from this.
        headline: What it says.
        pictures: Its figures.
        table: Its numbers; None where nothing has been played.
        error: Why it could not be drawn.
    """

    view: str
    snapshot: Snapshot
    headline: str = ""
    pictures: tuple[Picture, ...] = ()
    table: "Table | None" = None
    error: str = ""


def paint(name: str, snapshot: Snapshot) -> Painting:
    """Draw the view of a tab; what goes wrong becomes its message."""
    if snapshot.tables is None:
        return Painting(name, snapshot)
    try:
        from analysis.dashboard.views.every import VIEWS

        view = VIEWS[name]
        with _DRAWING:
            pictures = tuple(Picture(*_drawn(draw, snapshot)) for draw in view.figures)
        return Painting(name, snapshot, view.headline(snapshot), pictures, view.table(snapshot))
    except Exception as problem:
        return Painting(name, snapshot, error=f"This view cannot be drawn: {type(problem).__name__}: {problem}")


def _drawn(draw: "Callable[[Snapshot], Figure]", snapshot: Snapshot) -> tuple[str, str]:
    from analysis.figures import image

    figure = draw(snapshot)
    source = f"data:image/svg+xml;base64,{b64encode(image(figure)).decode('ascii')}"
    return source, f"{figure.get_suptitle()}. {figure.get_supxlabel()}".replace("\n", " ")


class Painter:
    """Keeps the open view up to date; ``tell`` is called from the painter's thread."""

    def __init__(self, view: str, tell: Callable[[Painting], None]) -> None:
        self._tell = tell
        self._wake = threading.Condition()
        self._view = view
        self._snapshot: Snapshot | None = None
        self._fresh = False
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="painter", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def show(self, view: str) -> None:
        """Draw this view from now on."""
        with self._wake:
            self._view, self._fresh = view, True
            self._wake.notify()

    def take(self, snapshot: Snapshot) -> None:
        """Draw this snapshot next, unless a newer one comes before."""
        with self._wake:
            self._snapshot, self._fresh = snapshot, True
            self._wake.notify()

    def close(self) -> None:
        """End the thread."""
        with self._wake:
            self._closed = True
            self._wake.notify()

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._closed and not (self._fresh and self._snapshot):
                    self._wake.wait()
                if self._closed:
                    return
                view, snapshot, self._fresh = self._view, self._snapshot, False
            started = time.monotonic()
            if snapshot is not None:
                self._tell(paint(view, snapshot))
            time.sleep(max(0.0, LEAST_INTERVAL - (time.monotonic() - started)))
