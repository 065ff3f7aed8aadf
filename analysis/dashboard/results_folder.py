"""The finished results that the page may show: those in one folder, and nothing else on the disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from os.path import isdir, isfile  # unlike those of Path they never raise
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

from analysis.dashboard.loaded import when_loaded
from market.wording import printable
from scenarios.errors import BadInput

if TYPE_CHECKING:
    from analysis.results import BatchResults

MOST_PICKS = 4
"""Results side by side at once."""

LONGEST_REASON = 160
"""Letters said of a damaged folder."""


@dataclass(frozen=True)
class Item:
    """One setting of finished results; ``name`` is what the page shows."""

    name: str
    folder: Path = field(repr=False)
    setting: str = ""


@dataclass(frozen=True)
class Listing:
    """What a folder holds at a time.

    Attributes:
        items: What may be picked, by name.
        damaged: Why a folder that looks like results cannot be used, by its name.
    """

    items: Mapping[str, Item] = field(default_factory=dict)
    damaged: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ResultsFolder:
    """Finished results in a folder, or that folder itself."""

    root: Path | None

    @when_loaded
    def listing(self) -> Listing:
        """Return what the folder holds now; no content of it makes this fail."""
        items: dict[str, Item] = {}
        damaged: dict[str, str] = {}
        for folder in self._folders():
            try:
                settings = self._settings(folder)
            except Exception as problem:
                damaged[printable(folder.name)] = _reason(problem, folder)
                continue
            for setting in settings:
                name = printable(folder.name if folder.name == setting else f"{folder.name}: {setting}")
                items[name] = Item(name, folder, setting)
        return Listing(items, damaged)

    def _folders(self) -> list[Path]:
        if self.root is None:
            return []
        try:
            return [self.root, *sorted(path for path in self.root.iterdir() if isdir(path))]
        except OSError:
            return []

    def _settings(self, folder: Path) -> list[str]:
        """Return the settings of finished results; none of a folder that holds none, or is not inside."""
        from scenarios.results.reading import MANIFEST, read_manifest

        if MANIFEST not in {path.name for path in folder.iterdir()} or not self._inside(folder):
            return []
        check_files(folder)
        manifest = read_manifest(folder)
        settings = manifest["settings"]
        return [_named(setting) for setting in settings] if manifest.get("tables") else []

    def _inside(self, folder: Path) -> bool:
        """Whether a folder and all files in it that are read lie in the root: links may lead elsewhere."""
        if self.root is None:
            return False
        root = self.root.resolve()
        return all(path.resolve().is_relative_to(root) for path in (folder, *_files(folder)))


def check_files(folder: Path) -> None:
    """Make sure that what will be read are files: a pipe or a device would keep the reader waiting for ever.

    Raises:
        BadInput: If one is none.
    """
    for path in _files(folder):
        if not isfile(path):
            raise BadInput(f"{path.name} is no file")


def _files(folder: Path) -> list[Path]:
    return [*folder.glob("*.json"), *folder.glob("*.parquet")]


def _named(setting: object) -> str:
    if not isinstance(setting, Mapping) or not isinstance(setting.get("name"), str):
        raise BadInput("a setting has no name")
    return str(setting["name"])


def _reason(problem: Exception, folder: Path) -> str:
    """Say what is wrong with a folder, without telling where on the disk it lies."""
    if isinstance(problem, OSError):
        return problem.strerror or type(problem).__name__
    if isinstance(problem, BadInput):
        return shorten(printable(str(problem).removeprefix(f"{folder}/")), LONGEST_REASON)
    return "is damaged"


def open_item(item: Item) -> "BatchResults":
    """Return the results of an item; those of a folder that has not changed are read once.

    Raises:
        BadInput: If they cannot be used.
    """
    from scenarios.results.reading import MANIFEST

    check_files(item.folder)
    return _read(item.folder, (item.folder / MANIFEST).stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(folder: Path, changed: int) -> "BatchResults":
    from analysis.results import read_results

    return read_results(folder)
