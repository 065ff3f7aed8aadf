"""What a run gives: tidy tables of the market, its firms, its layers and the flows of money between them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from market.agents import Firm, Lab
from market.ledger import FUNDING, REVENUE
from market.parameters import Parameters
from market.price_games import profit_gains
from market.wording import printable

if TYPE_CHECKING:
    from market.model import TokenMarket

LAYERS = ("hardware", "labs", "resellers")

UNITS: dict[str, dict[str, str]] = {
    "rounds": {
        "round": "month",
        "month": "YYYY-MM",
        "active_users": "people",
        "tokens": "Mtok",
        "tokens_demanded": "Mtok",
        "unserved_share": "1",
        "price_retail": "USD/Mtok",
        "price_wholesale": "USD/Mtok",
        "price_chip": "USD/accelerator",
        "price_server": "USD/accelerator",
        "price_kwh": "USD/kWh",
        "unit_cost_token": "USD/Mtok",
        "quality_frontier": "doubling",
        "quality_mean": "doubling",
        "consumer_surplus": "USD",
        "hhi_vendors": "1",
        "hhi_labs": "1",
        "hhi_resellers": "1",
        "churn": "1",
        "utilisation": "1",
        "accelerators": "accelerator",
        "accelerators_ordered": "accelerator",
        "power_mw": "MW",
        "vendors": "firm",
        "labs": "firm",
        "resellers": "firm",
        "outside_share": "1",
        "resold_share": "1",
        "money_moved": "USD",
        "conservation_error": "1",
    },
    "firms": {
        "round": "month",
        "layer": "name",
        "kind": "name",
        "firm": "name",
        "alive": "yes/no",
        "price": "USD/unit",
        "unit_cost": "USD/unit",
        "quantity": "unit",
        "unit": "name",
        "market_share": "1",
        "lerner": "1",
        "wholesale_price": "USD/Mtok",
        "revenue": "USD",
        "cost_of_goods": "USD",
        "depreciation": "USD",
        "training": "USD",
        "staff": "USD",
        "operating_profit": "USD",
        "capitalised_profit": "USD",
        "cash_profit": "USD",
        "cash": "USD",
        "funding": "USD",
        "quality": "doubling",
        "capacity": "Mtok/month",
        "utilisation": "1",
        "accelerators": "accelerator",
        "tokens_unserved": "Mtok",
    },
    "layers": {
        "round": "month",
        "layer": "name",
        "revenue": "USD",
        "cost": "USD",
        "profit": "USD",
        "margin": "1",
        "capitalised_profit": "USD",
        "cash_profit": "USD",
        "value_added": "USD",
        "profit_gain": "1",
        "firms": "firm",
    },
    "flows": {
        "round": "month",
        "payer": "layer",
        "payee": "layer",
        "category": "name",
        "amount": "USD",
    },
}

IN_ORDER = {name: itemgetter(*columns) for name, columns in UNITS.items()}

WORST_ERROR = 1e-9
"""Share of all money moved by which accounts may be out of balance; beyond it is no rounding, and the run fails."""

NOTHING_SOLD = (float("nan"), float("nan"), 0.0)
NO_FACTORY = (float("nan"),) * 6
"""What `Recorder._factory` gives for firms that are no labs."""


@dataclass(frozen=True)
class Results:
    """The tables of a run; each column's unit is in ``frame.attrs["units"]``.

    Attributes:
        rounds: One row per round.
        firms: One row per firm and round.
        layers: One row per layer and round; revenue is what the layer sells to others than itself. The profit gain is
            computed in the last month only.
        flows: One row per payer's layer, payee's layer, category and round.
        commons: One row per round where the commons is not off.
        parameters: What the run depends on, with the seed.
        seed: Of the run.
        conservation_error: Largest imbalance of all accounts relative to the money moved until then.
    """

    rounds: pd.DataFrame
    firms: pd.DataFrame
    layers: pd.DataFrame
    flows: pd.DataFrame
    commons: pd.DataFrame
    parameters: Parameters
    seed: int
    conservation_error: float

    def __repr__(self) -> str:
        months = self.rounds["month"]
        span = f"{len(months)} months, {months.iloc[0]} to {months.iloc[-1]}" if len(months) else "no months"
        rows = ", ".join(f"{name} {len(getattr(self, name)):,}" for name in (*UNITS, "commons"))
        return f"{type(self).__name__}({printable(self.parameters.name)}, seed {self.seed}, {span}; rows: {rows})"


def _of_month(month: int | None, row: tuple[Any, ...]) -> bool:
    return row[0] == month


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def herfindahl(quantities: NDArray[np.float64]) -> float:
    """Return the Hirschman-Herfindahl index of quantities or sales, 0–1; NaN where nothing is sold."""
    total = quantities.sum()
    return float(((quantities / total) ** 2).sum()) if total > 0 else float("nan")


class Recorder:
    """Keeps the rows of every round until they are asked for as tables."""

    def __init__(self, model: "TokenMarket") -> None:
        self.model = model
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in UNITS}
        self.profits: list[tuple[Firm, float, float, float]] = []
        self.last_of: dict[str, tuple[Any, ...]] = {}
        """The row of every firm, by its name, in the last month."""
        self.conservation_error = 0.0
        self.moved = 0.0

    def record(self) -> None:
        """Take down the round that has just been played."""
        self._flows()
        self._firms()
        self._layers()
        self._round()

    def latest(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of the last month taken down, by table."""
        found: dict[str, list[dict[str, Any]]] = {}
        for table, rows in self.rows.items():
            month = rows[-1][0] if rows else None
            last = list(takewhile(partial(_of_month, month), reversed(rows)))
            found[table] = [dict(zip(UNITS[table], row, strict=True)) for row in reversed(last)]
        return found

    def _add(self, table: str, row: Mapping[str, Any]) -> None:
        self.rows[table].append(IN_ORDER[table](row))

    def _flows(self) -> None:
        now, rows = self.model.round, self.rows["flows"]
        self.flows = sorted(self.model.ledger.flows().items())
        rows += [(now, payer, payee, category, amount) for (payer, payee, category), amount in self.flows]

    def _firms(self) -> None:
        """Add a row for each firm, in the order of the table's columns."""
        now, rows, funding = self.model.round, self.rows["firms"], self.model.ledger.received(FUNDING)
        sold: defaultdict[str, float] = defaultdict(float)
        sales = [(firm, *self._sale(firm)) for firm in self.model.firms]
        for firm, _, _, quantity, _ in sales:
            sold[firm.kind] += quantity
        self.profits = []
        for firm, price, cost, quantity, unit in sales:
            books = firm.statement
            profits = books.operating_profit, firm.capitalised_profit, firm.cash_profit
            wholesale, *factory = self._factory(firm) if isinstance(firm, Lab) else NO_FACTORY
            rows.append((
                now, firm.layer, firm.kind, firm.name, firm.alive,
                price, cost, quantity, unit, _ratio(quantity, sold[firm.kind]), _ratio(price - cost, price), wholesale,
                books.revenue, books.cost_of_goods, books.depreciation, books.training, books.staff, *profits,
                firm.cash, funding.get(firm.name, 0.0), *factory,
            ))  # fmt: skip
            self.last_of[firm.name] = rows[-1]
            if firm.alive:
                self.profits.append((firm, *profits))

    def _factory(self, lab: Lab) -> tuple[float, ...]:
        """Return what only labs have, wholesale price first, in the order of the columns."""
        unserved = max(lab.demanded - lab.served, 0.0)
        return lab.wholesale_price, lab.quality, lab.capacity, lab.utilisation, lab.accelerators, unserved

    def _sale(self, firm: Firm) -> tuple[float, float, float, str]:
        """Return price, marginal cost, quantity and unit of what a firm sells; nothing of one that has left."""
        return *(firm.sale() if firm.alive else NOTHING_SOLD), firm.unit

    def _profit_gains(self) -> dict[str, float]:
        """Return the profit gain of each layer that has one."""
        return profit_gains(self.model)

    def _layers(self) -> None:
        model = self.model
        last = model.round + 1 == model.parameters.horizon.rounds
        gains = self._profit_gains() if last else {}
        for layer in LAYERS:
            firms = [found for found in self.profits if found[0].layer == layer]
            books = [firm.statement for firm, *_ in firms]
            sales = sum([
                amount for (payer, payee, category), amount in self.flows
                if payee == layer and payer != layer and category in REVENUE
            ])  # fmt: skip
            profit = sum([operating for _, operating, _, _ in firms])
            own = sum([statement.staff + statement.research_pay for statement in books])
            worn = sum([statement.worn for statement in books])
            row = {
                "round": model.round,
                "layer": layer,
                "revenue": sales,
                "cost": sales - profit,
                "profit": profit,
                "margin": _ratio(profit, sales),
                "capitalised_profit": sum([capitalised for _, _, capitalised, _ in firms]),
                "cash_profit": sum([cash for _, _, _, cash in firms]),
                "value_added": profit + own + worn,
                "profit_gain": gains.get(layer, np.nan),
                "firms": len(firms),
            }
            self._add("layers", row)

    def _round(self) -> None:
        model = self.model
        labs, tokens = model.open_labs, model.retail.sold.sum(axis=0)
        resold = model.retail.offers.resold
        demanded = sum(lab.demanded for lab in labs)
        total = float(tokens.sum())
        wholesale = np.array([lab.wholesale_price for lab in labs])[model.retail.offers.lab[resold]]
        users = float(model.retail.demand.mass.sum())
        insiders = float(model.retail.demand.mass[:, :-1].sum())
        full = sum(lab.full_capacity for lab in labs)
        moved, error = self._conservation()
        chips = np.array([vendor.sold for vendor in model.vendors])
        ordered = float(chips.sum())
        qualities = np.array([lab.quality for lab in labs])
        by_lab = model.retail.offers.by_lab(tokens)
        costs = model.retail.costs().marginal_cost
        row = {
            "round": model.round,
            "month": model.month,
            "active_users": users,
            "tokens": total,
            "tokens_demanded": demanded,
            "unserved_share": max(1 - total / demanded, 0.0) if demanded > 0 else 0.0,
            "price_retail": _ratio(float(tokens @ model.retail.offers.price), total),
            "price_wholesale": _ratio(float(tokens[resold] @ wholesale), float(tokens[resold].sum())),
            "price_chip": _mean([vendor.price for vendor in model.vendors], chips),
            "price_server": _mean(model.servers.price, model.servers.shipped),
            "price_kwh": model.power.price,
            "unit_cost_token": _mean(costs, by_lab),
            "quality_frontier": model.progress,
            "quality_mean": _mean(qualities, by_lab),
            "consumer_surplus": model.retail.demand.consumer_surplus,
            "hhi_vendors": herfindahl(chips),
            "hhi_labs": herfindahl(by_lab),
            "hhi_resellers": herfindahl(tokens[resold]),
            "churn": _ratio(model.retail.demand.choice.churn, insiders),
            "utilisation": _ratio(sum(lab.served for lab in labs), full),
            "accelerators": sum(lab.accelerators for lab in labs),
            "accelerators_ordered": ordered,
            "power_mw": model.power.load / 1e3,
            "vendors": len(model.vendors),
            "labs": len(labs),
            "resellers": len(model.open_resellers),
            "outside_share": _ratio(float(model.retail.demand.choice.outside.sum()), users),
            "resold_share": _ratio(float(tokens[resold].sum()), total),
            "money_moved": moved,
            "conservation_error": error,
        }
        self._add("rounds", row)

    def _conservation(self) -> tuple[float, float]:
        """Return USD moved this month, and by how much accounts are out of balance relative to all moved so far."""
        moved = self.model.ledger.money_moved
        self.moved += moved
        error = self.model.ledger.imbalance / self.moved if self.moved else 0.0
        if not error <= WORST_ERROR:
            raise ArithmeticError(f"{self.model.month}: accounts are out of balance by {error:.3g} of all money moved")
        self.conservation_error = max(self.conservation_error, error)
        return moved, error

    def results(self) -> Results:
        """Return the tables so far."""
        frames = {name: pd.DataFrame(rows, columns=list(UNITS[name])) for name, rows in self.rows.items()}
        for name, frame in frames.items():
            frame.attrs["units"] = UNITS[name]
        return Results(
            **frames,
            commons=self.model.commons.table(),
            parameters=self.model.parameters,
            seed=self.model.seed,
            conservation_error=self.conservation_error,
        )


def _mean(values: Any, weights: NDArray[np.float64]) -> float:
    """Return the weighted mean; the plain mean where no weight is above zero, NaN of nothing."""
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        return float("nan")
    total = float(weights.sum())
    return float(array @ weights) / total if total > 0 else float(array.mean())
