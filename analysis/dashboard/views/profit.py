"""Profit per layer: over time, this month, and who leads."""

from matplotlib.figure import Figure

from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views.view import Table, View, this_month
from analysis.figures import profit_in_month, profit_over_time
from analysis.findings.sentences import earn
from analysis.palette import LAYER_LABELS, number, percent
from market.records.columns import LAYERS


def heading(snapshot: Snapshot) -> str:
    """Say who leads this month."""
    profit = this_month(snapshot, "layers").set_index("layer")["profit"]
    first = str(profit.idxmax())
    verb = "leads" if first == "hardware" else "lead"
    return f"{LAYER_LABELS[first]} {verb} in {snapshot.month}: {first} {earn(first, profit[first])} this month"


def over_time(snapshot: Snapshot) -> Figure:
    """Draw profit of each layer, month by month."""
    return profit_over_time(snapshot.run)


def month(snapshot: Snapshot) -> Figure:
    """Draw this month's profit and margin of each layer."""
    return profit_in_month(snapshot.run)


def numbers(snapshot: Snapshot) -> Table:
    """Return this month's books of each layer, and profit since the start."""
    now = this_month(snapshot, "layers").set_index("layer")
    so_far = snapshot.run.layers.groupby("layer", observed=True)["profit"].sum()
    rows = []
    for layer in LAYERS:
        books = [number(now[column][layer], 4) for column in ("revenue", "cost", "profit")]
        rows.append((LAYER_LABELS[layer], *books, percent(now["margin"][layer]), number(so_far[layer], 4),
                     str(now["firms"][layer])))  # fmt: skip
    head = ("layer", "revenue, USD", "cost, USD", "profit, USD", "margin", "profit so far, USD", "firms")
    return Table(f"Books of {snapshot.month}", head, rows)


VIEW = View("Profit", heading, (over_time, month), numbers)
