"""Where the results of a sweep go: a name of their own in the folder of results, and aside until all is there."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from os.path import lexists  # unlike that of Path it never raises
from pathlib import Path

from scenarios.errors import WorkFailed
from scenarios.files.toml import to_toml
from scenarios.results.disk import ASIDE, disk_errors_explained, sync_folder, write_whole

NAME = "sweep"


@dataclass(frozen=True)
class Place:
    """Names of files and folders of one sweep.

    Attributes:
        root: The folder of results.
        name: Of the folder in it; never a visitor's.
    """

    root: Path
    name: str

    @property
    def results(self) -> Path:
        """Folder of the finished results; empty until then, so that nobody else takes the name."""
        return self.root / self.name

    @property
    def experiment(self) -> Path:
        """File that repeats the sweep."""
        return self.root / f"{self.name}.toml"

    @property
    def scenario(self) -> Path:
        """File of the market that is swept."""
        return self.root / f"{self.name}-scenario.toml"

    @property
    def work(self) -> Path:
        """Folder in which everything lies under these names until all is there."""
        return self.root / f"{ASIDE}{self.name}"

    @property
    def aside(self) -> "Place":
        """The same files and folders while they are made."""
        return Place(self.work, self.name)


def reserve(root: Path) -> Place:
    """Take the first free name in a folder.

    Raises:
        BadInput: If the folder cannot be written to.
        WorkFailed: If the disk fails.
    """
    with disk_errors_explained(root, "nothing was run"):
        for number in count(1):
            place = Place(root, f"{NAME}-{number}")
            if any(map(lexists, (place.results, place.experiment, place.scenario, place.work))):
                continue
            with suppress(FileExistsError):  # somebody else was faster
                place.results.mkdir()
                place.work.mkdir()
                return place
    raise AssertionError


def write_files(place: Place, scenario: str, experiment: dict[str, object]) -> None:
    """Write scenario and experiment of a sweep, aside.

    Raises:
        WorkFailed: If the disk does not take them.
    """
    with disk_errors_explained(place.root, "nothing was run"):
        write_whole(place.aside.scenario, scenario.encode())
        write_whole(place.aside.experiment, to_toml(experiment).encode())


def put(place: Place) -> None:
    """Move what is complete to where it is kept: results first, for they are of use alone.

    Raises:
        WorkFailed: If the name has been taken by something else meanwhile, or the disk fails.
    """
    with disk_errors_explained(place.root, "the sweep is not kept"):
        if lexists(place.experiment) or lexists(place.scenario):
            raise WorkFailed(f"{place.root}: somebody else has written files of the name {place.name}")
        place.aside.results.rename(place.results)  # fails unless that is still empty
        place.aside.scenario.rename(place.scenario)
        place.aside.experiment.rename(place.experiment)
        place.work.rmdir()
        sync_folder(place.root)


def discard(place: Place) -> None:
    """Take away what is not complete; what has been put in place stays."""
    shutil.rmtree(place.work, ignore_errors=True)
    with suppress(OSError):
        place.results.rmdir()
