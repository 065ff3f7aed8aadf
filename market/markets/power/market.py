"""The market for electricity: merit order, rationing, bills, and next month's bids."""

from typing import TYPE_CHECKING

import numpy as np

from market.accounts import ledger
from market.conduct.layer import Layer
from market.firms.power_supplier import merit_order
from market.markets.derived_demand import DerivedDemand

if TYPE_CHECKING:
    from market.model import TokenMarket


class PowerMarket:
    """What stands between power suppliers and operators of fleets.

    Attributes:
        price: USD/kWh that cleared this month.
        load: kW asked for.
    """

    def __init__(self, model: "TokenMarket") -> None:
        self.model = model
        self.price = model.now.tariff
        self.load = 0.0

    def clear(self) -> None:
        """Find the price; what is short is shared out in proportion."""
        model, settings = self.model, self.model.parameters.power
        self.load = sum(operator.kilowatts for operator in model.open_operators) * model.parameters.fleet.load_factor
        self.price, dispatch = merit_order(
            capacity=np.array([supplier.capacity for supplier in model.suppliers]),
            first_cost=np.array([supplier.first_cost for supplier in model.suppliers]),
            rise=settings.cost_rise * model.now.tariff,
            bid=np.array([supplier.bid for supplier in model.suppliers]),
            load=self.load,
            cap=settings.price_cap,
        )
        for supplier, kilowatts in zip(model.suppliers, dispatch.tolist(), strict=True):
            supplier.dispatched = kilowatts
        powered = min(1.0, float(dispatch.sum()) / self.load) if self.load > 0 else 1.0
        for operator in model.open_operators:
            operator.powered = powered

    def bill(self) -> None:
        """Let operators pay every supplier for its part, and suppliers for fuel and plants."""
        model, hours = self.model, self.model.parameters.horizon.hours
        total = sum(supplier.dispatched for supplier in model.suppliers)
        names = [supplier.name for supplier in model.suppliers]
        shares = [supplier.dispatched / total if total > 0 else 0.0 for supplier in model.suppliers]
        for operator in model.open_operators:
            used = operator.kilowatts * model.parameters.fleet.load_factor * operator.powered * hours
            bills = [used * share * self.price for share in shares]
            model.ledger.pay_each(operator.name, names, ledger.ELECTRICITY, bills)
        for supplier in model.suppliers:
            supplier.deliver(supplier.dispatched * hours)

    def post_bids(self, derived: DerivedDemand) -> None:
        """Let suppliers set next month's bids on what rivals' supply and the labs' demand leave them."""
        model, settings = self.model, self.model.parameters.power
        suppliers = model.suppliers
        capacity = np.array([supplier.capacity for supplier in suppliers])
        quantity = np.array([supplier.dispatched for supplier in suppliers])
        cost = np.array([supplier.marginal_cost for supplier in suppliers])
        # Plants that run in part answer to the price; those that are full or idle do not.
        marginal = (quantity > 0) & (quantity < capacity)
        bids = np.array([supplier.bid for supplier in suppliers])
        supply = np.where(marginal, capacity / (bids * settings.cost_rise * model.now.tariff), 0.0)
        response = np.diag(supply - supply.sum() + self._demand_slope(derived))
        layer = Layer(
            price=cost * bids,
            marginal_cost=cost,
            quantity=quantity,
            response=response,
            **settings.pricing.of_firms(suppliers),
        )
        for supplier, bid in zip(suppliers, (settings.pricing.post(layer) / cost).tolist(), strict=True):
            supplier.turn()
            supplier.bid = bid

    def _demand_slope(self, derived: DerivedDemand) -> float:
        """Return ∂load/∂price, kW per USD/kWh: dearer power makes tokens dearer, and fewer are sold."""
        served = np.array([lab.served for lab in self.model.labs])
        total = float(served.sum())
        if total <= 0:
            return 0.0
        energy = self.load * self.model.parameters.horizon.hours / total
        answer = float(served / total @ derived.semi_elasticity[: served.size].sum(axis=1))
        return min(answer, 0.0) * energy * self.load
