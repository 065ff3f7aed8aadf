"""Parameters of the pricing game: who sells, what users like, and how sellers learn."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from market.fields import EVERY, Name, Section, quantity
from market.parameters.run import RunParameters, Span

MONTHS = 240
"""Of a run: nearly all sessions of the baseline have converged by then."""


published = partial(quantity, source="Calvano et al. (2020)", grade="B")
"""Declare a number of the baseline of the paper."""


def _listed(value: Any) -> Any:
    """Return a value as a list of one; ValueError if it holds anything but numbers."""
    values = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not all(isinstance(item, int | float) and not isinstance(item, bool) for item in values):
        raise ValueError("must be a number, or a list of numbers, one for each lab")
    return values


PerLab = Annotated[tuple[float, ...], BeforeValidator(_listed)]
"""One number for all labs, or a list with one for each."""


class Labs(Section):
    """Sellers of tokens to users; each knows its own profit, and what all charged a period ago."""

    fixed = (EVERY,)

    count: int = published(2, "firms", "AI labs", ge=2, le=4)
    marginal_cost: PerLab = published(
        (1.0,),
        "USD/Mtok",
        "Marginal cost, one for all labs or a list with one for each",
    )
    value: PerLab = quantity(
        (8.0,),
        "1",
        "Utility of a lab's tokens before the price, one for all labs or a list with one for each",
        source="Calvano et al. (2020): quality 2 over 0.25",
        grade="CALC",
        known_from="2020-10",
    )


class Demand(Section):
    """Users' choice among labs, a logit with an outside option."""

    fixed = (EVERY,)

    price_coefficient: float = quantity(
        4.0,
        "Mtok/USD",
        "Utility lost per USD/Mtok",
        ge=1e-6,
        le=1e6,
        source="Calvano et al. (2020): one over 0.25",
        grade="CALC",
        known_from="2020-10",
    )
    outside: float = published(0.0, "1", "Utility of buying nothing", ge=-300, le=300)
    users: float = quantity(1.0, "Mtok/month", "Tokens if everybody bought", gt=0, le=1e15)


class Learning(Section):
    """How labs learn what to charge, all in the same way (Q-learning), and how often the game is played."""

    fixed = (EVERY,)

    prices: int = published(
        15,
        "price",
        "Prices a lab chooses among, at equal distances from the equilibrium's to the cartel's",
        ge=2,
        le=100,
    )
    stretch: float = published(
        0.1,
        "1",
        "How far they reach beyond both, as a part of the distance between them",
        ge=0,
        le=10,
    )
    rate: float = published(
        0.15,
        "1",
        "Weight of what a price has just brought in what is known of it",
        gt=0,
        le=1,
        plausible=(0.025, 0.25),
    )
    discount: float = published(
        0.95,
        "1",
        "Weight of the next period's profit against this one's; 0 of those who do not look ahead",
        ge=0,
        le=0.99,
    )
    decay: float = published(
        4e-6,
        "1/period",
        "Fall of the chance that a lab tries any price, which is 1 at first (logarithm)",
        ge=1e-9,
        le=1,
        plausible=(1e-7, 2e-5),
    )
    memory: int = published(
        1, "period", "Periods back that labs see what all charged: 1, or 0 of none", ge=0, le=1,
    )  # fmt: skip
    updating: Literal["asynchronous", "synchronous"] = Field(
        "asynchronous",
        description="asynchronous: a lab learns about the price it charged (Calvano et al. 2020); synchronous: about "
        "all its prices, as it knows what each would have brought beside the others' (Asker, Fershtman and Pakes 2022)",
    )
    stable: int = published(
        100_000,
        "period",
        "Periods in which no price that a lab thinks best has changed, until a session has converged",
        ge=1,
        le=10**9,
    )
    periods: int = quantity(
        25_000, "period/month", "Periods of the game in a month; who has not converged by the end learns no more",
        ge=1, le=10**7,
    )  # fmt: skip
    sessions: int = quantity(
        100, "session", "Markets that are played side by side, each with its own chances; results are their means",
        ge=1, le=100_000,
    )  # fmt: skip


class LearningParameters(RunParameters):
    """Everything a run of the pricing game depends on, but the seed.

    Labs sell to users and set prices all at once, period after period; each learns from its profit what to charge.
    """

    name: Name = Field("learning", description="Name of the scenario")
    model: Literal["learning"] = Field("learning", description="What plays the scenario")
    horizon: Span = Field(Span(rounds=MONTHS), description="Length and start")
    labs: Labs = Field(Labs(), description="Sellers")
    demand: Demand = Field(Demand(), description="Users")
    learning: Learning = Field(Learning(), description="How sellers learn")

    @model_validator(mode="after")
    def _can_be_played(self) -> "LearningParameters":
        for problem in (*_of_lists(self.labs), *_of_size(self), *_of_game(self)):
            raise ValueError(problem)
        return self

    @property
    def marginal_costs(self) -> list[float]:
        """[lab], USD/Mtok."""
        return _of_each(self.labs.marginal_cost, self.labs.count)

    @property
    def values(self) -> list[float]:
        """[lab], utility before the price."""
        return _of_each(self.labs.value, self.labs.count)


def _of_each(values: tuple[float, ...], count: int) -> list[float]:
    return list(values) if len(values) == count else list(values) * count


def _of_lists(labs: Labs) -> Iterator[str]:
    """Find lists of another length than there are labs, and numbers out of range."""
    for key, unit, low, high in (("marginal_cost", " USD/Mtok", 0.0, 1e6), ("value", "", -300.0, 300.0)):
        values = getattr(labs, key)
        if len(values) not in (1, labs.count):
            yield f"labs.{key} must be one number or a list of {labs.count}, one for each lab, not of {len(values)}"
        for value in values:
            if not low <= value <= high:
                yield f"labs.{key} = {value:g} must be a number, {low:g} to {high:g}{unit}"


def _of_size(parameters: LearningParameters) -> Iterator[str]:
    """Find games in which there is more to learn than fits the memory."""
    from market.learning.sessions import MOST_CELLS, cells

    labs, learning = parameters.labs.count, parameters.learning
    size = cells(labs, learning.prices, learning.memory)
    if size > MOST_CELLS:
        most = max(steps for steps in range(2, learning.prices) if cells(labs, steps, learning.memory) <= MOST_CELLS)
        yield f"learning.prices = {learning.prices} must be at most {most} where labs.count is {labs}"


def _of_game(parameters: LearningParameters) -> Iterator[str]:
    """Find labs among whom there is nothing to learn, or of whom no equilibrium is known, and prices below zero."""
    from market.learning.playing import game_of

    try:
        game = game_of(parameters)
        if game.grid.min() < 0:
            nash, joint = game.nash.prices, game.joint.prices
            most = float((nash / (joint - nash)).min())
            yield f"learning.stretch = {parameters.learning.stretch:g} makes prices fall below zero: at most {most:.3g}"
    except ValueError as problem:
        yield f"labs.value, labs.marginal_cost, demand.price_coefficient and demand.outside: {problem}"
