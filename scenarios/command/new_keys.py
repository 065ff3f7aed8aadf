"""Keys to begin a scenario with, as their declarations describe them."""

import textwrap
from collections.abc import Iterator, Sequence

from market.conduct.own_rules import RULE
from scenarios.command.show.facts import Choice, Row, parameter_rows, rule_choices
from scenarios.command.show.listing import COLUMNS
from scenarios.files.toml import to_toml

QUESTION = "What do fewer labs change for labs, chip vendors and users?"
CHANGES = {"labs.count": 3}
"""What a new scenario changes, so that it differs from the start."""
OFFERED = (
    "horizon.rounds",
    "vendors.count",
    "vendors.capacity",
    "vendors.pricing",
    "labs.count",
    "labs.overhead_share",
    "labs.wholesale",
    "labs.pricing",
    "training.budget",
    "resellers.count",
    "policy.token_tax",
    "policy.price_cap",
)
WIDTH = 110


def key_lines() -> str:
    """Return tables of keys with meaning, unit and bounds as comments; those that change nothing are commented out."""
    from scenarios.files.loading import load

    baseline = load("baseline").parameters
    rows = {row.key: row for row in parameter_rows(baseline)}
    rules: dict[str, list[Choice]] = {}
    for choice in rule_choices(baseline):
        rules.setdefault(choice.key, []).append(choice)
    lines: list[str] = []
    table = ""
    for key in OFFERED:
        above, _, last = key.rpartition(".")
        if above != table:
            lines += ["", f"[{above}]"]
            table = above
        lines += _rule(last, rules[key]) if key in rules else _number(last, rows[key])
    return "\n".join(lines).strip()


def _number(last: str, row: Row) -> Iterator[str]:
    said = [f"{column.label} {text}".strip() for column in COLUMNS[1:] if (text := column.text(row))]
    value = CHANGES.get(row.key, row.value)
    if row.key in CHANGES:
        said.append(f"by default {row.value}")
    yield from _comment(f"{row.facts['meaning']}: {', '.join(said)}")
    yield f"{'' if row.key in CHANGES else '#'}{to_toml({last: value}).strip()}"


def _rule(last: str, choices: Sequence[Choice]) -> Iterator[str]:
    names = ", ".join(choice.rule for choice in choices)
    yield from _comment(f"{choices[0].decides}: {names}")
    other = next(choice for choice in choices if not choice.in_effect and len(choice.parameters) > len(choice.common))
    own = {row.path[-1]: row.default for row in other.parameters if row.path[-1] not in other.common}
    table = to_toml({"tables": [{RULE: other.rule, **own}]}).strip()
    yield f"#{last} = {table.partition('[')[2].removesuffix(']')}"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
