"""How large and how long a market may be: what its arrays would need, and what numbers can hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import e, exp, log10
from operator import attrgetter
from typing import TYPE_CHECKING

from market.parameters.dates import YEAR
from market.parameters.spells import Past, Spell, stretches

if TYPE_CHECKING:
    from market.parameters import Parameters

MOST_INDIVIDUALS = 10**9
"""Users held one by one, two bytes each."""

MOST_CELLS = 2 * 10**6
"""Types of users times sellers: a month works on about thirty arrays of so many numbers, half a gigabyte."""

MOST_PAIRS = 10**9
"""Types of users times pairs of sellers: so many products are added up a few times a month, in about two seconds."""

MOST_DECADES = 100
"""Powers of ten over which a quantity may grow or shrink; products and squares of it are still numbers then."""


def extent_problem(spells: "Sequence[Spell[Parameters]]") -> str | None:
    """Return what makes a run too large or too long to be played; None if nothing does.

    Args:
        spells: Of the run, with their parameters.
    """
    given = spells[0].parameters
    return _users_problem(given) or _sellers_problem(given) or _growth_problem(spells, given.horizon.rounds)


def _users_problem(parameters: "Parameters") -> str | None:
    population = parameters.population
    if population.engine != "individual" or population.users <= MOST_INDIVIDUALS:
        return None
    return (
        f"population.engine = individual holds each of population.users = {population.users} by itself, in "
        f"{2 * population.users / 1e9:.3g} GB: at most {MOST_INDIVIDUALS}; cohort gives the same distribution of "
        "results for any number"
    )


def _sellers_problem(parameters: "Parameters") -> str | None:
    population = parameters.population
    types = population.types * len(population.segments)
    labs = parameters.labs.count + parameters.labs.entrants
    sellers = labs + parameters.hosts.count + parameters.resellers.count
    most = min(MOST_CELLS // sellers, MOST_PAIRS // sellers**2)
    if types <= most:
        return None
    return (
        f"population.types = {population.types} in {len(population.segments)} segments makes {types} types of users, "
        f"at most {most} where labs.count + labs.entrants + hosts.count + resellers.count = {sellers}: each type "
        "answers to the prices of all pairs of sellers"
    )


# growth ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rate:
    """A parameter by which something grows.

    Attributes:
        key: Dotted name.
        decades: Powers of ten by which it makes something grow in a stretch, from the parameters and the rounds
            between which they hold.
    """

    key: str
    decades: "Callable[[Parameters, int, int], float]"

    def over(self, past: Past) -> float:
        """Return the powers of ten by which it makes something grow over some spells."""
        return sum(self.decades(spell.parameters, first, end) for spell, first, end in past)

    def fastest(self, past: Past) -> float:
        """Return its value where it is farthest from none."""
        return max((value for value, _, _ in stretches(past, attrgetter(self.key))), key=abs)


def _compound(key: str, months: int = 1) -> Rate:
    """Return a rate every so many months."""
    read = attrgetter(key)
    return Rate(key, lambda here, first, end: (end - first) / months * log10(1 + read(here)))


def _fading(parameters: "Parameters", first: int, end: int) -> float:
    """Return the powers of ten by which need grows beyond its growth in the long run."""
    population = parameters.population
    fades = population.need_growth_fades
    beyond = population.need_growth - population.need_growth_later
    return beyond * fades * (exp(-first / fades) - exp(-end / fades)) * log10(e)


def _lasting(parameters: "Parameters", first: int, end: int) -> float:
    return parameters.population.need_growth_later * (end - first) * log10(e)


RATES = (
    # Throughput and need belong together: prices fall with the one, and what is sold is over what it costs.
    (
        _compound("fleet.software_growth"),
        _compound("fleet.hardware_growth", YEAR),
        Rate("population.need_growth", _fading),
        Rate("population.need_growth_later", _lasting),
    ),
    (_compound("training.algorithmic_growth"),),
    (_compound("vendors.capacity_growth"),),
    (_compound("fleet.power_growth", YEAR),),
)
"""What grows, by the rates by which it does."""


def _growth_problem(spells: "Sequence[Spell[Parameters]]", rounds: int) -> str | None:
    """Find what grows or shrinks beyond what numbers hold."""
    for rates in RATES:
        past = _months(spells, rounds)
        if _fits(rates, past):
            continue
        up, down = _extremes(rates, past)
        decades = up if up > MOST_DECADES else down
        worst = max(rates, key=lambda rate: rate.over(past) * decades)
        enough = next(fewer for fewer in range(rounds - 1, 0, -1) if _fits(rates, _months(spells, fewer)))
        return (
            f"{worst.key} = {worst.fastest(past):g} would multiply what grows by 1e{decades:+.0f} in horizon.rounds = "
            f"{rounds} months, at most 1e{MOST_DECADES:+} and at least 1e{-MOST_DECADES}: {enough} months would do"
        )
    return None


def _months(spells: "Sequence[Spell[Parameters]]", rounds: int) -> Past:
    """Return the spells of the first rounds of a run."""
    ends = [*(spell.since for spell in spells[1:]), rounds]
    return [
        (spell, spell.since, min(end, rounds)) for spell, end in zip(spells, ends, strict=True) if spell.since < rounds
    ]


def _extremes(rates: Sequence[Rate], past: Past) -> tuple[float, float]:
    """Return the powers of ten by which those rates make something grow that do, and shrink that do."""
    decades = [rate.over(past) for rate in rates]
    return sum(value for value in decades if value > 0), sum(value for value in decades if value < 0)


def _fits(rates: Sequence[Rate], past: Past) -> bool:
    up, down = _extremes(rates, past)
    return up <= MOST_DECADES and down >= -MOST_DECADES
