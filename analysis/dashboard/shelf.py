"""The finished results that the page may show: those in one folder, and nothing else on the disk."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.errors import BadInput

if TYPE_CHECKING:
    from analysis.results import BatchResults

MOST_PICKS = 4
"""Results side by side at once."""


@dataclass(frozen=True)
class Item:
    """One setting of finished results; ``name`` is what the page shows."""

    name: str
    folder: Path = field(repr=False)
    setting: str = ""


@dataclass(frozen=True)
class Shelf:
    """Finished results in a folder, or that folder itself."""

    root: Path | None

    def items(self) -> dict[str, Item]:
        """Return what may be picked, by name, as the folder is now."""
        found = {}
        for folder in self._folders():
            for setting in _settings(folder, self._inside):
                name = folder.name if folder.name == setting else f"{folder.name}: {setting}"
                found[name] = Item(name, folder, setting)
        return found

    def _folders(self) -> list[Path]:
        if self.root is None or not self.root.is_dir():
            return []
        return [self.root, *sorted(path for path in self.root.iterdir() if path.is_dir())]

    def _inside(self, folder: Path) -> bool:
        """Whether a folder and all files in it that are read lie in the root: links may lead elsewhere."""
        if self.root is None:
            return False
        root = self.root.resolve()
        files = [folder, *folder.glob("*.json"), *folder.glob("*.parquet")]
        return all(path.resolve().is_relative_to(root) for path in files)


def _settings(folder: Path, inside: Any) -> list[str]:
    """Return the settings of finished results; none of what is unfinished, damaged or not inside."""
    from scenarios.reading import MANIFEST, read_manifest

    if not (folder / MANIFEST).exists() or not inside(folder):
        return []
    try:
        manifest = read_manifest(folder)
        settings = [str(setting["name"]) for setting in manifest["settings"]]
    except (BadInput, KeyError, TypeError):
        return []
    return settings if manifest.get("tables") else []


def open_item(item: Item) -> "BatchResults":
    """Return the results of an item; those of a folder that has not changed are read once."""
    from scenarios.reading import MANIFEST

    return _read(item.folder, (item.folder / MANIFEST).stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(folder: Path, changed: int) -> "BatchResults":
    from analysis.results import read_results

    return read_results(folder)
