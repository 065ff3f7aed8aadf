"""Prices of LiteLLM's ``model_prices_and_context_window.json``: USD per token, by the name that LiteLLM calls."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from scenarios.errors import BadInput, quoted
from scenarios.files.toml import read_text
from scenarios.prices.listing import Listed, one_each
from scenarios.prices.names import name_of, region_of
from scenarios.prices.table import TOKENS, Prices, checked_price, checked_text, table_of

MODES: Final = ("chat", "completion", "responses")
"""Of use that is paid by tokens of text."""

PER_MTOK: Final = 1_000_000

CHANNELS: Final = {
    "openai": "OpenAI", "text-completion-openai": "OpenAI", "anthropic": "Anthropic", "gemini": "Google", "xai": "xAI",
    "mistral": "Mistral", "codestral": "Mistral", "text-completion-codestral": "Mistral", "cohere": "Cohere",
    "cohere_chat": "Cohere", "deepseek": "DeepSeek", "moonshot": "Moonshot", "zai": "Z.AI", "minimax": "MiniMax",
    "dashscope": "Alibaba", "meta": "Meta", "meta_llama": "Meta", "amazon_nova": "Amazon", "perplexity": "Perplexity",
    "bedrock": "AWS Bedrock", "bedrock_converse": "AWS Bedrock", "bedrock_mantle": "AWS Bedrock",
    "azure": "Microsoft Azure", "azure_ai": "Microsoft Azure", "azure_text": "Microsoft Azure",
    "openrouter": "OpenRouter", "vercel_ai_gateway": "Vercel AI Gateway", "github_copilot": "GitHub Copilot",
}  # fmt: skip
"""Providers that are labs by the lab's name, and parts of one firm by that of the firm; others keep their own."""

SAMPLE = "sample_spec"
"""The entry that explains the others."""

COLUMNS: Final = ("input_cost_per_token", "output_cost_per_token")
NO_TEXT = "entries that are not for text, or have no price by the token"


def read_litellm(path: Path) -> Prices:
    """Return the prices of a file, which has no dates.

    Raises:
        BadInput: If it is not such a file, or holds a price that cannot be meant.
    """
    entries, left_out = _entries(path), Counter[str]()
    listed = []
    for name, entry in entries.items():
        where = f"{path}, {quoted(name)}"
        if not isinstance(entry, Mapping):
            raise BadInput(f"{where}: is {quoted(entry)}, must be an object with litellm_provider and costs")
        if name == SAMPLE:
            continue
        provider = entry.get("litellm_provider")
        amounts = [_cost(entry, column, where) for column in COLUMNS]
        if entry.get("mode") not in MODES or None in amounts or not isinstance(provider, str):
            left_out[NO_TEXT] += 1
            continue
        read, written = (
            checked_price(value, where, column, TOKENS) for value, column in zip(amounts, COLUMNS, strict=True)
        )
        channel = _channel(checked_text(provider, where, "litellm_provider"), checked_text(name, str(path), "model"))
        listed.append(Listed(name, channel, _region(name), read, written))
    return table_of(TOKENS, one_each(listed, "", left_out), str(path), left_out)


def _entries(path: Path) -> Mapping[str, Any]:
    """Return the entries of the file."""
    try:
        found = json.loads(read_text(path), parse_float=Decimal, object_pairs_hook=lambda pairs: _unique(pairs, path))
    except RecursionError:
        raise BadInput(f"{path}: is not valid JSON: nested too deeply") from None
    except ValueError as error:
        raise BadInput(f"{path}: is not valid JSON: {error}") from None
    except ArithmeticError:
        raise BadInput(f"{path}: holds a number that is too large to be read") from None
    known = isinstance(found, Mapping) and any(isinstance(entry, Mapping) for entry in found.values())
    if not known or not any("litellm_provider" in entry for entry in found.values() if isinstance(entry, Mapping)):
        raise BadInput(f"{path}: is no list of LiteLLM: an object of models, each with litellm_provider and costs")
    return found


def _unique(pairs: list[tuple[str, Any]], path: Path) -> dict[str, Any]:
    names = Counter(name for name, _ in pairs)
    for name, times in names.items():
        if times > 1:
            raise BadInput(f"{path}: {quoted(name)} comes {times} times")
    return dict(pairs)


def _cost(entry: Mapping[str, Any], column: str, where: str) -> float | None:
    """Return USD per million tokens at the lowest tier."""
    tiers = entry.get("tiered_pricing")
    lowest = tiers[0] if isinstance(tiers, list) and tiers and isinstance(tiers[0], Mapping) else {}
    cost = entry.get(column, lowest.get(column))
    if cost is None:
        return None
    if isinstance(cost, bool) or not isinstance(cost, int | float | Decimal):
        raise BadInput(f"{where}: {column} = {quoted(cost)} must be a number of USD per token")
    try:
        return float(Decimal(cost) * PER_MTOK)
    except (ArithmeticError, ValueError):
        raise BadInput(f"{where}: {column} = {quoted(cost)} must be a number of USD per token") from None


def _channel(provider: str, name: str) -> str:
    if provider.startswith("vertex_ai"):
        return "Google" if name_of(name).lab == "Google" else "Google Vertex AI"
    return CHANNELS.get(provider, provider)


def _region(name: str) -> str:
    """Return the region of ``azure/eu/gpt-4o``, ``bedrock/us-gov-east-1/…`` or ``eu.anthropic.…``."""
    found = re.match(r"(?:azure|azure_ai|bedrock)/(global|us-gov|us|eu|[a-z]+(?:-[a-z]+)+-[0-9])(?:-standard)?/", name)
    return found[1] if found else region_of(name)
