"""How many tokens a text of each language needs."""

from typing import Annotated

from pydantic import Field, model_validator

from market.fields import EVERY, ByName, Section

FERTILITY = {"english": 1.0, "chinese": 1.14, "japanese": 1.64, "german": 1.28, "spanish": 1.20}


class Tokens(Section):
    """How many tokens a text needs."""

    fixed = (EVERY,)

    fertility: Annotated[dict[str, float], ByName] = Field(
        default=FERTILITY,
        description="Tokens per text relative to English",
        json_schema_extra={
            "unit": "1",
            "source": "parallel paragraph through the o200k tokenizer",
            "grade": "CALC",
            "known_from": "2024-05",
            "link": "https://github.com/openai/tiktoken",
        },
    )

    @model_validator(mode="after")
    def _positive(self) -> "Tokens":
        if any(not 0 < value <= 100 for value in self.fertility.values()):
            raise ValueError("fertility must be above 0 and at most 100")
        return self
