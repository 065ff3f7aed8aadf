"""Folders that look like results and are damaged, each in a way of its own."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

MANIFEST = "manifest.json"


def nested(folder: Path) -> None:
    (folder / MANIFEST).write_text('{"schema": ' + 100_000 * "[" + 100_000 * "]" + "}", encoding="utf-8")


def loop(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    (folder / MANIFEST).symlink_to(MANIFEST)


def loop_of_a_table(folder: Path) -> None:
    (folder / "layers.parquet").unlink()
    (folder / "layers.parquet").symlink_to("layers.parquet")


def fifo(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    os.mkfifo(folder / MANIFEST)


def fifo_of_a_table(folder: Path) -> None:
    (folder / "layers.parquet").unlink()
    os.mkfifo(folder / "layers.parquet")


def folder_for_a_file(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    (folder / MANIFEST).mkdir()


def no_json(folder: Path) -> None:
    (folder / MANIFEST).write_bytes(b"\xff\xfe{")


def a_list(folder: Path) -> None:
    (folder / MANIFEST).write_text("[1, 2]", encoding="utf-8")


def settings_of(settings: object) -> Callable[[Path], None]:
    """Return what puts these settings into a manifest."""

    def put(folder: Path) -> None:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        (folder / MANIFEST).write_text(json.dumps(manifest | {"settings": settings}), encoding="utf-8")

    return put


def of_another_layout(folder: Path) -> None:
    (folder / MANIFEST).write_text(json.dumps({"schema": 1000 * ["\n<b>"]}), encoding="utf-8")


DAMAGED: dict[str, Callable[[Path], None]] = {
    "nested": nested,
    "loop": loop,
    "loop of a table": loop_of_a_table,
    "fifo": fifo,
    "fifo of a table": fifo_of_a_table,
    "folder for a file": folder_for_a_file,
    "no json": no_json,
    "a list": a_list,
    "number of settings": settings_of(3),
    "settings by name": settings_of({"name": "token-tax"}),
    "setting without name": settings_of([{"title": "token-tax"}]),
    "name is a number": settings_of([{"name": 7}]),
    "another layout": of_another_layout,
}

SHOWN = ("<b>markup", "broken table", "letter \\udcff")
"""Names as the page shows them: markup is text, a table is damaged only when it is read, a broken letter is spelt."""


def damage(folder: Path, good: Path) -> None:
    """Fill a folder with copies of good results: the damaged ones, and those that are in the list all the same."""
    for name, put in DAMAGED.items():
        shutil.copytree(good, folder / name)
        put(folder / name)
    for name in (b"<b>markup", b"broken table", b"letter \xff"):
        shutil.copytree(good, folder / os.fsdecode(name))
    table = folder / "broken table" / "layers.parquet"
    table.write_bytes(table.read_bytes()[:200])
    (folder / "endless").symlink_to("endless")
