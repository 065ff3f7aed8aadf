"""Draws the view that is open, in a thread of its own, always from the newest snapshot."""

import logging
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from analysis.dashboard.loaded import when_loaded
from analysis.dashboard.results_folder import Item, open_item
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views import APART, COMPARE, SWEEP
from scenarios.errors import BadInput, WorkFailed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.dashboard.views.view import Table
    from analysis.results import BatchResults

T = TypeVar("T")
D = TypeVar("D")
LOG = logging.getLogger(__name__)

LEAST_INTERVAL = 0.1
"""Seconds between redraws."""

SHARE_OF_TIME = 0.25
"""Most of the time that may go into drawing while a market waits for it: Python does one thing at a time."""

NAMES = ("A", "B")
"""Of two markets side by side; the run before is a B too."""

DRAWING = threading.Lock()
"""Matplotlib's settings belong to the process: one figure at a time, whoever looks."""


@dataclass(frozen=True)
class Picture:
    """A figure as SVG.

    Attributes:
        svg: The drawing.
        description: What it shows, in words.
        width: Of the figure, inches.
        height: Of the figure, inches.
        market: Of which it is, where there are two.
        figure: What was drawn.
        hover: What its lines stand at by month; see `hover_of`.
    """

    svg: bytes
    description: str
    width: float
    height: float
    market: str = ""
    figure: "Figure | None" = field(default=None, compare=False, repr=False)
    hover: list[dict[str, Any]] = field(default_factory=list, compare=False, repr=False)

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
        beside: Those of the market beside it.
        problems: What of it could not be drawn, and why.
    """

    tab: str
    snapshot: Snapshot
    items: tuple[Item, ...] = ()
    heading: str = ""
    pictures: tuple[Picture, ...] = ()
    table: "Table | None" = None
    beside: "Table | None" = None
    problems: tuple[str, ...] = ()

    @property
    def error(self) -> str:
        """Everything that could not be drawn, in one line; empty if all is well."""
        return "; ".join(self.problems)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show or tell."""
        return not self.pictures and self.table is None and not self.problems


