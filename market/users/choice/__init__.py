"""How users choose a provider: what is expected of them, and two engines that draw it, equal in distribution.

`expected` gives demand and its derivatives for price setting. `Individuals` keeps every user, `Cohorts` only how many
users of each type have which last provider; `pick_engine` chooses between them by size.
"""

from market.users.choice.cohort import Cohorts
from market.users.choice.expected import Expected, Probabilities, expected, probabilities
from market.users.choice.free import FreeChoice, free_choice
from market.users.choice.individual import Individuals
from market.users.choice.people import People

ENGINES: dict[str, type[People]] = {"individual": Individuals, "cohort": Cohorts}

# About where one pass over the users takes as long as the cohorts' draws; see benchmarks/choice.py.
MOST_INDIVIDUALS = 100_000


def pick_engine(engine: str, users: int) -> str:
    """Return the name in `ENGINES` of the engine: as given, or for "auto" the faster for this many users."""
    if engine == "auto":
        return "individual" if users <= MOST_INDIVIDUALS else "cohort"
    if engine not in ENGINES:
        raise ValueError(f"engine must be auto or one of {', '.join(ENGINES)}, not {engine!r}")
    return engine


__all__ = [
    "ENGINES",
    "Cohorts",
    "Expected",
    "FreeChoice",
    "Individuals",
    "People",
    "Probabilities",
    "expected",
    "free_choice",
    "pick_engine",
    "probabilities",
]
