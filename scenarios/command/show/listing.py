"""What ``show`` prints of parameters: a table where it fits, else a list."""

import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from scenarios.command.display import WIDEST
from scenarios.command.show.facts import Row
from scenarios.command.values import in_words, literal

MARK = "* "
INDENT = 6
LONGEST_CELL = 30
"""Columns of a cell of figures; longer ones go on in the next line, between words."""
MEANING, SOURCE = 34, 24
"""Least columns for the meaning and the source in a table."""


@dataclass(frozen=True)
class Column:
    """One fact shown beside the key: what a table heads it, how it reads, what a list calls it, blanks before it."""

    head: str
    text: Callable[[Row], str]
    label: str = ""
    right: bool = False
    gap: int = 2


def _unit(row: Row) -> str:
    unit = str(row.facts["unit"])
    return "" if unit == "1" else unit


def _plausible(row: Row) -> str:
    ends = row.facts["plausible"]
    return f"{in_words(ends[0])} to {in_words(ends[1])}" if ends else ""


def _value(row: Row) -> str:
    return "removed" if row.removed else row.value if row.entry_of else in_words(row.value)


def _default(row: Row) -> str:
    return in_words(row.default) if row.changed and row.default is not None and not row.entry_of else ""


COLUMNS = (
    Column("value", _value, right=True, gap=1),
    Column("unit", _unit, gap=1),
    Column("allowed", lambda row: str(row.facts["range"]), "allowed"),
    Column("plausible", _plausible, "plausible"),
    Column("default", _default, "default"),
    Column("event", lambda row: "yes" if row.dated else "", "can change by an event"),
    Column("firm", lambda row: "yes" if row.of_a_firm else "", "can differ by firm"),
)
"""What is shown beside the key; another fact of `scenarios.command.show.facts.FACTS` is one more line here."""


def page() -> Console:
    """Return the console for standard output; a pager at the end of a pipe is as wide as the terminal it shows on."""
    found = Console(highlight=False)
    near = any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    return found if near or "COLUMNS" in os.environ else Console(highlight=False, width=WIDEST)


def print_parameters(out: Console, rows: Sequence[Row]) -> None:
    """Print parameters section by section."""
    sections: dict[str, list[Row]] = {}
    for row in with_entries_joined(rows):
        sections.setdefault(row.path[0] if len(row.path) > 1 else "scenario", []).append(row)
    as_table = all(_fits(found, out.width) for found in sections.values())
    for name, found in sections.items():
        out.print(literal(name, "bold"))
        if as_table:
            out.print(_table(found, out.width))
        else:
            for row in found:
                print_row(out, row)
        out.print()


def with_entries_joined(rows: Iterable[Row]) -> list[Row]:
    """Return the rows with the entries of one free table (languages) in one row, their values as text."""
    joined: dict[str, Row] = {}
    for row in rows:
        if row.entry_of is None:
            joined[row.key] = row
            continue
        entry, before = f"{row.path[-1]} {in_words(row.value)}", joined.get(row.entry_of)
        value = entry if before is None else f"{before.value}, {entry}"
        changed = row.changed or (before is not None and before.changed)
        joined[row.entry_of] = Row(row.path[:-1], value, None, changed, row.facts, row.entry_of)
    return list(joined.values())


def source(row: Row) -> Text:
    """Return where a value comes from, with its grade; a link where there is one and the terminal can follow it."""
    grade, link, known_from = row.facts["grade"], row.facts["link"], row.facts["known_from"]
    text = literal(row.facts["source"], Style(link=link) if link else "")
    known = f", known from {known_from}" if known_from else ""
    return text + literal(f" ({grade}{known})") if grade else text


def print_row(out: Console, row: Row) -> None:
    """Print one parameter: key, value and bounds on one line where they fit, then meaning and source."""
    mark = MARK if row.changed else " " * len(MARK)
    _print_facts(out, literal(f"{mark}{row.key} =", "bold"), row, 0)


