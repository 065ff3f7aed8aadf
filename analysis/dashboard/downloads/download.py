"""What can be downloaded from the page: the name of each file, and what makes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from analysis.dashboard.downloads.names import cleaned, stem
from analysis.dashboard.painter import NAMES, Painting
from analysis.dashboard.snapshot import Snapshot

MOST_FIGURES: Final = 8
"""Of a view that are offered; none has as many."""


@dataclass(frozen=True)
class Download:
    """A file to be.

    Attributes:
        name: That the browser saves it by.
        kind: MIME type.
        make: Returns its content, which may take a while.
    """

    name: str
    kind: str
    make: Callable[[], bytes]


@dataclass(frozen=True)
class Seen:
    """What the page shows.

    Attributes:
        snapshot: The run whose files are wanted.
        painting: The view that is open, where there is one.
        market: Which of two markets the run is; empty where there is one.
    """

    snapshot: Snapshot
    painting: Painting | None = None
    market: str = ""

    @property
    def stem(self) -> str:
        """What the names of the run's files begin with."""
        return _stem(self.snapshot, self.market)


Offer = Callable[[Seen], Download]
"""Says what a click downloads, given what the page shows at that moment."""


def scenario(seen: Seen) -> Download:
    """Offer the scenario."""

    def make() -> bytes:
        from analysis.dashboard.downloads.scenario import scenario_file

        return scenario_file(seen.snapshot)

    return Download(f"{seen.stem}.toml", "application/toml", make)


def results(seen: Seen) -> Download:
    """Offer the tables as a folder of results."""

    def make() -> bytes:
        from analysis.dashboard.downloads.archives import results_archive

        return results_archive(seen.snapshot)

    return Download(f"{seen.stem}-results.zip", "application/zip", make)


def tables(seen: Seen) -> Download:
    """Offer the tables as text."""

    def make() -> bytes:
        from analysis.dashboard.downloads.archives import tables_archive

        return tables_archive(seen.snapshot)

    return Download(f"{seen.stem}-csv.zip", "application/zip", make)


def page(seen: Seen) -> Download:
    """Offer all views as a page."""

    def make() -> bytes:
        from analysis.dashboard.downloads.document import page_of_run

        return page_of_run(seen.snapshot)

    return Download(f"{seen.stem}.html", "text/html", make)


def figure(seen: Seen, place: int, kind: str) -> Download:
    """Offer a figure of the open view, by its place from 0 on, as ``svg`` or ``png``.

    Raises:
        IndexError: If the view has no such figure.
    """
    painting = seen.painting
    if painting is None or place >= len(painting.pictures):
        raise IndexError("there is no such figure in the view")
    picture = painting.pictures[place]

    def make() -> bytes:
        from analysis.dashboard.downloads.pictures import figure_file

        return figure_file(picture, kind)

    view = f"{cleaned(painting.tab.lower())}-{place + 1}.{kind}"
    other = painting.snapshot.other if picture.market == NAMES[1] else None
    name = view if painting.items else f"{_stem(other or painting.snapshot, picture.market)}-{view}"
    return Download(name, {"svg": "image/svg+xml", "png": "image/png"}[kind], make)


def _stem(snapshot: Snapshot, market: str) -> str:
    return "-".join(filter(None, (stem(snapshot.choice), market)))


OF_THE_SCENARIO: Final[Mapping[str, Offer]] = {"Scenario (TOML)": scenario}
OF_THE_RUN: Final[Mapping[str, Offer]] = {
    "Results (Parquet)": results,
    "Results (CSV)": tables,
    "Page with all views (HTML)": page,
}
OF_FIGURES: Final[Mapping[str, Offer]] = {
    f"Figure {place + 1} ({kind.upper()})": partial(figure, place=place, kind=kind)
    for place in range(MOST_FIGURES)
    for kind in ("svg", "png")
}
"""By the words on their buttons."""


def offers(seen: Seen) -> dict[str, Offer]:
    """Return what can be downloaded of a run and a view, by the words on the buttons."""
    figures = len(seen.painting.pictures) if seen.painting else 0
    of_run = OF_THE_RUN if seen.snapshot.taken is not None else {}
    return {**OF_THE_SCENARIO, **of_run, **dict(list(OF_FIGURES.items())[: 2 * figures])}
