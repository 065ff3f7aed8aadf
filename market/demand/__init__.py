"""Demand systems: quantities, derivatives and consumer surplus at given prices."""

from market.demand.linear import Linear
from market.demand.logit import Logit, NestedLogit
from market.demand.mixed import MixedLogit

__all__ = ["Linear", "Logit", "MixedLogit", "NestedLogit"]
