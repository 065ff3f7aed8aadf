"""What everybody sees of the market's growth, and carries on in the way of the scenario."""

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from market.conduct.expectations import Prospect
from market.firms.financed import growth_of
from market.firms.forecast import FASTEST
from market.firms.lab import Lab
from market.parameters.dates import YEAR

if TYPE_CHECKING:
    from market.model import TokenMarket


def past_sales(labs: Sequence[Lab]) -> "deque[float]":
    """Return what all labs have sold month by month for up to two years, USD."""
    months = zip(*(reversed(lab.revenues) for lab in labs), strict=False)
    return deque([sum(month) for month in months][::-1], maxlen=2 * YEAR)


def growth_seen(model: "TokenMarket") -> float:
    """Return the monthly growth (logarithm) of the sales of all labs, those since gone too, the last half year's."""
    if not model.open_labs:
        return 0.0
    return growth_of(list(model.sales), model.open_labs[0].forecast.growth)


def prospect_of(model: "TokenMarket", growth: float) -> Prospect:
    """Return what is known when the market has grown by so much a month (logarithm).

    Nobody carries on for years what is faster than growth that lasts.
    """
    training, segments = model.parameters.training, model.parameters.population.segments
    needed = {name: segment.people * segment.need for name, segment in segments.items()}
    everybody = sum(needed.values())
    met = sum(need * model.calendar.adopted(name, model.round) for name, need in needed.items())
    adopted = met / everybody if everybody > 0 else 1.0
    lasting = min(max(growth, -FASTEST), FASTEST)
    return Prospect(training.expectations, lasting, adopted, model.frontier_pace)
