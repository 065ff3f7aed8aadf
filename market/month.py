"""What holds in a month whatever firms do: parameters in force, the state of the art, outside prices, people's need."""

from dataclasses import dataclass

from scipy.special import expit, logit

from market.firms.technology import Technology, technology
from market.parameters import Parameters, value_at
from market.parameters.resellers import Resellers
from market.parameters.spells import Past, Spell, grown, in_force, spells_of, stretches
from market.users.types import need_growth


@dataclass(frozen=True)
class Month:
    """One month.

    Attributes:
        round: From 0.
        parameters: Those in force in the month.
        technology: State of the art.
        generations: It with the chips that are sold: of the newest generation, and of the one before where that is.
        ramp: Share of what vendors can make that can be chips of the newest generation.
        tariff: Outside price of electricity, USD/kWh.
        need_factor: Need per user relative to round 0.
        software: Factor by which software has got better since round 0.
    """

    round: int
    parameters: Parameters
    technology: Technology
    generations: tuple[Technology, ...]
    ramp: float
    tariff: float
    need_factor: float
    software: float

    @property
    def launches(self) -> bool:
        """Whether a generation of accelerators comes this month beside which the one before is sold."""
        return len(self.generations) > 1 and self.round % self.parameters.fleet.generation_months == 0

    @property
    def support_cost(self) -> float:
        """USD per Mtok resellers spend on support; it falls as software gets better."""
        return self.support_of(self.parameters.resellers)

    def support_of(self, resellers: Resellers) -> float:
        """Return the same for a reseller of which these parameters hold."""
        return resellers.support_cost / self.software


class Calendar:
    """The months of a run.

    What grows goes on from where it is when an event changes its growth: nothing that was reached is lost.

    Args:
        parameters: As given, with their events.
        spells: Theirs, where they are known.
    """

    def __init__(self, parameters: Parameters, spells: tuple[Spell[Parameters], ...] | None = None) -> None:
        self.given = parameters
        self.spells = spells_of(parameters) if spells is None else spells
        self._foreseen: dict[tuple[int, int], Technology] = {}

    def parameters(self, round_: int) -> Parameters:
        """Return the parameters in force in a round."""
        return in_force(self.spells, round_)

    def need(self, now: int, months: int) -> float:
        """Return need per user relative to round 0, so many months on, as everybody foresees it in a round."""
        return need_growth(self.months_under(now, now + months))

    def month(self, round_: int) -> Month:
        """Return what holds in a round."""
        parameters = self.parameters(round_)
        horizon, past = parameters.horizon, self.months_under(round_, round_)
        newest, ramp = self.technology(round_, round_), parameters.fleet.ramp(round_)
        return Month(
            round=round_,
            parameters=parameters,
            technology=newest,
            generations=(newest,) if ramp is None else (newest, technology(parameters, past, older=1)),
            ramp=1.0 if ramp is None else ramp,
            tariff=value_at(parameters.data.electricity, horizon.start, round_),
            need_factor=need_growth(past),
            software=grown(past, lambda here: here.fleet.software_growth),
        )

    def technology(self, now: int, round_: int) -> Technology:
        """Return the state of the art in a later round as it is foreseen now, if nothing happens."""
        if (now, round_) not in self._foreseen:
            self._foreseen[now, round_] = technology(self.parameters(now), self.months_under(now, round_))
        return self._foreseen[now, round_]

    def adopted(self, segment: str, now: int, months: int = 0) -> float:
        """Return the share of a segment's people who use AI, so many months on, as everybody foresees it in a round.

        A logistic curve through ``adopted`` at round 0.
        """
        reached = logit(self.given.population.segments[segment].adopted)
        past = self.months_under(now, now + months)
        for speed, first, end in stretches(past, lambda here: here.population.segments[segment].adoption_speed):
            reached += speed * (end - first)
        return float(expit(reached))

    def months_under(self, now: int, until: int) -> Past:
        """Return the spells up to a round, as they are known now: the last one open."""
        known = [spell for spell in self.spells if spell.since <= now]
        ends = [*(spell.since for spell in known[1:]), until]
        return [(spell, spell.since, end) for spell, end in zip(known, ends, strict=True)]
