"""What the rest of the economy means to the commons in a month, and what it would be without a market."""

from dataclasses import dataclass

from market.month import Calendar


@dataclass(frozen=True)
class Use:
    """A month's use of AI.

    Attributes:
        reliance: Share of people who use AI.
        users: People who use AI.
        tokens: Mtok they use.
        compute: Training compute behind the best model, relative to the first month.
        algorithms: What a unit of training compute achieves relative to the first month.
        licences: USD paid to creators.
    """

    reliance: float
    users: float
    tokens: float
    compute: float
    algorithms: float
    licences: float = 0.0


def expected_use(calendar: Calendar, round_: int) -> Use:
    """Return the use of AI on the adoption curves, with compute growing at the pace labs have seen."""
    month = calendar.month(round_)
    segments = month.parameters.population.segments
    everybody = sum(segment.people for segment in segments.values())
    users = [segment.people * calendar.adopted(name, round_) for name, segment in segments.items()]
    needs = [number * segment.need for number, segment in zip(users, segments.values(), strict=True)]
    return Use(
        reliance=sum(users) / everybody if everybody > 0 else 0.0,
        users=sum(users),
        tokens=sum(needs) * month.need_factor,
        compute=(1 + month.parameters.training.frontier_pace) ** (round_ / 12),
        algorithms=month.technology.algorithms,
    )
