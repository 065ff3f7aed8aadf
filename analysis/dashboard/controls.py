"""The controls of the page: which parameters they move, over which values, and what they say of themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from market.conduct.own_rules import RULE
from market.models import MODEL, TOKEN_MARKET, declared_by
from market.parameters.explain import locate, rules_of

SEGMENTS: Final = ("students", "consumers", "developers", "enterprises")


@dataclass(frozen=True)
class Control:
    """One or several parameters that the visitor moves together.

    Attributes:
        label: Short name.
        keys: Dotted names of the parameters; all get the same value.
        steps: Values of a slider, ascending; none for a choice by name.
    """

    label: str
    keys: tuple[str, ...]
    steps: tuple[float, ...] = ()

    def facts(self, values: Mapping[str, Any]) -> "Facts":
        """Return what the declaration says and what is in effect, from the parameters as nested tables."""
        path = self.keys[0].split(".")
        declared = path[:-1] if path[-1] == RULE else path
        _, annotation, field = locate(declared_by(values), declared, values)
        extra = field.json_schema_extra if field else None
        unit = str(extra.get("unit", "1")) if isinstance(extra, dict) else "1"
        present = [value_at(values, key) for key in self.keys]
        return Facts(
            meaning=(field.description or "") if field else "",
            unit="" if unit == "1" else unit,
            choices=tuple(rules_of(annotation)) or tuple(getattr(annotation, "__args__", ())),
            value=present[0] if len(set(present)) == 1 else sum(present) / len(present),
            differs=len(set(present)) > 1,
        )

    def steps_with(self, value: float) -> tuple[float, ...]:
        """Return the slider's values with the one in effect among them."""
        return tuple(sorted({*self.steps, value}))


@dataclass(frozen=True)
class Facts:
    """What a control says of itself.

    Attributes:
        meaning: Of the parameter, from its declaration.
        unit: From its declaration; empty for a pure number.
        choices: Names to choose among, where it is no number.
        value: In effect; the mean where the parameters differ.
        differs: Whether they do.
    """

    meaning: str
    unit: str
    choices: tuple[str, ...]
    value: Any
    differs: bool


def value_at(values: Mapping[str, Any], key: str) -> Any:
    """Return the value of a dotted name in nested tables."""
    found: Any = values
    for step in key.split("."):
        found = found[step]
    return found


def written(value: Any) -> str:
    """Write a value for a label."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.10g}".replace("-", "−")
    return str(value)


def _whole(low: int, high: int) -> tuple[float, ...]:
    return tuple(range(low, high + 1))


Groups = dict[str, tuple[Control, ...]]


def groups(values: Mapping[str, Any]) -> Groups:
    """Return the controls of a scenario's model under their headings."""
    return OF_MODELS[values[MODEL]](values)


def _of_the_token_market(values: Mapping[str, Any]) -> Groups:
    """Return the controls of the token market; loyalty has the segments of the scenario."""
    segments = tuple(values["population"]["segments"])
    return {
        "Firms": (
            Control("Chip vendors", ("vendors.count",), _whole(1, 12)),
            Control("Server makers", ("makers.count",), _whole(1, 12)),
            Control("Power suppliers", ("power.count",), _whole(1, 12)),
            Control("AI labs", ("labs.count",), _whole(1, 20)),
            Control("Resellers", ("resellers.count",), _whole(0, 60)),
        ),
        "Conduct": (
            *(
                Control(label, (f"{section}.pricing.{RULE}",))
                for label, section in (
                    ("Chip vendors' prices", "vendors"),
                    ("Server makers' prices", "makers"),
                    ("Power suppliers' prices", "power"),
                    ("Labs' prices", "labs"),
                    ("Resellers' prices", "resellers"),
                )
            ),
            Control("Labs' free plans", (f"tariffs.free.{RULE}",)),
        ),
        "Users and capacity": (
            Control(
                "Switching cost",
                tuple(f"population.segments.{name}.loyalty" for name in segments),
                tuple(0.25 * step for step in range(33)),
            ),
            Control("Chip capacity", ("vendors.capacity",), _grid(3, 6)),
            Control("Simulated users", ("population.users",), tuple(10**power for power in range(3, 11))),
            Control("Content commons", ("commons.mode",)),
        ),
        "Run": (Control("Play stops after", ("horizon.rounds",), (12, 24, 36, 48, 60, 84, 120, 180, 240, 360)),),
    }


def _of_the_textbook(_: Mapping[str, Any]) -> Groups:
    """Return the controls of the textbook chain."""
    return {
        "Firms": (
            Control("Vendors", ("vendors.count",), _whole(1, 12)),
            Control("AI labs", ("labs.count",), _whole(1, 20)),
            Control("Resellers", ("resellers.count",), _whole(0, 60)),
            Control("Labs that own a reseller", ("chain.integrated",), _whole(0, 5)),
        ),
        "Conduct": (
            Control("Vendors' prices", (f"vendors.pricing.{RULE}",)),
            Control("Labs' prices", (f"labs.pricing.{RULE}",)),
            Control("Resellers' prices", (f"resellers.pricing.{RULE}",)),
            Control("Margins below", ("chain.timing",)),
        ),
        "Cost": (
            Control("Of vendors", ("chain.hardware_cost",), tuple(0.5 * step for step in range(17))),
            Control("Of labs", ("chain.lab_cost",), tuple(0.5 * step for step in range(9))),
            Control("Of resellers", ("chain.reseller_cost",), tuple(0.5 * step for step in range(9))),
        ),
        "Run": (Control("Play stops after", ("horizon.rounds",), (12, 24, 36, 48, 60, 84, 120, 180, 240, 360)),),
    }


def _of_learning(_: Mapping[str, Any]) -> Groups:
    """Return the controls of the pricing game."""
    return {
        "Firms": (Control("AI labs", ("labs.count",), _whole(2, 4)),),
        "Learning": (
            Control("Prices to choose among", ("learning.prices",), _whole(2, 24)),
            Control("Weight of the next period", ("learning.discount",), tuple(0.05 * step for step in range(20))),
            Control("Weight of the last profit", ("learning.rate",), (0.025, 0.05, 0.1, 0.15, 0.2, 0.25)),
            Control("What labs learn about", ("learning.updating",)),
            Control("Periods they look back", ("learning.memory",), _whole(0, 1)),
            Control("Sessions", ("learning.sessions",), (10, 20, 50, 100, 200, 500, 1000)),
        ),
        "Run": (Control("Play stops after", ("horizon.rounds",), (12, 24, 36, 48, 60, 84, 120, 180, 240, 360)),),
    }


def _grid(low: int, high: int) -> tuple[float, ...]:
    """Return 1, 1.5, 2, 3, 4, 6, 8 in each decade from 10**low to 10**high."""
    steps = [1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0]
    return (*(step * 10.0**power for power in range(low, high) for step in steps), 10.0**high)


OF_MODELS: Final[Mapping[str, Callable[[Mapping[str, Any]], Groups]]] = {
    TOKEN_MARKET: _of_the_token_market,
    "textbook": _of_the_textbook,
    "learning": _of_learning,
}