def print_own(out: Console, row: Row, indent: int) -> None:
    """Print one parameter of a rule, by its last key alone."""
    _print_facts(out, literal(f"{row.path[-1]} ="), row, indent)


def _print_facts(out: Console, key: Text, row: Row, indent: int) -> None:
    style = "bold" if row.changed else ""
    said = [(column, text) for column in COLUMNS if (text := column.text(row))]
    atoms = [(column.gap, literal(f"{column.label} {text}".strip(), style)) for column, text in said]
    print_flow(out, [(0, key), *atoms], indent, indent + INDENT)
    for prose in (literal(row.facts["meaning"]), source(row)):
        print_wrapped(out, prose, indent + INDENT)


def print_flow(out: Console, atoms: Iterable[tuple[int, Text]], first: int, then: int) -> None:
    """Print pieces of text side by side; one that no longer fits goes on the next line whole.

    Args:
        out: Where to.
        atoms: Blanks before each piece, and the piece; one wider than a line is broken between words.
        first: Columns to leave free in front of the first line.
        then: Columns to leave free in front of the others.
    """
    line, filled = literal(" " * first), False
    for gap, atom in atoms:
        for piece in _pieces(atom, out.width - then):
            if filled and line.cell_len + gap + piece.cell_len > out.width:
                out.print(line, soft_wrap=True)
                line, filled = literal(" " * then), False
            line = line + literal(" " * gap if filled else "") + piece
            filled = True
    out.print(line, soft_wrap=True)


def print_wrapped(out: Console, text: Text, indent: int) -> None:
    """Print text indented, broken between words only; nothing where it is empty."""
    if text.plain:
        for line in _pieces(text, out.width - indent):
            out.print(literal(" " * indent) + line, soft_wrap=True)


def _pieces(text: Text, width: int) -> list[Text]:
    """Return text in lines of at most a width, styles and links kept; words are never broken."""
    if text.cell_len <= width:
        return [text]
    lines = textwrap.wrap(text.plain, max(width, 1), break_long_words=False, break_on_hyphens=False)
    found, start = [], 0
    for line in lines:
        start = text.plain.index(line, start)
        found.append(text[start : start + len(line)])
        start += len(line)
    return found


def _width(column: Column, rows: Iterable[Row]) -> int:
    """Return the columns that the cells of figures need when long ones are broken between words."""
    return max((len(line) for row in rows for line in (column.head, *_lines(column.text(row)))), default=0)


def _lines(cell: str) -> list[str]:
    return textwrap.wrap(cell, LONGEST_CELL, break_long_words=False, break_on_hyphens=False)


def _shown(rows: Sequence[Row]) -> list[Column]:
    return [column for column in COLUMNS if any(column.text(row) for row in rows)]


def _fixed(rows: Sequence[Row]) -> int:
    key = len(MARK) + max(len(row.key) for row in rows)
    return key + sum(2 + _width(column, rows) for column in _shown(rows))


def _fits(rows: Sequence[Row], width: int) -> bool:
    return _fixed(rows) + 2 + MEANING + 2 + SOURCE <= width


def _table(rows: Sequence[Row], width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), width=width)
    table.add_column("  key", width=len(MARK) + max(len(row.key) for row in rows))
    shown = _shown(rows)
    for column in shown:
        table.add_column(column.head, justify="right" if column.right else "left", width=_width(column, rows))
    rest = width - _fixed(rows) - 4
    prose = rest * MEANING // (MEANING + SOURCE)
    table.add_column("meaning", width=prose)
    table.add_column("source (grade)", width=rest - prose)
    for row in rows:
        mark = MARK if row.changed else " " * len(MARK)
        figures = [literal("\n".join(_lines(column.text(row)))) for column in shown]
        style = "bold" if row.changed else ""
        table.add_row(literal(mark + row.key), *figures, literal(row.facts["meaning"]), source(row), style=style)
    return table
