"""What machines and models can do: throughput, the cost of capacity, and quality from training."""

from dataclasses import dataclass

import numpy as np

from market.accounts.finance import annuity, monthly_rate
from market.parameters import Parameters
from market.parameters.dates import YEAR
from market.parameters.spells import Past, grown

SECONDS_PER_HOUR = 3600.0
TOKENS_PER_MTOK = 1e6


@dataclass(frozen=True)
class Technology:
    """The state of the art in one round.

    Capacity is counted in *reference accelerators*: what one accelerator of round 0 computes.

    Attributes:
        mtok: Mtok per reference accelerator and round at full use, software of this round.
        performance: Reference accelerators in one accelerator sold this round.
        power: kW of one accelerator sold this round.
        algorithms: What a unit of training compute achieves relative to round 0.
    """

    mtok: float
    performance: float
    power: float
    algorithms: float


def technology(parameters: Parameters, past: Past, older: int = 0) -> Technology:
    """Return the state of the art, with accelerators of the newest generation or so many older ones.

    Args:
        parameters: Those in force in the month.
        past: Up to the round in question.
        older: Generations between the newest and the one asked for.
    """
    fleet = parameters.fleet
    launched = until_launch(past, fleet.generation_months, older)
    full = fleet.throughput * SECONDS_PER_HOUR * parameters.horizon.hours / TOKENS_PER_MTOK
    return Technology(
        mtok=full * grown(past, lambda here: here.fleet.software_growth),
        performance=grown(launched, lambda here: here.fleet.hardware_growth, YEAR),
        power=fleet.power_draw * grown(launched, lambda here: here.fleet.power_growth, YEAR),
        algorithms=grown(past, lambda here: here.training.algorithmic_growth),
    )


def until_launch(past: Past, months: int, older: int) -> Past:
    """Return the time up to the last month in which a generation of accelerators came, or so many before it.

    One comes every so many months.
    """
    last = past[-1][2]
    last -= last % months + older * months
    return [(spell, first, min(end, last)) for spell, first, end in past if first < last]


@dataclass(frozen=True)
class CapitalCharge:
    """Monthly user cost of a dollar put into servers and into buildings.

    A server must earn its price back over its life while it may fail, money costs interest, and newer servers push down
    what capacity is worth (Jorgenson's user cost with expected obsolescence).
    """

    server: float
    facility: float


def capital_charge(parameters: Parameters) -> CapitalCharge:
    """Return the user cost of servers and buildings, USD per month and USD of price."""
    fleet = parameters.fleet
    interest = monthly_rate(fleet.cost_of_capital)
    obsolescence = monthly_rate(fleet.hardware_growth)
    server_loss = 1 - (1 - fleet.failure_hazard) / ((1 + interest) * (1 + obsolescence))
    facility_loss = 1 - 1 / (1 + interest)
    return CapitalCharge(
        server=1 / annuity(fleet.server_life, server_loss),
        facility=1 / annuity(fleet.facility_life, facility_loss),
    )


def quality(knowledge: float, algorithms: float) -> float:
    """Return a model's quality in doublings of effective training compute over the best model of round 0."""
    return float(np.log2(knowledge * algorithms))