class Attempts:
    """Makes the parts of a view; what goes wrong with one becomes a message, and the others are made."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def __call__(self, what: str, make: Callable[[], T]) -> T | None:
        """Return a part, or None if it cannot be made."""
        try:
            return make()
        except (BadInput, WorkFailed) as problem:
            self.problems.append(f"{what} cannot be drawn: {problem}")
        except Exception as problem:
            self.problems.append(f"{what} cannot be drawn: {type(problem).__name__}: {problem}")
        return None

    def figures(self, draw: Sequence[Callable[[D], "Figure | None"]], data: D) -> tuple[Picture, ...]:
        """Return the figures that can be drawn."""

        def picture(draw: Callable[[D], "Figure | None"]) -> Picture | None:
            figure = draw(data)
            return None if figure is None else _picture(figure)

        found = [self(f"Figure {place}", partial(picture, one)) for place, one in enumerate(draw, start=1)]
        return tuple(one for one in found if one is not None)

    def pairs(self, draw: Sequence[Callable[[D], "Figure | None"]], first: D, other: D) -> tuple[Picture, ...]:
        """Return the figures of two markets that can be drawn, one after the other, on the same scales."""
        from analysis.dashboard.scales import on_the_same_scales

        found: list[Picture] = []
        for place, one in enumerate(draw, start=1):
            drawn = [self(f"Figure {place} of {name}", partial(one, data))
                     for name, data in zip(NAMES, (first, other), strict=True)]  # fmt: skip
            both = {name: figure for name, figure in zip(NAMES, drawn, strict=True) if figure is not None}
            if len(both) == len(NAMES):
                self("The common scale", partial(on_the_same_scales, *both.values()))
            pictures = [self(f"Figure {place} of {name}", partial(_picture, figure, name))
                        for name, figure in both.items()]  # fmt: skip
            found += [picture for picture in pictures if picture is not None]
        return tuple(found)


def paint(tab: str, snapshot: Snapshot, items: Sequence[Item] = ()) -> Painting:
    """Draw the view of a tab; what goes wrong becomes its message."""
    attempt = Attempts()

    def draw() -> Painting:
        with DRAWING:
            if tab == COMPARE:
                return paint_comparison(attempt, snapshot, items)
            return paint_view(attempt, tab, snapshot)

    painting = attempt("This view", draw) or Painting(tab, snapshot)
    return replace(painting, problems=tuple(attempt.problems))


def paint_view(attempt: Attempts, tab: str, snapshot: Snapshot) -> Painting:
    """Draw a view of the run; nothing before its first round, and nothing of a sweep, which draws by itself."""
    if snapshot.taken is None or tab == SWEEP:
        return Painting(tab, snapshot)
    from analysis.dashboard.marks import marked
    from analysis.dashboard.views.every import VIEWS

    view, other = VIEWS[tab], snapshot.other
    figures = [partial(marked, draw) for draw in view.figures]
    heading = attempt("The heading", lambda: view.heading(snapshot)) or ""
    numbers = attempt("The table", lambda: view.table(snapshot))
    if other is None or other.taken is None or tab in other.hidden:
        return Painting(tab, snapshot, (), heading, attempt.figures(figures, snapshot), numbers)
    pictures = attempt.pairs(figures, snapshot, other)
    beside = attempt("The table of the other market", lambda: view.table(other))
    return Painting(tab, snapshot, (), heading, pictures, numbers, beside)


def paint_comparison(attempt: Attempts, snapshot: Snapshot, items: Sequence[Item]) -> Painting:
    """Draw finished results side by side, without those that cannot be read."""
    if not items:
        return Painting(COMPARE, snapshot)
    from analysis.dashboard.views import compare

    opened = {item: attempt(item.name, partial(_opened, item)) for item in items}
    usable = {item: results for item, results in opened.items() if results is not None}
    if not usable:
        return Painting(COMPARE, snapshot)
    picked = {item.name: (results, item.setting) for item, results in usable.items()}
    comparable = attempt("The comparison", lambda: compare.beside(picked))
    if comparable is None:
        return Painting(COMPARE, snapshot, tuple(usable))
    batch, cut = comparable
    pictures = attempt.figures(compare.FIGURES, batch)
    numbers = attempt("The table", lambda: compare.numbers(batch, cut))
    return Painting(
        COMPARE, snapshot, tuple(usable), compare.heading([item.name for item in usable]), pictures, numbers
    )


def _opened(item: Item) -> "BatchResults":
    """Return the results of an item when the tables to compare have been read.

    Raises:
        BadInput: If a table has nothing of the setting.
    """
    from analysis.dashboard.views.compare import TABLES

    results = open_item(item)
    for name in TABLES:
        if not (getattr(results, name)["setting"] == item.setting).any():
            raise BadInput(f"the table {name} has no row of this setting")
    return results


def _picture(figure: "Figure", market: str = "") -> Picture:
    from analysis.dashboard.hover import hover_of
    from analysis.figures.saving import description, image

    size, svg = (figure.get_figwidth(), figure.get_figheight()), image(figure)
    return Picture(svg, description(figure), *size, market, figure, hover_of(figure))


class Painter:
    """Keeps the open view up to date; ``tell`` is called from the painter's thread."""

    def __init__(self, tab: str, tell: Callable[[Painting], None]) -> None:
        self._tell = tell
        self._wake = threading.Condition()
        self._tab = tab
        self._items: tuple[Item, ...] = ()
        self._snapshot: Snapshot | None = None
        self._fresh = False
        self._urgent = False
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="painter", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def show(self, tab: str, items: Sequence[Item] = ()) -> None:
        """Draw the view of this tab from now on; ``items`` are what Compare shows."""
        with self._wake:
            self._tab, self._items, self._fresh, self._urgent = tab, tuple(items), True, True
            self._wake.notify()

    def take(self, snapshot: Snapshot) -> None:
        """Draw this snapshot next, unless a newer one comes before; what stands apart does not depend on it."""
        with self._wake:
            self._snapshot = snapshot
            self._fresh = self._fresh or self._tab not in APART
            self._urgent = self._urgent or not snapshot.behind
            self._wake.notify()  # also where results were picked before there was a market

    def close(self) -> None:
        """End the thread."""
        with self._wake:
            self._closed = True
            self._wake.notify()

    @when_loaded
    def _work(self) -> None:
        while task := self._next():
            started = time.monotonic()
            painting = paint(*task)
            try:
                self._tell(painting)
            except Exception:  # a page that fails to show this one may show the next
                LOG.exception("a view was not shown")
            took = time.monotonic() - started
            time.sleep(max(0.0, LEAST_INTERVAL - took))
            self._rest(took / SHARE_OF_TIME - max(took, LEAST_INTERVAL))

    def _rest(self, seconds: float) -> None:
        """Leave the time to a market that is behind, unless something is to be seen at once."""
        until = time.monotonic() + seconds
        with self._wake:
            while not self._urgent and not self._closed and (left := until - time.monotonic()) > 0:
                self._wake.wait(left)
            self._urgent = False

    def _next(self) -> tuple[str, Snapshot, tuple[Item, ...]] | None:
        """Wait until there is something to draw; None at the end."""
        with self._wake:
            while not self._closed:
                if self._fresh and self._snapshot is not None:
                    self._fresh = False
                    return self._tab, self._snapshot, self._items
                self._wake.wait()
        return None
