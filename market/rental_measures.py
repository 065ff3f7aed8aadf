"""What is recorded where compute is rented: no fleets, no qualities, no loyalty."""

from typing import TYPE_CHECKING

import numpy as np

from market.agents import Firm, Lab
from market.measures import LAYERS, NO_FACTORY, UNITS, Recorder, herfindahl
from market.profit_gain import profit_gain

if TYPE_CHECKING:
    from market.model import TokenMarket


class RentalRecorder(Recorder):
    """Takes down rounds of a chain that owns nothing; what has no meaning there is NaN."""

    def __init__(self, model: "TokenMarket") -> None:
        super().__init__(model)
        self.rental = model.rental

    def _sale(self, firm: Firm) -> tuple[float, float, float, str]:
        return (*self.rental.sale(firm), "Mtok")

    def _factory(self, lab: Lab) -> tuple[float, ...]:
        sells = self.rental.resold and lab.index >= self.rental.rental.integrated
        return (self.rental.tiers[1].mean_price if sells else np.nan, *NO_FACTORY[1:])

    def _profit_gains(self) -> dict[str, float]:
        return {
            layer: profit_gain(tier.profit, *self.rental.benchmarks(number))
            for number, (layer, tier) in enumerate(zip(LAYERS, self.rental.tiers, strict=False))
        }

    def _round(self) -> None:
        model, rental = self.model, self.rental
        hardware, labs, last = rental.tiers[0], rental.tiers[1], rental.last
        moved, error = self._conservation()
        row: dict[str, object] = dict.fromkeys(UNITS["rounds"], np.nan)
        row |= {
            "round": model.round,
            "month": model.month,
            "tokens": last.sold,
            "tokens_demanded": last.sold,
            "unserved_share": 0.0,
            "price_retail": last.mean_price,
            "price_wholesale": labs.mean_price if rental.resold else np.nan,
            "unit_cost_token": hardware.mean_price + rental.rental.lab_cost,
            "consumer_surplus": rental.consumer_surplus,
            "hhi_vendors": herfindahl(hardware.output),
            "hhi_labs": herfindahl(rental.tokens),
            "hhi_resellers": herfindahl(last.output) if rental.resold else np.nan,
            "vendors": len(model.vendors),
            "labs": len(model.labs),
            "resellers": len(model.resellers),
            "outside_share": np.nan if rental.logit is None else 1 - last.sold / rental.rental.users,
            "resold_share": float(rental.resold),
            "money_moved": moved,
            "conservation_error": error,
        }
        self._add("rounds", row)
