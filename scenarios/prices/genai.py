"""Prices of the package genai-prices, which knows the lists of some fifty providers."""

import re
from collections import Counter
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from scenarios.errors import BadInput
from scenarios.prices.listing import Listed, one_each
from scenarios.prices.names import name_of, region_of
from scenarios.prices.table import TOKENS, Prices, checked_price, table_of

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

NAME = "genai"
"""What the command line calls this source."""

OWN: Final = {
    "openai": "OpenAI", "anthropic": "Anthropic", "google": "Google", "x-ai": "xAI", "mistral": "Mistral",
    "cohere": "Cohere", "deepseek": "DeepSeek", "moonshotai": "Moonshot", "zai": "Z.AI", "minimax": "MiniMax",
    "meta": "Meta", "perplexity": "Perplexity",
}  # fmt: skip
"""Providers that are labs."""

SECOND_LISTS: Final = {"zhipuai": "lists of a lab for its home country", "openai-decisions": "lists of one purpose"}

IMPORTED: Final = re.compile("gpt-oss|deepseek-v3|gemma|mistral-small-(24b|3-1)")
"""Open weights that stand in the list of their lab, and were copied there from those who serve them."""

NO_OUTPUT = "prices of something else than tokens read and written"
COPIED = "prices in a lab's list that are those of other hosts (open weights)"
NOTES = (
    "genai-prices has no days of launch: the list of a past day holds models that came later, at their first price",
    "where a price depends on the hour, it is that of noon UTC; where it depends on length, that of short texts",
)


def read_genai(day: date | None) -> Prices:
    """Return the prices that the installed genai-prices knows of a day, today if omitted.

    Raises:
        BadInput: If the package is missing, or holds a price that cannot be meant.
    """
    try:
        from genai_prices import __version__ as version
        from genai_prices.data import providers
    except ImportError as error:
        raise BadInput(
            f"{NAME}: the package genai-prices cannot be imported ({error}); pip install 'genai-prices>=0.2.3', or "
            "pip install --editable '.[prices]' where tokenmarket lies"
        ) from None
    day = day or datetime.now(UTC).date()
    source, left_out = f"genai-prices {version}", Counter[str]()
    listed = []
    for provider in providers:
        for model in provider.models:
            if item := _listed(provider, model, datetime.combine(day, time(12), UTC), source, left_out):
                listed.append(item)
    return table_of(TOKENS, one_each(listed, str(day), left_out), source, left_out, NOTES)


def _listed(
    provider: "Provider", model: "ModelInfo", noon: datetime, source: str, left_out: Counter[str]
) -> Listed | None:
    """Return the price of a model with a provider; nothing, but a count, where it is none to compare."""
    where = f"{source}, {provider.id} {model.id}"
    prices = model.get_prices(noon)
    amounts = (_base(prices.input_mtok), _base(prices.output_mtok))
    if not any(value is not None for value in vars(prices).values()):
        amounts = (0, 0)  # how the package writes what is free
    lab = name_of(model.id).lab
    channel = OWN.get(provider.id, provider.name)
    if channel == "Google" != lab:
        channel = "Google Vertex AI"
    if why := SECOND_LISTS.get(provider.id) or (NO_OUTPUT if None in amounts else ""):
        left_out[why] += 1
        return None
    if channel == lab and IMPORTED.match(name_of(model.id).model):
        left_out[COPIED] += 1
        return None
    read, written = (
        checked_price(value, where, what, TOKENS) for value, what in zip(amounts, ("input", "output"), strict=True)
    )
    return Listed(model.id, channel, region_of(model.id), read, written)


def _base(price: Any) -> Any:
    """Return the lowest tier of a price: the package would bill all tokens of a long text at the highest reached."""
    return getattr(price, "base", price)
