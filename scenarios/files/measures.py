"""Numbers that sum up a run, by the names people ask for: ``layers.labs.margin``, ``rounds.price_retail``."""

from collections.abc import Iterable
from dataclasses import dataclass

from market.parameters import Horizon
from market.parameters.run import RunParameters
from market.records.columns import LAYERS, TABLES
from scenarios.errors import BadInput, did_you_mean, quoted

RATIOS = {
    "margin": ("profit", "revenue"),
    "capitalised_margin": ("capitalised_profit", "revenue"),
    "cash_margin": ("cash_profit", "revenue"),
}
"""Quotients of two sums over the run, by the name of the measure."""
LOWEST_RATIO = -1.0
"""A layer that loses more than it sells has failed: how much more says little, and would outweigh all other runs."""
PROFIT_GAIN = "profit_gain"
LAST = (PROFIT_GAIN, "firms")
"""Columns of layers of which the last month counts; money is summed over the run."""
GAIN = f"horizon.{PROFIT_GAIN}"
"""The key that says whether the profit gain is worked out."""


@dataclass(frozen=True)
class Measure:
    """A number that sums up a run.

    Attributes:
        name: As people ask for it.
        layer: Whose; None for the market.
        column: Of the table ``layers`` or ``rounds``, or a quotient of ``RATIOS``.
    """

    name: str
    layer: str | None
    column: str

    @property
    def unit(self) -> str:
        """Its unit."""
        return "1" if self.column in RATIOS else TABLES["layers" if self.layer else "rounds"].units[self.column]

    @property
    def lowest(self) -> float:
        """What lower values count as."""
        return LOWEST_RATIO if self.column in RATIOS else float("-inf")

    @property
    def words(self) -> str:
        """What tables and figures call it: ``margin of labs``."""
        column = self.column.replace("_", " ")
        return f"{column} of {self.layer}" if self.layer else column


DEFAULT = tuple(f"layers.{layer}.margin" for layer in LAYERS)
"""Operating margins over the run."""


def measure_of(name: str) -> Measure:
    """Return the measure of a name.

    Raises:
        BadInput: If there is none.
    """
    known = measures()
    if name not in known:
        near = did_you_mean(name, known) if len(name) < 60 else ""
        raise BadInput(f"--measure: there is no {quoted(name)}, such as {DEFAULT[0]} or rounds.price_retail{near}")
    return known[name]


def needed(parameters: RunParameters, names: Iterable[str]) -> dict[str, bool]:
    """Return what a batch of a scenario that measures these must set, by dotted name."""
    columns = [measure_of(name).column for name in names]
    return {GAIN: True} if PROFIT_GAIN in columns and may_lack_gain(parameters) else {}


def left_out(parameters: RunParameters, columns: Iterable[str]) -> dict[str, bool]:
    """Return what need not be worked out where only these columns are asked for, by dotted name: it takes long."""
    return {GAIN: False} if PROFIT_GAIN not in columns and may_lack_gain(parameters) else {}


def may_lack_gain(parameters: RunParameters) -> bool:
    """Whether a scenario says if the profit gain is worked out; in other models it is a closed form."""
    return isinstance(parameters.horizon, Horizon)


def measures() -> dict[str, Measure]:
    """Return every measure by its name."""
    found = [Measure(f"layers.{layer}.{column}", layer, column) for layer in LAYERS for column in _of_layers()]
    found += [Measure(f"rounds.{column}", None, column) for column in _numbers("rounds")]
    return {measure.name: measure for measure in found}


def _of_layers() -> list[str]:
    return list(dict.fromkeys((*_numbers("layers"), *RATIOS)))


def _numbers(table: str) -> list[str]:
    return [column.name for column in TABLES[table].columns if column.type in (int, float) and column.name != "round"]
