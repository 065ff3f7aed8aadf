"""Parameters of a run: frozen, every number with unit, bounds, meaning and source."""

from typing import Literal

from pydantic import Field, ValidationInfo, model_validator

from market.fields import EVERY, Month, Section, quantity
from market.parameters.clouds import Clouds
from market.parameters.commons import Commons
from market.parameters.dates import month_of
from market.parameters.extent import extent_problem
from market.parameters.fleet import Fleet
from market.parameters.funding import Funding
from market.parameters.hosts import Hosts
from market.parameters.labs import Labs
from market.parameters.makers import Makers
from market.parameters.menus import menus_problem
from market.parameters.overriding import SPELL
from market.parameters.own_chips import OwnChips
from market.parameters.plans import FREE, PLANS, SMALL
from market.parameters.power import Power
from market.parameters.resellers import Resellers
from market.parameters.run import RunParameters, Span
from market.parameters.shares import shares_problem
from market.parameters.small_models import SmallModels
from market.parameters.spells import spells_of
from market.parameters.tariffs import Tariffs
from market.parameters.tokens import Tokens
from market.parameters.training import Training
from market.parameters.users import Population, Segment
from market.parameters.vendors import Vendors

__all__ = ["Data", "Dated", "Horizon", "Parameters", "Policy", "Section", "Segment", "month_of", "quantity", "value_at"]


class Horizon(Span):
    """How long a run is, when it starts, how long a month is, and whether its end is compared with a cartel."""

    hours: float = quantity(730.5, "h/month", "Hours in a round", gt=0, le=1000, source="a twelfth of a year")
    profit_gain: bool = Field(
        True,
        description="Whether the profit gain is worked out in the last month, which takes as long as some twenty "
        "months; batches set it to false where their experiment does not",
    )


LEAST_QUALITY = -30
"""Of a lab at the start, doublings under the best."""


class Policy(Section):
    """What a government or regulator sets."""

    token_tax: float = quantity(
        0.0, "1", "Tax on retail sales of tokens, as a share of the price; below zero a subsidy", ge=-0.9, lt=1
    )
    price_cap: float = quantity(1e9, "USD/Mtok", "Highest retail price", gt=0, le=1e9)
    wholesale_cap: float = quantity(
        1e9, "1", "Highest wholesale price as a multiple of the lab's marginal cost", gt=0, le=1e9
    )
    windfall_tax: float = quantity(
        0.0, "1", "Tax on operating profit above normal, month by month; losses are not set off", ge=0, le=1
    )
    windfall_margin: float = quantity(
        0.2,
        "1",
        "Operating profit over revenue that is normal: only what exceeds it is taxed as windfall",
        plausible=(0.1, 0.3),
        ge=0,
        le=1,
        source="laws of 2022-23 taxed what exceeded 110 to 120 per cent of the profit of earlier years",
        grade="M",
        only_if=["policy.windfall_tax"],
    )
    windfall_on: Literal["all", "hardware", "labs", "resellers"] = Field(
        "all",
        description="Layer whose firms pay the windfall tax",
        json_schema_extra={"only_if": ["policy.windfall_tax"]},
    )

    def windfall(self, layer: str, revenue: float, profit: float) -> float:
        """Return the windfall tax a firm of a layer owes on a month, USD."""
        if self.windfall_on not in ("all", layer):
            return 0.0
        return self.windfall_tax * max(profit - self.windfall_margin * revenue, 0.0)


HIGHEST = 1e9
"""Of the values of a series, in its unit."""


class Dated(Section):
    """One value of a series from the month ``date`` on."""

    date: Month = Field(description="Month (YYYY-MM)")
    value: float = quantity(..., "see series", "Value from this month until the next date", gt=0, le=HIGHEST)


def value_at(series: tuple[Dated, ...], start: str, round_: int) -> float:
    """Return the value in force in a round: that of the last date not after it, or the first value before any date."""
    today = month_of(start, round_)
    dated = sorted(series, key=lambda item: item.date)
    known = [item.value for item in dated if item.date <= today]
    return known[-1] if known else dated[0].value


class Data(Section):
    """Series from outside; each may be replaced by a CSV file of the same columns."""

    fixed = (EVERY,)

    electricity: tuple[Dated, ...] = Field(
        (Dated(date="2024-01", value=0.0807),),
        min_length=1,
        description="Industrial electricity tariff that the cost of power follows",
        json_schema_extra={
            "unit": "USD/kWh",
            "source": "EIA, industrial price, USA",
            "grade": "A",
            "low": 0.03,
            "high": 0.3,
            "link": "https://www.eia.gov/electricity/monthly/",
        },
    )
    chip_prices: tuple[Dated, ...] = Field(
        (),
        description="Price of an accelerator; the value at the start opens the run",
        json_schema_extra={
            "unit": "USD/accelerator",
            "source": "Epoch AI",
            "grade": "A",
            "low": 10_000.0,
            "high": 60_000.0,
            "link": "https://epoch.ai/data/machine-learning-hardware",
        },
    )


