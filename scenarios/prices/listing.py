"""From the lists of many channels, in which a model has many names, to one price a channel and model."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from scenarios.prices.names import LABS, UNKNOWN, Name, excluded, name_of
from scenarios.prices.table import FREE, TokenPrice

TWICE = "second names of a model at its price"
OTHERWISE = "further prices of one model in one channel, of which the first counts"


class Listed(NamedTuple):
    """A price as a list has it.

    Attributes:
        name: Of the model.
        channel: That asks it.
        region: In which, where it has prices by region.
        input: USD/Mtok.
        output: USD/Mtok.
    """

    name: str
    channel: str
    region: str
    input: float
    output: float


def one_each(listed: Sequence[Listed], day: str, left_out: Counter[str]) -> list[TokenPrice]:
    """Return one price for each channel, region and model.

    Prices of zero, variants and names without a version are left out. The date in a name counts where the lab itself
    asks another price for that version than for the model. A host is not taken for the lab of what it serves.

    Args:
        listed: Prices as they stand in lists.
        day: On which they hold, or empty.
        left_out: Counts what is left out, by the reason.
    """
    usual = []
    for item in listed:
        if why := FREE if item.input == 0 or item.output == 0 else excluded(item.name):
            left_out[why] += 1
        else:
            name = name_of(item.name)
            host = name.lab == item.channel and name.lab not in LABS
            usual.append((replace(name, lab=UNKNOWN) if host else name, item))
    usual.sort(key=lambda pair: pair[0].dated != pair[0].model)
    apart = _apart(usual)
    found: dict[tuple[str, ...], TokenPrice] = {}
    for name, item in usual:
        model = name.dated if (name.lab, name.dated) in apart else name.model
        price = TokenPrice(day, model, name.lab, item.channel, item.region, name.weights, item.input, item.output)
        first = found.setdefault((model, name.lab, item.channel, item.region), price)
        if first is not price:
            left_out[TWICE if first[-2:] == price[-2:] else OTHERWISE] += 1
    return list(found.values())


def _apart(usual: Sequence[tuple[Name, Listed]]) -> set[tuple[str, str]]:
    """Return the dated versions that their lab sells at another price than the model, by lab and name."""
    own = [(name, item) for name, item in usual if item.channel == name.lab]
    undated: dict[tuple[str, str], tuple[float, float]] = {}
    for name, item in own:
        if name.dated == name.model:
            undated.setdefault((name.lab, name.model), (item.input, item.output))
    return {(name.lab, name.dated) for name, item in own if undated.get((name.lab, name.model), item[-2:]) != item[-2:]}
