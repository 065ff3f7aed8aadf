"""The content commons."""

import pandas as pd
from matplotlib.figure import Figure

from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views import COMMONS
from analysis.dashboard.views.view import Table, View
from analysis.figures.commons_over_time import commons_over_time
from analysis.palette import number, percent


def over_time(snapshot: Snapshot) -> Figure:
    """Draw what is written, what models train on, and what that does to them."""
    return commons_over_time(_table(snapshot))


def numbers(snapshot: Snapshot) -> Table:
    """Return this month of the commons."""
    now = _table(snapshot).iloc[-1]
    rows = (
        ("people who rely on AI", "share of all people", percent(now["reliance"])),
        ("written by people this month", "Ttok", number(now["human_created"], 4)),
        ("posted by AI this month", "Ttok", number(now["synthetic_posted"], 4)),
        ("training set", "Ttok", number(now["corpus"], 4)),
        ("of it written by people", "share of tokens", percent(now["corpus_human_share"])),
        ("lost to the lack of human text", "doublings of compute", number(now["doublings_lost"], 4)),
        ("paid to creators this month", "USD", number(now["licences"], 4)),
    )
    return Table(f"The commons in {snapshot.month}", ("what", "unit", "value"), rows, words=(0, 1))


def _table(snapshot: Snapshot) -> pd.DataFrame:
    if snapshot.tables is None:
        raise ValueError("nothing has been played yet")
    return snapshot.tables.commons


VIEW = View(COMMONS, lambda _: "Does AI get dumber when people write less?", (over_time,), numbers)