class Parameters(RunParameters):
    """Everything a run of the token market depends on, but the seed."""

    model: Literal["token-market"] = Field("token-market", description="What plays the scenario")
    horizon: Horizon = Field(Horizon(), description="Length and start")
    population: Population = Field(Population(), description="Users")
    tokens: Tokens = Field(Tokens(), description="Tokens per text")
    vendors: Vendors = Field(Vendors(), description="Chip vendors")
    makers: Makers = Field(Makers(), description="Server makers")
    power: Power = Field(Power(), description="Power suppliers")
    own_chips: OwnChips = Field(
        OwnChips(),
        description="Chips that labs design for themselves",
        json_schema_extra={"only_if": ["own_chips.labs"]},
    )
    fleet: Fleet = Field(Fleet(), description="Servers and buildings")
    clouds: Clouds = Field(
        Clouds(), description="Clouds that rent compute to labs", json_schema_extra={"only_if": ["clouds.count"]}
    )
    labs: Labs = Field(Labs(), description="AI labs")
    hosts: Hosts = Field(
        Hosts(), description="Hosts of models whose weights are open", json_schema_extra={"only_if": ["hosts.count"]}
    )
    tariffs: Tariffs = Field(Tariffs(), description="The plans by which users may buy tokens")
    small_models: SmallModels = Field(SmallModels(), description="Small models that labs serve beside their best")
    training: Training = Field(Training(), description="Training")
    funding: Funding = Field(Funding(), description="Investors")
    resellers: Resellers = Field(Resellers(), description="Resellers")
    commons: Commons = Field(
        Commons(),
        description="Human and synthetic text",
        json_schema_extra={"only_if": ["commons.mode", "on", "alone"]},
    )
    policy: Policy = Field(Policy(), description="Policy")
    data: Data = Field(Data(), description="Series from outside")

    @model_validator(mode="after")
    def _sellers_keep_something(self) -> "Parameters":
        if problem := shares_problem(self):
            raise ValueError(problem)
        unknown = {name for segment in self.population.segments.values() for name in segment.languages}
        unknown -= self.tokens.fertility.keys()
        if unknown:
            raise ValueError(f"tokens.fertility lacks the languages {sorted(unknown)} that segments use")
        return self

    @property
    def plain_menus(self) -> bool:
        """Whether all tokens are of labs' best models and sold by the token, wholesale ones at wholesale prices."""
        plain = self.tariffs.plain and not self.small
        return plain and (self.resellers.plain or not self.resellers.count)

    @property
    def plans(self) -> int:
        """How many plans menus have room for."""
        return len(PLANS) if SMALL in self.small else SMALL

    @property
    def small(self) -> tuple[int, ...]:
        """Plans that are served with a small model."""
        sold = SMALL if self.tariffs.metered and self.small_models.metered else None
        given = FREE if self.tariffs.free.gives and self.small_models.free else None
        return tuple(plan for plan in (given, sold) if plan is not None)

    @model_validator(mode="after")
    def _hosts_can_rent(self) -> "Parameters":
        if self.hosts.count and not self.clouds.count:
            raise ValueError(f"hosts.count = {self.hosts.count} needs clouds.count ≥ 1: hosts rent their servers")
        return self

    @model_validator(mode="after")
    def _every_lab_has_a_quality(self) -> "Parameters":
        qualities, count = self.labs.qualities, self.labs.count
        if qualities and len(qualities) != count:
            raise ValueError(f"labs.qualities must be a list of {count}, one for each lab, not of {len(qualities)}")
        for place, quality in enumerate(qualities):
            if not LEAST_QUALITY <= quality <= 0:
                raise ValueError(f"labs.qualities.{place} = {quality:g} must be {LEAST_QUALITY} to 0 doublings")
        if qualities and max(qualities) < 0:
            raise ValueError(f"labs.qualities must be 0 for the best lab, not {max(qualities):g}")
        return self

    @model_validator(mode="after")
    def _entrants_can_rent(self) -> "Parameters":
        if self.labs.entrants and not self.clouds.count:
            raise ValueError(
                f"labs.entrants = {self.labs.entrants} needs clouds.count ≥ 1: labs enter on rented servers"
            )
        return self

    @model_validator(mode="after")
    def _own_chips_have_labs(self) -> "Parameters":
        if self.own_chips.labs > self.labs.count:
            raise ValueError(f"own_chips.labs = {self.own_chips.labs} must be at most labs.count = {self.labs.count}")
        return self

    @model_validator(mode="after")
    def _labs_have_resellers_to_own(self) -> "Parameters":
        own, count = self.labs.own_resellers, self.resellers.count
        if own > count:
            raise ValueError(f"labs.own_resellers = {own} must be at most resellers.count = {count}")
        if own and self.labs.wholesale == "chosen":
            raise ValueError(
                f"labs.own_resellers = {own} needs wholesale prices that are agreed or follow the list price, "
                "not labs.wholesale = chosen"
            )
        return self

    @model_validator(mode="after")
    def _clouds_have_labs_to_own(self) -> "Parameters":
        most = min(self.clouds.count, self.labs.count)
        if self.clouds.own_labs > most:
            counts = f"clouds.count = {self.clouds.count} and labs.count = {self.labs.count}"
            raise ValueError(f"clouds.own_labs = {self.clouds.own_labs} must be at most the lower of {counts}")
        return self

    @model_validator(mode="after")
    def _everybody_can_buy(self) -> "Parameters":
        if problem := menus_problem(self):
            raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _run_can_be_played(self, validated: ValidationInfo) -> "Parameters":
        if validated.context != SPELL and (problem := extent_problem(spells_of(self))):
            raise ValueError(problem)
        return self
