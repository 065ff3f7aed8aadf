"""What ``scenarios`` prints: what ships, and the question each answers."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from scenarios.listing import page
from scenarios.loading import experiments, presets
from scenarios.toml import read_toml
from scenarios.values import literal


def print_catalogue() -> None:
    """Print name, title and question of every scenario and experiment that ships."""
    out = page()
    for kind, files in (("scenario", presets()), ("experiment", experiments())):
        print_files(out, kind, files)
        out.print()


def print_files(out: Console, kind: str, files: Mapping[str, Path]) -> None:
    """Print name, title and question of files; long ones go on in the next line, between words."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(kind, width=max(len(kind), *(len(name) for name in files)))
    table.add_column("title", ratio=2)
    table.add_column("question", ratio=3)
    table.expand = True
    for name, path in files.items():
        said = read_toml(path)
        texts = (" ".join(str(said.get(key, "")).split()) for key in ("title", "question"))
        table.add_row(literal(name), *map(literal, texts))
    out.print(table)
