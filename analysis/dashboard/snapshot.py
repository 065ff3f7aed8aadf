"""What the worker publishes of a model: values that nothing changes any more."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.dashboard.choice import Choice

if TYPE_CHECKING:
    import pandas as pd

    from market.measures import Results


@dataclass(frozen=True)
class Snapshot:
    """The market after some rounds, as every view sees it.

    Attributes:
        choice: What is played.
        question: What the scenario asks.
        round: Rounds played.
        rounds: Rounds after which Play stops.
        month: Last month played, YYYY-MM; empty before the first.
        playing: Whether Play is on.
        error: Why there is no model, or why it stopped; empty if all is well.
        tables: The run so far; None before the first round.
        fleet: Servers in service: ``since`` (round of the first month), ``vendor``, ``accelerators``.
        moves: People expected to move in the last month, [from, to]; the last row and column are without provider.
        commons: Whether people and models write.
    """

    choice: Choice
    question: str = ""
    round: int = 0
    rounds: int = 0
    month: str = ""
    playing: bool = False
    error: str = ""
    tables: "Results | None" = None
    fleet: "pd.DataFrame | None" = None
    moves: "pd.DataFrame | None" = None
    commons: bool = False
