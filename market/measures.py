"""What a run gives: tidy tables of the market, its firms, its layers and the flows of money between them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from market.agents import ChipVendor, Firm, Lab, PowerSupplier, Reseller, ServerMaker
from market.ledger import FUNDING, REVENUE
from market.parameters import Parameters
from market.price_games import profit_gains
from market.statement import Statement

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

NO_FLEET = dict.fromkeys(
    ("wholesale_price", "quality", "capacity", "utilisation", "accelerators", "tokens_unserved"), float("nan")
)


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
        conservation_error: Largest imbalance of all accounts relative to the money moved in a round.
    """

    rounds: pd.DataFrame
    firms: pd.DataFrame
    layers: pd.DataFrame
    flows: pd.DataFrame
    commons: pd.DataFrame
    parameters: Parameters
    seed: int
    conservation_error: float


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
        self.conservation_error = 0.0

    def record(self) -> None:
        """Take down the round that has just been played."""
        self._flows()
        self._firms()
        self._layers()
        self._round()

    def _add(self, table: str, row: Mapping[str, Any]) -> None:
        self.rows[table].append(IN_ORDER[table](row))

    def _flows(self) -> None:
        self.flows = self.model.ledger.flows()
        for (payer, payee, category), amount in sorted(self.flows.items()):
            row = {"round": self.model.round, "payer": payer, "payee": payee, "category": category, "amount": amount}
            self._add("flows", row)

    def _firms(self) -> None:
        model = self.model
        totals: defaultdict[str, float] = defaultdict(float)
        funding = model.ledger.received(FUNDING)
        self.firms: list[tuple[Firm, dict[str, Any]]] = []
        sales = [(firm, self._sale(firm)) for firm in model.firms]
        for firm, (_, _, quantity, _) in sales:
            totals[firm.kind] += quantity
        for firm, (price, cost, quantity, unit) in sales:
            statement = firm.statement if firm.alive else Statement()
            row = {
                "round": model.round,
                "layer": firm.layer,
                "kind": firm.kind,
                "firm": firm.name,
                "alive": firm.alive,
                "price": price,
                "unit_cost": cost,
                "quantity": quantity,
                "unit": unit,
                "market_share": _ratio(quantity, totals[firm.kind]),
                "lerner": _ratio(price - cost, price),
                "revenue": statement.revenue,
                "cost_of_goods": statement.cost_of_goods,
                "depreciation": statement.depreciation,
                "training": statement.training,
                "staff": statement.staff,
                "operating_profit": statement.operating_profit,
                "capitalised_profit": firm.capitalised_profit if firm.alive else 0.0,
                "cash_profit": firm.cash_profit if firm.alive else 0.0,
                "cash": firm.cash,
                "funding": funding.get(firm.name, 0.0),
                **(self._fleet(firm) if isinstance(firm, Lab) else NO_FLEET),
            }
            self.firms.append((firm, row))
            self._add("firms", row)

    def _fleet(self, lab: Lab) -> dict[str, float]:
        """Return what only labs have."""
        return {
            "wholesale_price": lab.wholesale_price,
            "quality": lab.quality,
            "capacity": lab.capacity,
            "utilisation": lab.utilisation,
            "accelerators": lab.servers.quantity(),
            "tokens_unserved": max(lab.demanded - lab.served, 0.0),
        }

    def _sale(self, firm: Firm) -> tuple[float, float, float, str]:
        """Return price, marginal cost, quantity and unit of what a firm sells."""
        model = self.model
        nothing = (np.nan, np.nan, 0.0)
        if isinstance(firm, ChipVendor):
            return firm.price, firm.marginal_cost, firm.sold, "accelerator"
        if isinstance(firm, ServerMaker):
            own = model.servers.products.maker == firm.index
            shipped = model.servers.shipped[own]
            cost = _mean(model.servers.maker_cost()[own], shipped)
            return _mean(model.servers.price[own], shipped), cost, firm.sold, "accelerator"
        if isinstance(firm, PowerSupplier):
            return model.power.price, firm.unit_cost, firm.sold, "kWh"
        if isinstance(firm, Lab):
            cost = firm.marginal_cost(model.technology.mtok) / model.retail.keeps_retail
            return (firm.price, cost, firm.served, "Mtok") if firm.alive else (*nothing, "Mtok")
        if isinstance(firm, Reseller) and firm.alive:
            return firm.price, firm.marginal_cost(firm.wholesale_price), firm.served, "Mtok"
        return *nothing, "Mtok"

    def _profit_gains(self) -> dict[str, float]:
        """Return the profit gain of each layer that has one."""
        return profit_gains(self.model)

    def _layers(self) -> None:
        model = self.model
        last = model.round + 1 == model.parameters.horizon.rounds
        gains = self._profit_gains() if last else {}
        for layer in LAYERS:
            firms = [(firm.statement, row) for firm, row in self.firms if firm.layer == layer and firm.alive]
            sales = sum(
                amount for (payer, payee, category), amount in self.flows.items()
                if payee == layer and payer != layer and category in REVENUE
            )  # fmt: skip
            profit = sum([row["operating_profit"] for _, row in firms])
            own = sum([statement.staff + statement.research_pay for statement, _ in firms])
            worn = sum([statement.worn for statement, _ in firms])
            row = {
                "round": model.round,
                "layer": layer,
                "revenue": sales,
                "cost": sales - profit,
                "profit": profit,
                "margin": _ratio(profit, sales),
                "capitalised_profit": sum([row["capitalised_profit"] for _, row in firms]),
                "cash_profit": sum([row["cash_profit"] for _, row in firms]),
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
        by_lab = model.retail.offers.by_lab(tokens, len(labs)) if labs else np.zeros(0)
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
            "accelerators": sum(lab.servers.quantity() for lab in labs),
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
        """Return USD moved this month, and by how much accounts are out of balance relative to it."""
        moved = self.model.ledger.money_moved
        error = _ratio(self.model.ledger.imbalance, moved) if moved else 0.0
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
