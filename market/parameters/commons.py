"""The content commons: what people and models write, and what it does to the models trained on it."""

from typing import Literal

from pydantic import Field

from market.fields import Section, quantity


class Commons(Section):
    """Human and synthetic text as the raw material of training. Ttok is 10¹² tokens, a trillion."""

    fixed = (
        "mode",
        "regime",
        "stock",
        "stock_growth",
        "generation",
        "opening_set",
        "set_elasticity",
        "model_exponent",
        "data_exponent",
        "effective_draws",
    )

    mode: Literal["off", "on", "alone"] = Field(
        "off",
        description="off: training data is never short; on: the market writes and pays, and models depend on the "
        "commons; alone: the commons runs on the adoption curves, and the market takes no notice of it",
    )
    regime: Literal["accumulate", "replace"] = Field(
        "accumulate",
        description="accumulate: a training set keeps all text before it; replace: only what was posted since the "
        "last generation is left to train on",
    )
    stock: float = quantity(
        300.0,
        "Ttok",
        "Human text fit for training at the start, repetition of good text counted",
        plausible=(100.0, 1000.0),
        gt=0,
        le=1e6,
        source="Villalobos et al. 2024 (Epoch AI), 90 per cent interval 100 to 1000",
        grade="B",
        link="https://arxiv.org/abs/2211.04325",
        known_from="2024-06",
    )
    stock_growth: float = quantity(
        0.07,
        "1/year",
        "Yearly growth of human text if nobody relied on AI",
        plausible=(0.01, 0.10),
        ge=0,
        le=1,
        source="Villalobos et al.: 7 per cent a year now, falling to 1 per cent by 2100",
        grade="B",
        link="https://arxiv.org/abs/2211.04325",
        known_from="2024-06",
    )
    fall: float = quantity(
        0.45,
        "1",
        "Share of what a person writes that is no longer written once the person relies on AI",
        plausible=(0.2, 0.9),
        ge=0,
        le=1,
        source="posts on Stack Overflow fell by 16 to 25 per cent (del Rio-Chanona et al. 2024) while 44 per cent of "
        "developers used AI",
        grade="CALC",
        link="https://arxiv.org/abs/2307.07367",
        known_from="2024-09",
    )
    posted_per_user: float = quantity(
        6000.0,
        "tokens/month",
        "Text written by AI that a user of AI posts in a month, in tokens fit for training",
        plausible=(2000.0, 20000.0),
        ge=0,
        le=1e9,
        source="AI wrote half of new web articles in 2024-11 (Graphite 2025); human text and users as in the baseline",
        grade="CALC",
        known_from="2025-10",
    )
    posting_elasticity: float = quantity(
        0.0,
        "1",
        "Elasticity of text posted per user to tokens used per user",
        plausible=(0.0, 1.0),
        ge=0,
        le=2,
        source="AI's share of new articles has not risen since 2024-05 (Graphite 2025) while tokens per user have",
        grade="M",
        known_from="2025-10",
    )
    detection: float = quantity(
        0.84,
        "1",
        "Share of synthetic text that a lab finds and drops",
        plausible=(0.3, 0.99),
        ge=0,
        le=1,
        source="AI's share of new articles against its share of what Google ranks high, 50 and 14 per cent (Graphite)",
        grade="CALC",
        known_from="2025-10",
    )
    false_alarms: float = quantity(
        0.042,
        "1",
        "Share of human text that a lab takes for synthetic and drops",
        plausible=(0.0, 0.1),
        ge=0,
        le=1,
        source="false positives of the Surfer detector on articles from before ChatGPT (Graphite 2025)",
        grade="B",
        known_from="2025-10",
    )
    generation: int = quantity(
        6,
        "month",
        "Months from one training set of the labs to the next",
        plausible=(3, 24),
        ge=1,
        le=120,
        source="knowledge cut-offs of public models",
        grade="M",
    )
    opening_set: float = quantity(
        15.0,
        "Ttok",
        "Training set of the best model at the start",
        plausible=(5.0, 30.0),
        gt=0,
        le=1e6,
        source="Llama 3, April 2024",
        grade="A",
        link="https://ai.meta.com/blog/meta-llama-3/",
        known_from="2024-04",
    )
    set_elasticity: float = quantity(
        0.6,
        "1",
        "Elasticity of the training set a lab wants to its training compute",
        plausible=(0.5, 0.75),
        ge=0,
        le=1,
        source="0.5 where compute is spent best; sets grew 3.1-fold and compute 4.5-fold a year (Epoch AI)",
        grade="CALC",
        known_from="2024-06",
    )
    model_exponent: float = quantity(
        0.348,
        "1",
        "Exponent of model size in the scaling law of loss (alpha)",
        plausible=(0.33, 0.37),
        gt=0,
        le=2,
        source="Besiroglu et al. 2024, refit of Hoffmann et al. 2022",
        grade="B",
        link="https://arxiv.org/abs/2404.10102",
        known_from="2024-04",
    )
    data_exponent: float = quantity(
        0.366,
        "1",
        "Exponent of training data in the scaling law of loss (beta)",
        plausible=(0.28, 0.40),
        gt=0,
        le=2,
        source="Besiroglu et al. 2024; 0.28 in Hoffmann et al. 2022",
        grade="B",
        link="https://arxiv.org/abs/2404.10102",
        known_from="2024-04",
    )
    effective_draws: float = quantity(
        10.0,
        "1",
        "Independent draws to which a generation's synthetic text amounts: few, for models repeat themselves",
        plausible=(5.0, 1000.0),
        gt=1,
        le=1e15,
        source="stories with ideas from AI are 10.7 per cent more alike (Doshi and Hauser 2024)",
        grade="M",
        link="https://doi.org/10.1126/sciadv.adn5290",
        known_from="2024-07",
    )
    licence_share: float = quantity(
        0.0,
        "1",
        "Share of their revenue that labs pay to creators for the text they train on",
        plausible=(0.0, 0.3),
        ge=0,
        le=0.5,
    )
    creator_income: float = quantity(
        5000.0,
        "USD/Mtok",
        "What creators earn by their text without licences",
        plausible=(500.0, 20000.0),
        gt=0,
        le=1e9,
        source="advertising at 5 USD per thousand views of a page of a thousand tokens seen a thousand times",
        grade="M",
    )
    creator_response: float = quantity(
        0.3,
        "1",
        "Elasticity of text written to creators' income",
        plausible=(0.0, 1.0),
        ge=0,
        le=3,
    )
