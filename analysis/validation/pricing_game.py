"""Sellers that learn: the baseline of Calvano et al. (2020), played as often as they played it.

Shares of sessions and gains are compared with their Table I. Sellers who do not look ahead are reported beside it: they
have no reason to hold prices up, and yet their profit gain is not zero, as what they know of a price is out of date.
"""

from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from analysis.validation import one_layer
from analysis.validation.check import Check
from market.learning.game import PricingGame
from market.learning.sessions import Learners, sessions

SOURCE = "Calvano et al. (2020)"
TABLE = f"{SOURCE}, Table I"
GAIN, DEVIATION, ERRORS = 0.849, 0.112, 3.0
"""Of all sessions, its standard deviation, and the standard errors allowed."""
LENGTHS = {1: (0.643, 0.860), 2: (0.238, 0.846), 3: (0.119, 0.793)}
"""Share of sessions and profit gain by length of the cycle; 3 stands for all longer ones."""
SESSIONS, MYOPIC, MANY = 1000, 100, {3: (60, 0.64, 0.03), 4: (12, 0.56, 0.05)}
"""Sessions of two sellers and of the control; of more sellers, with their profit gain and by how much it may be off."""
SEED = 1
BASELINE = Learners()


def game(sellers: int) -> PricingGame:
    return PricingGame.between(one_layer.demand(sellers), np.ones(sellers), steps=15, stretch=0.1)


@dataclass(frozen=True)
class Ends:
    """How sessions ended, [session].

    Attributes:
        gain: Profit gain.
        length: Periods of the cycle; 3 stands for all longer ones.
        converged: Whether prices stood still for long enough.
    """

    gain: NDArray[np.float64]
    length: NDArray[np.int64]
    converged: NDArray[np.bool_]

    @property
    def error(self) -> float:
        """Standard error of the mean profit gain."""
        return float(self.gain.std(ddof=1) / np.sqrt(self.gain.size))


@cache
def played(sellers: int, count: int, learners: Learners = BASELINE) -> Ends:
    found = [
        (session.profit_gain, min(len(session.cycle), 3), session.converged)
        for session in sessions(game(sellers), learners, count, SEED)
    ]
    gain, length, converged = zip(*found, strict=True)
    return Ends(np.array(gain), np.array(length), np.array(converged))


def two() -> Ends:
    return played(2, SESSIONS)


def of_many(sellers: int) -> float:
    return float(played(sellers, MANY[sellers][0]).gain.mean())


def deviation() -> float:
    return float((two().gain.mean() - GAIN) / two().error)


def share(length: int) -> float:
    return float((two().length == length).mean())


def gain_of(length: int) -> float:
    return float(two().gain[two().length == length].mean())


def myopic() -> float:
    return float(played(2, MYOPIC, Learners(discount=0.0)).gain.mean())


def synchronous() -> float:
    return float(played(2, MYOPIC // 3, Learners(every_price=True)).gain.mean())


def falls() -> float:
    gains = [float(two().gain.mean()), *map(of_many, MANY)]
    return float(gains == sorted(set(gains), reverse=True))


def name(length: int) -> str:
    return "longer cycles" if length == max(LENGTHS) else f"cycles of {length}"


CHECKS = (
    Check("lowest price of two sellers", "p_N − ξ(p_M − p_N) of the demand's table", 1.4729266600 - 0.0452054259,
          lambda: float(game(2).grid[0, 0]), 1e-9),
    Check("highest price of two sellers", "p_M + ξ(p_M − p_N) of the demand's table", 1.9249809190 + 0.0452054259,
          lambda: float(game(2).grid[0, -1]), 1e-9),
    Check(f"profit gain of {SESSIONS:,} sessions less {GAIN}, in standard errors", TABLE, 0.0, deviation, ERRORS,
          slow=True),
    Check("its standard deviation", TABLE, DEVIATION, lambda: float(two().gain.std(ddof=1)), 0.015, slow=True),
    *(Check(f"share of sessions with {name(length)}", TABLE, expected, partial(share, length), 0.04, slow=True)
      for length, (expected, _) in LENGTHS.items()),
    *(Check(f"profit gain of sessions with {name(length)}", TABLE, expected, partial(gain_of, length), 0.03, slow=True)
      for length, (_, expected) in LENGTHS.items()),
    Check("share of sessions that converge", SOURCE, 1.0, lambda: float(two().converged.mean()), 0.001, slow=True),
    *(Check(f"profit gain of {sellers} sellers, {count} sessions", SOURCE, expected, partial(of_many, sellers), within,
            slow=True) for sellers, (count, expected, within) in MANY.items()),
    Check("profit gain falls from two sellers to three and to four", SOURCE, 1.0, falls, 0.0, slow=True),
    Check("control: profit gain of sellers who do not look ahead", "between zero and half of the others'",
          GAIN / 4, myopic, GAIN / 4, slow=True),
    Check("profit gain where sellers learn about all prices at once", "below two thirds of the others': Asker,"
          " Fershtman and Pakes", GAIN / 3, synchronous, GAIN / 3, slow=True),
)  # fmt: skip
