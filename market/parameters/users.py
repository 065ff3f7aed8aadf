"""Who buys tokens: segments of people, their tastes, languages and adoption."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from market.fields import ByName, Section, quantity


class Segment(Section):
    """People with a similar need; within a segment tastes are spread around these means."""

    fixed = ("people", "taste_spread", "need_spread", "adopted", "languages")

    people: float = quantity(
        5e8,
        "people",
        "People who could become users",
        ge=0,
        le=2e10,
        source="order of magnitude of the segment",
    )
    need: float = quantity(
        0.15,
        "Mtok/month",
        "Mean monthly use per active user at the reference price, in tokens of English",
        ge=0,
        le=1e4,
        source="1,150 output tokens a day and 4 input tokens per output token (Altman 2024-02, OpenRouter)",
        grade="CALC",
        known_from="2024-02",
    )
    price_sensitivity: float = quantity(
        2.5,
        "1",
        "Fall of an offer's utility when its price rises by one per cent of the reference price, times 100",
        plausible=(1.0, 5.0),
        ge=0.01,
        le=100,
        source="no direct estimate exists; swept in sensitivity studies",
    )
    quality_taste: float = quantity(
        0.6,
        "1/doubling",
        "Utility of one doubling of effective training compute",
        plausible=(0.2, 1.2),
        ge=0,
        le=20,
        source="no direct estimate exists; swept in sensitivity studies",
    )
    base_value: float = quantity(
        1.5, "1", "Utility of a frontier model at the reference price over doing without", ge=-50, le=50
    )
    reseller_taste: float = quantity(
        0.0,
        "1",
        "Mean extra utility of buying through a reseller (one bill, compliance, tools)",
        ge=-50,
        le=50,
    )
    loyalty: float = quantity(
        5.5,
        "1",
        "Utility lost by leaving the last provider (switching cost)",
        plausible=(4.5, 6.5),
        ge=0,
        le=50,
        source="1.0 to 2.4 per cent of users switch vendor in a month (Menlo 2025; web shares 2025)",
        grade="CALC",
        known_from="2025-12",
    )
    sees_free: bool = Field(
        True, description="Whether free plans are open to the segment", json_schema_extra={"unit": "1"}
    )
    sees_subscription: bool = Field(
        True, description="Whether subscriptions are open to the segment", json_schema_extra={"unit": "1"}
    )
    sees_metered: bool = Field(
        True, description="Whether the segment may buy by the token", json_schema_extra={"unit": "1"}
    )
    taste_spread: float = quantity(
        0.35,
        "1",
        "Standard deviation of the logarithm of price sensitivity and taste for quality",
        ge=0,
        le=2,
    )
    need_spread: float = quantity(0.8, "1", "Standard deviation of the logarithm of need", ge=0, le=2.5)
    adopted: float = quantity(
        0.055,
        "1",
        "Share of the people who use AI at the start",
        ge=0,
        le=1,
        source="about 110 million weekly users of ChatGPT in 2024-01 out of 2 billion",
        grade="CALC",
        known_from="2024-03",
    )
    adoption_speed: float = quantity(
        0.105,
        "1/month",
        "Initial monthly growth of adoption along its logistic curve",
        plausible=(0.03, 0.15),
        ge=0,
        le=2,
        source="weekly users of ChatGPT 125 M (2024-03) to 900 M (2026-02)",
        grade="CALC",
        known_from="2026-02",
    )
    languages: Annotated[dict[str, float], ByName] = Field(
        default={"english": 1.0},
        description="Share of use by language; each must be known to tokens.fertility",
        json_schema_extra={"unit": "1", "source": "modelling choice", "grade": "D"},
    )

    @property
    def sees(self) -> tuple[bool, ...]:
        """Whether each plan is open to the segment; a small model by the token is where the best one is."""
        return self.sees_free, self.sees_subscription, self.sees_metered, self.sees_metered

    @model_validator(mode="after")
    def _languages_add_up(self) -> "Segment":
        shares = self.languages.values()
        if not shares or any(share < 0 for share in shares) or abs(sum(shares) - 1) > 1e-9:
            raise ValueError("languages must be shares ≥ 0 that add up to 1")
        return self


def _segments() -> dict[str, Segment]:
    world = {"english": 0.45, "chinese": 0.25, "spanish": 0.15, "german": 0.08, "japanese": 0.07}
    trade = {"english": 0.65, "chinese": 0.15, "spanish": 0.07, "german": 0.08, "japanese": 0.05}
    return {
        "students": Segment(
            people=3.0e8,
            need=0.12,
            price_sensitivity=3.5,
            quality_taste=0.45,
            reseller_taste=-1.0,
            languages=world,
        ),
        "consumers": Segment(
            people=1.6e9,
            need=0.12,
            price_sensitivity=2.5,
            quality_taste=0.5,
            reseller_taste=-1.0,
            languages=world,
        ),
        "developers": Segment(
            people=3.0e7,
            need=3.0,
            price_sensitivity=3.0,
            quality_taste=0.8,
            reseller_taste=0.0,
            loyalty=4.5,
            need_spread=1.2,
            languages=trade,
        ),
        "enterprises": Segment(
            people=7.0e7,
            need=1.5,
            price_sensitivity=1.8,
            quality_taste=0.7,
            reseller_taste=0.4,
            loyalty=6.0,
            need_spread=1.0,
            languages=trade,
        ),
    }


class Population(Section):
    """How many users are simulated, by which engine, and how their demand is shaped."""

    fixed = ("users", "engine", "types")

    users: int = quantity(
        100_000,
        "users",
        "Users simulated; each stands for people/users of its segment, so this sets sampling noise, not market size",
        ge=1_000,
        le=100_000_000_000,
    )
    engine: Literal["auto", "individual", "cohort"] = Field(
        "auto",
        description="individual: every user an array entry; cohort: multinomial draws; auto picks by size",
    )
    types: int = quantity(64, "1", "Taste types per segment (scrambled Sobol points; a power of two)", ge=1, le=1024)
    segments: Annotated[dict[str, Segment], ByName] = Field(
        default_factory=_segments, description="The segments of users by name", min_length=1
    )
    reference_price: float = quantity(
        4.0,
        "USD/Mtok",
        "Price at which need and price sensitivity are measured",
        plausible=(2.0, 11.3),
        gt=0,
        le=1e6,
        source="blended list price of frontier models (genai-prices)",
        grade="A",
        link="https://github.com/pydantic/genai-prices",
        known_from="2024-01",
    )
    quantity_elasticity: float = quantity(
        0.9,
        "1",
        "Own-price elasticity of the quantity a user buys from the chosen provider",
        plausible=(0.5, 1.5),
        ge=0,
        le=5,
        source="-1.11 across hosts of one model (Demirer et al. 2025), market elasticity -0.5 to -1.5",
        grade="B",
        known_from="2025-12",
    )
    nests: Literal["model", "channel"] = Field(
        "model",
        description="Which offers are the closer substitutes: those of one lab's model, whoever sells it, or those of "
        "one channel, direct or resold",
        json_schema_extra={
            "unit": "1",
            "source": "a model costs the same wherever it is sold (median of 650 pairs of reseller and list price)",
            "grade": "CALC",
            "known_from": "2026-11",
        },
    )
    nest_correlation: float = quantity(
        0.95,
        "1",
        "Correlation of tastes for the offers of one nest (rho)",
        plausible=(0.8, 0.98),
        ge=0,
        le=0.99,
        source="retail over list price of one model is 1.00 (650 pairs); hosts of one model answer to price",
        grade="CALC",
        known_from="2026-11",
    )
    plan_correlation: float = quantity(
        0.95,
        "1",
        "Correlation of tastes for the plans of one seller, at least that of a nest",
        plausible=(0.9, 0.98),
        ge=0,
        le=0.99,
        source="plans of one seller differ in what they cost and little else",
        grade="M",
    )
    satiation: float = quantity(
        10.0,
        "1",
        "Most use, relative to need at the reference price: tokens beyond are worth nothing even where they are free",
        plausible=(3.0, 20.0),
        gt=0,
        le=1e6,
        source="plans of 200 USD a month are used for 400 to 600 USD of tokens, some for thousands",
        grade="C",
        known_from="2026-01",
    )
    obsolescence: float = quantity(
        0.9,
        "1",
        "Share of the frontier's progress by which users raise what they expect of a model",
        ge=0,
        le=1,
    )
    need_growth: float = quantity(
        0.05,
        "1/month",
        "Initial monthly growth of need per user (longer prompts, agents)",
        plausible=(0.0, 0.1),
        ge=-0.5,
        le=1,
        source="token volumes +13 per cent a month (Google 2024-04 to 2026) less user growth and price effect",
        grade="CALC",
        known_from="2026-03",
    )
    need_growth_later: float = quantity(0.01, "1/month", "Monthly growth of need in the long run", ge=-0.5, le=1)
    need_growth_fades: float = quantity(
        24.0,
        "month",
        "Months over which growth of need fades from its first to its later value",
        gt=0,
        le=1200,
    )

    @field_validator("types")
    @classmethod
    def _power_of_two(cls, types: int) -> int:
        if types & (types - 1):
            raise ValueError("types must be a power of two, as Sobol points come in powers of two")
        return types
