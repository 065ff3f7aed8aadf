"""Prices along the chain with unit costs."""

from math import isnan

from matplotlib.figure import Figure

from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views.view import Table, View, this_month
from analysis.figures import prices_and_unit_costs
from analysis.figures.costs import unit_cost
from analysis.palette import number, percent

_ROWS = (
    ("chips", "USD per accelerator", "price_chip", "chip vendor"),
    ("servers", "USD per accelerator", "price_server", "server maker"),
    ("electricity", "USD per kWh", "price_kwh", "power supplier"),
    ("tokens, wholesale", "USD per Mtok", "price_wholesale", "lab"),
    ("tokens, retail, all sellers", "USD per Mtok", "price_retail", "lab"),
)


def paths(snapshot: Snapshot) -> Figure:
    """Draw all prices with unit costs."""
    return prices_and_unit_costs(snapshot.run)


def numbers(snapshot: Snapshot) -> Table:
    """Return this month's prices, unit costs, and the share of a price above unit cost."""
    market, firms = this_month(snapshot, "rounds").iloc[0], this_month(snapshot, "firms")
    rows = []
    for what, unit, column, kind in _ROWS:
        price = float(market[column])
        if isnan(price) and not snapshot.factory:
            continue
        cost = float(market["unit_cost_token"]) if kind == "lab" else float(unit_cost(firms, kind).iloc[0])
        above = (price - cost) / price if price > 0 else float("nan")
        rows.append((what, unit, number(price, 4), number(cost, 4), percent(above)))
    head = ("what", "unit", "price", "unit cost", "price above unit cost")
    return Table(f"Prices of {snapshot.month}; tokens against the labs' unit cost", head, rows, words=(0, 1))


VIEW = View("Prices", lambda _: "What does each step of the chain cost, and what is it sold for?", (paths,), numbers)
