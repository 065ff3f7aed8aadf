"""Whole conducts by name: everything that presets on competition change, not the rule alone."""

from typing import Any, Final

CONDUCTS: Final = ("lab-cartel", "lab-price-war", "subsidised-growth", "chips-at-cost")
"""Presets that differ from the baseline in how a layer behaves, and in nothing else."""


def conduct(name: str) -> dict[str, Any]:
    """Return what a conduct changes: values by dotted name, a rule with its own parameters as one value."""
    from market.conduct.own_rules import RULE
    from scenarios.files.finding import HEAD, presets
    from scenarios.files.merging import flatten
    from scenarios.files.toml import read_toml

    table = read_toml(presets()[name])
    return flatten({key: value for key, value in table.items() if key not in HEAD}, (RULE,))
