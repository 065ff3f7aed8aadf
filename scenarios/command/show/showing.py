"""The answer to "what can I change?": a scenario's parameters, or some of them, for people, programs and files."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from market.fields import GRADES
from scenarios.command.show.facts import Choice, Row, parameter_rows, rule_choices
from scenarios.command.show.selection import Selection, excerpt, nearest_keys, select
from scenarios.files.finding import expected

if TYPE_CHECKING:
    from scenarios.files.loading import Scenario


def as_json(scenario: "Scenario", selection: Selection) -> dict[str, Any]:
    """Return what ``show --json`` prints.

    Raises:
        BadInput: If there is no such section or key.
    """
    rows, choices = select(parameter_rows(scenario.parameters), rule_choices(scenario.parameters), selection)
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "question": scenario.question,
        "parameters": [row.about() for row in rows],
        "rules": [choice.about() for choice in choices],
        "grades": _grades(rows, choices),
    }


def as_toml(scenario: "Scenario", selection: Selection) -> str:
    """Return a scenario file with what is selected; it loads to the values shown.

    Raises:
        BadInput: If there is no such section or key.
    """
    if not selection.partial:
        return scenario.to_toml()
    every = parameter_rows(scenario.parameters)
    rows, _ = select(every, rule_choices(scenario.parameters), selection)
    return excerpt(scenario, every, rows, selection)


def print_scenario(scenario: "Scenario", selection: Selection) -> None:
    """Print what is selected for people.

    Raises:
        BadInput: If there is no such section or key.
    """
    from scenarios.command.show.listing import page, print_parameters, print_wrapped
    from scenarios.command.show.rules import print_rules
    from scenarios.command.values import literal

    every, offered = parameter_rows(scenario.parameters), rule_choices(scenario.parameters)
    rows, choices = select(every, offered, selection)
    out = page()
    head = scenario.name if scenario.title == scenario.name else f"{scenario.name}: {scenario.title}"
    print_wrapped(out, literal(head, "bold"), 0)
    print_wrapped(out, literal(scenario.question), 0)
    if text := expected(scenario.origin):
        print_wrapped(out, literal(f"Expected: {text}"), 0)
    if any(row.changed for row in rows):
        out.print("* differs from the default")
    out.print()
    if not rows and not choices:
        print_wrapped(out, literal(_nothing(every, offered, selection)), 0)
        return
    print_parameters(out, rows)
    print_rules(out, choices)
    grades = "; ".join(f"{grade} {meaning}" for grade, meaning in _grades(rows, choices).items())
    print_wrapped(out, literal(f"Grades of sources: {grades}." if grades else ""), 0)


def _nothing(rows: Sequence[Row], choices: Sequence[Choice], selection: Selection) -> str:
    """Return why there is nothing to show, and the nearest keys."""
    where = f" in {selection.section}" if selection.section else ""
    if not selection.words:
        return f"Nothing{where} differs from the defaults."
    near = nearest_keys(selection.words, rows, choices)
    among = " of what differs from the defaults" if selection.changed else ""
    hint = f" Keys like it: {', '.join(near)}." if near else ""
    return f"Nothing{where}{among} matches {' and '.join(selection.words)}.{hint}"


def _grades(rows: Sequence[Row], choices: Sequence[Choice]) -> dict[str, str]:
    """Return what the grades mean that appear."""
    shown = {row.facts["grade"] for row in (*rows, *(row for choice in choices for row in choice.parameters))}
    return {grade: meaning for grade, meaning in GRADES.items() if grade in shown}
