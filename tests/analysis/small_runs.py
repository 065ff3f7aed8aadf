"""Small runs as the page has them."""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from analysis.dashboard.__main__ import played
from analysis.dashboard.choice import Choice
from analysis.dashboard.snapshot import Snapshot

SMALL = {"population.users": 2_000, "population.types": 4, "labs.count": 2, "resellers.count": 2}
MONTHS = 4
SEED = 7


def choice(scenario: str = "baseline", changes: Mapping[str, Any] = SMALL, months: int = MONTHS) -> Choice:
    return Choice(scenario, SEED, {**changes, "horizon.rounds": months})


@cache
def finished() -> Snapshot:
    """A run that was played to its end, with everything that views need."""
    return played(choice(changes=SMALL | {"commons.mode": "on"}), MONTHS)


@cache
def stopped() -> Snapshot:
    """A run that was stopped before its end."""
    return played(choice(months=12), MONTHS)


def unpacked(archive: bytes, folder: Path) -> Path:
    """Unpack an archive and return the one folder in it."""
    with ZipFile(BytesIO(archive)) as files:
        files.extractall(folder)
    (found,) = folder.iterdir()
    return found
