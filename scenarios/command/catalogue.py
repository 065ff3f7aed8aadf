"""What ``scenarios`` prints: what ships, and the question each answers."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from scenarios.command.show.listing import page, print_wrapped
from scenarios.command.values import literal
from scenarios.files.finding import experiments, presets
from scenarios.files.toml import read_toml

HEADS = ("title", "question")
NARROW = 80
"""Columns below which a table would break words."""


def print_catalogue() -> None:
    """Print name, title and question of every scenario and experiment that ships."""
    out = page()
    for kind, files in (("scenario", presets()), ("experiment", experiments())):
        print_files(out, kind, files)
        out.print()


def print_files(out: Console, kind: str, files: Mapping[str, Path]) -> None:
    """Print name, title and question of files; long ones go on in the next line, between words."""
    said = {name: read_toml(path) for name, path in files.items()}
    texts = {name: [" ".join(str(head.get(key, "")).split()) for key in HEADS] for name, head in said.items()}
    if out.width < NARROW:
        for name, (title, question) in texts.items():
            print_wrapped(out, literal(f"{name}: {title}", "bold"), 0)
            print_wrapped(out, literal(question), 2)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column(kind, width=max(len(kind), *(len(name) for name in texts)))
    table.add_column(HEADS[0], ratio=2)
    table.add_column(HEADS[1], ratio=3)
    for name, found in texts.items():
        table.add_row(literal(name), *map(literal, found))
    out.print(table)
