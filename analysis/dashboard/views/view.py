"""What a view is: a heading, figures and a table made from a snapshot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from analysis.dashboard.snapshot import Snapshot
from analysis.report.blocks import table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Table:
    """Numbers beside the figures.

    Attributes:
        caption: What they are.
        head: Titles of the columns.
        rows: Cells as text.
        words: Columns that hold words.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: Sequence[int] = (0,)

    def html(self) -> str:
        """Return the table as HTML with all text escaped."""
        return table(self.head, self.rows, self.words)


@dataclass(frozen=True)
class View:
    """One tab.

    Attributes:
        name: Title of the tab.
        heading: What it answers, given a snapshot.
        figures: Functions that draw one figure each; None where there is nothing to draw.
        table: Numbers of the snapshot.
    """

    name: str
    heading: Callable[[Snapshot], str]
    figures: Sequence[Callable[[Snapshot], Figure | None]]
    table: Callable[[Snapshot], Table]


def this_month(snapshot: Snapshot, name: str) -> "pd.DataFrame":
    """Return the rows of the last round played from a table of the run."""
    frame: Any = getattr(snapshot.run, name)
    return frame[frame["round"] == snapshot.round - 1]
