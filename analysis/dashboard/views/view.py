"""What a view is: a headline, figures and a table made from a snapshot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from analysis.dashboard.snapshot import Snapshot
from analysis.page import table


@dataclass(frozen=True)
class Table:
    """Numbers beside the figures.

    Attributes:
        caption: What they are.
        head: Titles of the columns.
        rows: Cells as text; the first column is words.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def html(self) -> str:
        """Return the table as HTML with all text escaped."""
        return table(self.head, self.rows)


@dataclass(frozen=True)
class View:
    """One tab.

    Attributes:
        name: Title of the tab.
        about: What it shows, in one sentence.
        headline: What the snapshot says, in one sentence.
        figures: Functions that draw one figure each.
        table: Numbers of the snapshot.
    """

    name: str
    about: str
    headline: Callable[[Snapshot], str]
    figures: Sequence[Callable[[Snapshot], Figure]]
    table: Callable[[Snapshot], Table]


def run_of(snapshot: Snapshot) -> Any:
    """Return the tables of a snapshot that has some."""
    if snapshot.tables is None:
        raise ValueError("nothing has been played yet")
    return snapshot.tables
