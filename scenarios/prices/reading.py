"""Which kind of price list a source is, and its prices."""

from datetime import date
from pathlib import Path

from scenarios.errors import BadInput
from scenarios.files.rows import header_of
from scenarios.files.toml import read_text
from scenarios.prices import skypilot
from scenarios.prices.genai import NAME, read_genai
from scenarios.prices.litellm import read_litellm
from scenarios.prices.table import COMPUTE, TOKENS, Prices, on_day
from scenarios.prices.tidy import NEEDED, read_tidy


def read_prices(source: str, day: date | None = None) -> Prices:
    """Return the prices of a source that hold on a day.

    Args:
        source: ``genai`` for the installed package genai-prices, or a file: LiteLLM's JSON, a catalogue of SkyPilot,
            or a tidy CSV.
        day: The last that there are, if omitted; today's of the package. A source without dates is taken for that of
            this day.

    Raises:
        BadInput: If it is none of these, holds nothing of that day, or a row that cannot be used.
    """
    if source == NAME:
        return read_genai(day)
    path = Path(source)
    return on_day(_read(path), day)


def _read(path: Path) -> Prices:
    if path.suffix.casefold() == ".json" or read_text(path).lstrip().startswith(("{", "[")):
        return read_litellm(path)
    header = header_of(path)
    if {"InstanceType", "AcceleratorName"} & set(header):
        return skypilot.read_skypilot(path)
    if {"price", "accelerator"} & set(header):
        return read_tidy(path, COMPUTE)
    if {"model", "lab", "input", "output"} & set(header):
        return read_tidy(path, TOKENS)
    kinds = "; or ".join(", ".join(NEEDED[unit]) for unit in (TOKENS, COMPUTE))
    raise BadInput(
        f"{path}: is no list of prices: neither JSON of LiteLLM, nor a catalogue of SkyPilot, nor a CSV file with the "
        f"columns {kinds}"
    )
