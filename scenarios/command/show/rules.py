"""What ``show`` prints of the rules that firms may follow, and how a scenario passes from one to another."""

from collections.abc import Sequence

from rich.console import Console

from market.conduct.own_rules import RULE
from scenarios.command.show.facts import Choice, Row
from scenarios.command.show.listing import print_flow, print_own, print_wrapped
from scenarios.command.values import literal, typed
from scenarios.files.toml import to_toml


def print_rules(out: Console, choices: Sequence[Choice]) -> None:
    """Print the rules that tables may follow, those of several tables together."""
    for group in _groups(choices):
        keys = list(dict.fromkeys(choice.key for choice in group))
        print_wrapped(out, literal(f"Rules of {', '.join(keys)}", "bold"), 0)
        print_flow(out, [(1, literal(part)) for part in _in_a_file(group)], 2, 6)
        out.print()
        by_rule: dict[str, list[Choice]] = {}
        for choice in group:
            by_rule.setdefault(choice.rule, []).append(choice)
        for found in by_rule.values():
            _print_rule(out, found, keys)
        _print_common(out, group)


def _groups(choices: Sequence[Choice]) -> list[list[Choice]]:
    """Return the choices of tables that have a rule in common together."""
    groups: list[list[Choice]] = []
    for choice in choices:
        for group in groups:
            tables = {found.path for found in group}
            if choice.path in tables or any(found.rule == choice.rule for found in group):
                group.append(choice)
                break
        else:
            groups.append([choice])
    return groups


def _own(choice: Choice) -> list[Row]:
    return [row for row in choice.parameters if row.path[-1] not in choice.common]


def _in_a_file(group: Sequence[Choice]) -> tuple[str, str, str]:
    """Return how a scenario file names another rule than the one in effect."""
    others = [choice for choice in group if not choice.in_effect] or list(group)
    choice = next((choice for choice in others if _own(choice)), others[0])
    values = {RULE: choice.rule, **{row.path[-1]: row.default for row in _own(choice)}}
    table = to_toml({"table": {"value": [values]}}).splitlines()[1].partition("= [")[2].removesuffix("]")
    *above, last = choice.path
    return "in a scenario file:", f"[{'.'.join(above)}]", f"{last} = {table}"


def _print_rule(out: Console, found: Sequence[Choice], keys: Sequence[str]) -> None:
    choice = found[0]
    used = [other.key for other in found if other.in_effect]
    missing = [key for key in keys if key not in {other.key for other in found}]
    notes = [f"in effect for {', '.join(used)}"] if used else []
    notes += [f"not for {', '.join(missing)}"] if missing else []
    print_flow(out, [(0, literal(choice.rule, "bold")), *((2, literal(f"({note})")) for note in notes)], 2, 6)
    print_wrapped(out, literal(choice.meaning), 6)
    assignments = [f"{choice.key}.{RULE}={choice.rule}"]
    assignments += [f"{row.key}={typed(row.default)}" for row in _own(choice) if row.default is not None]
    print_flow(out, [(2, literal(f"--set {assignment}", "dim")) for assignment in assignments], 6, 6)
    for row in _own(choice):
        print_own(out, row, 6)
    out.print()


def _print_common(out: Console, group: Sequence[Choice]) -> None:
    """Print the parameters that all the rules have."""
    rows = [row for row in group[0].parameters if row.path[-1] in group[0].common]
    if rows:
        out.print(literal("  every rule", "bold"))
        for row in rows:
            print_own(out, row, 6)
        out.print()
