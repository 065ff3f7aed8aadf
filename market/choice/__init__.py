"""How users choose a provider: what is expected of them, and two engines that draw it, equal in distribution.

`expected` gives demand and its derivatives for price setting. `Individuals` keeps every user, `Cohorts` only how many
users of each type have which last provider; `pick_engine` chooses between them by size.
"""

from market.choice.cohort import Cohorts
from market.choice.expected import Expected, Probabilities, expected, probabilities
from market.choice.people import People

__all__ = ["Cohorts", "Expected", "People", "Probabilities", "expected", "probabilities"]
