"""Profit per layer: over time, this month, and who leads."""

from matplotlib.figure import Figure

from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views.view import Table, View, run_of
from analysis.figures import margins_over_time, profit_over_time
from analysis.palette import LAYER_LABELS, LAYERS, number, percent
from analysis.wording import earn


def headline(snapshot: Snapshot) -> str:
    """Say who leads this month."""
    layers = run_of(snapshot).layers
    profit = layers[layers["round"] == snapshot.round - 1].set_index("layer")["profit"]
    first = str(profit.idxmax())
    others = [f"{layer} {earn(layer, profit[layer])}" for layer in LAYERS if layer != first]
    leads = "leads" if first == "hardware" else "lead"
    most = f"{LAYER_LABELS[first]} {earn(first, profit[first])}"
    return f"In {snapshot.month} {first} {leads}: {most}, {', '.join(others)}."


def over_time(snapshot: Snapshot) -> Figure:
    """Draw profit of each layer, month by month."""
    return profit_over_time(run_of(snapshot))


def margins(snapshot: Snapshot) -> Figure:
    """Draw the margin of each layer, month by month."""
    return margins_over_time(run_of(snapshot))


def numbers(snapshot: Snapshot) -> Table:
    """Return this month's books of each layer, and profit since the start."""
    layers = run_of(snapshot).layers
    now = layers[layers["round"] == snapshot.round - 1].set_index("layer")
    total = layers.groupby("layer")["profit"].sum()
    rows = [
        (
            LAYER_LABELS[layer],
            number(now["revenue"][layer], 4),
            number(now["cost"][layer], 4),
            number(now["profit"][layer], 4),
            percent(now["margin"][layer]),
            number(total[layer], 4),
            f"{now['firms'][layer]}",
        )
        for layer in LAYERS
    ]
    head = ("layer", "revenue, USD", "cost, USD", "profit, USD", "margin", "profit so far, USD", "firms")
    return Table(f"{snapshot.month}", head, rows)


VIEW = View(
    "Profit",
    "What each layer earns before financing and tax on income, month by month.",
    headline,
    (over_time, margins),
    numbers,
)
