"""The block of the page from which files are downloaded."""

import threading
from dataclasses import dataclass, replace
from typing import Any

import reacton.ipyvuetify as rv
import solara
from solara.components.file_download import FileDownloadWidget

from analysis.dashboard.contained import Problem
from analysis.dashboard.downloads.download import Download, Offer, Seen, offers
from analysis.dashboard.loaded import when_loaded
from analysis.dashboard.painter import NAMES, Painting
from analysis.dashboard.snapshot import Snapshot
from scenarios.errors import BadInput, WorkFailed


@dataclass(frozen=True)
class Order:
    """What a visitor asked for, and what became of it.

    Attributes:
        download: The file; None where nothing is under way.
        content: What it holds, once it is made.
        problem: Why the last one could not be made; empty if it could.
    """

    download: Download | None = None
    content: bytes | None = None
    problem: str = ""


NONE = Order()


@solara.component
def Downloads(snapshot: Snapshot, painting: Painting | None) -> None:
    """Offer files of the run as it is, and of the view that is open."""
    wanted, want = solara.use_state(NAMES[0])
    now = _seen(snapshot, painting, wanted)
    seen = solara.use_ref(now)
    seen.current = now
    with rv.Html(tag="details", class_="tm-command tm-downloads"):
        rv.Html(tag="summary", children=["Download"])
        if now.market:
            files = {f"Files of {name}": name for name in NAMES}
            solara.ToggleButtonsSingle(f"Files of {now.market}", values=list(files), dense=True,
                                       on_value=lambda words: want(files[words]))  # fmt: skip
        rv.Html(tag="p", children=[_about(now)])
        with rv.Html(tag="div", class_="tm-offers"):
            for words, offer in offers(seen.current).items():
                Button(words, offer, seen).key(words)


def _seen(snapshot: Snapshot, painting: Painting | None, wanted: str) -> Seen:
    """Return what files are of: of two markets the one that is wanted."""
    other = snapshot.other
    if other is None:
        return Seen(snapshot, painting)
    return Seen(other if wanted == NAMES[1] else snapshot, painting, wanted)


def _about(seen: Seen) -> str:
    """Say what the files are of."""
    if seen.snapshot.taken is None:
        return "The scenario as it is; results, figures and a page of the run once a month has been played."
    run = f"run {seen.market}" if seen.market else "the run"
    figures = "; figures are those of the view above" if seen.painting and seen.painting.pictures else ""
    return f"Scenario, results and page are of {run} as it is when you click{figures}."


@solara.component
def Button(words: str, offer: Offer, seen: Any) -> None:
    """Download a file, which is made in a thread of its own when the button is pressed."""
    order, set_order = solara.use_state(NONE)
    here = solara.use_ref(True)
    solara.use_effect(lambda: lambda: setattr(here, "current", False), [])

    def take(asked: bool) -> None:
        if not asked:  # the browser has it
            set_order(lambda now: replace(now, download=None, content=None))
            return
        try:
            download = offer(seen.current)
        except IndexError as gone:
            set_order(Order(problem=str(gone)))
            return
        set_order(Order(download))
        threading.Thread(target=work, args=(download,), name="download", daemon=True).start()

    @when_loaded
    def work(download: Download) -> None:
        done = finished(download)
        if here.current:
            set_order(done)

    with rv.Html(tag="div", class_="tm-offer"):
        FileDownloadWidget.element(
            filename=order.download.name if order.download else "",
            mime_type=order.download.kind if order.download else "",
            bytes=order.content,
            request_download=order.download is not None,
            on_request_download=take,
            children=[solara.Button(words, icon_name="mdi-download", outlined=True, small=True,
                                    loading=order.download is not None)],
        )  # fmt: skip
        if order.problem:
            Problem(f"{words} cannot be made: {order.problem}")


def finished(download: Download) -> Order:
    """Make a file; what goes wrong becomes the order's problem."""
    try:
        return Order(download, download.make())
    except (BadInput, WorkFailed) as problem:
        return Order(problem=str(problem))
    except Exception as problem:
        return Order(problem=f"{type(problem).__name__}: {problem}")
