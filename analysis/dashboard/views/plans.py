"""Who pays for whom: people, tokens and money by plan."""

from matplotlib.figure import Figure

from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views import PLANS
from analysis.dashboard.views.view import Table, View, this_month
from analysis.figures import who_pays_for_whom
from analysis.palette import PLAN_LABELS, number


def over_time(snapshot: Snapshot) -> Figure:
    """Draw shares of people, tokens and money by plan, and what a user of each brings and costs."""
    return who_pays_for_whom(snapshot.run)


def numbers(snapshot: Snapshot) -> Table:
    """Return this month of each kind of seller and plan."""
    rows = [
        (
            row["seller"],
            PLAN_LABELS[row["plan"]],
            *(number(row[column]) for column in ("users", "tokens", "revenue", "cost")),
            *(number(row[column]) for column in ("revenue_per_user", "cost_per_user")),
        )
        for row in this_month(snapshot, "plans").to_dict("records")
    ]
    head = ("seller", "plan", "people", "tokens, Mtok", "they pay, USD", "tokens cost, USD", "one pays, USD",
            "one costs, USD")  # fmt: skip
    return Table(f"Plans in {snapshot.month}", head, rows, words=(0, 1))


VIEW = View(PLANS, lambda _: "Who pays for whom, and does a user bring in what it costs?", (over_time,), numbers)
