"""What a folder of results holds: the good are listed, the damaged named, and nothing raises or waits for ever."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from damage import DAMAGED, SHOWN, damage

from analysis.dashboard.choice import Choice
from analysis.dashboard.painter import paint
from analysis.dashboard.results_folder import Item, ResultsFolder, open_item
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views import COMPARE
from scenarios.errors import BadInput


@pytest.fixture
def folder(results: Path, tmp_path: Path) -> Path:
    damage(tmp_path, results / "taxed")
    return tmp_path


def test_damaged_results_are_named_and_the_others_listed(folder: Path) -> None:
    listing = ResultsFolder(folder).listing()
    assert list(listing.items) == [f"{name}: token-tax" for name in SHOWN]
    assert set(listing.damaged) == set(DAMAGED)
    for reason in listing.damaged.values():
        assert 4 < len(reason) <= 160
        assert str(folder) not in reason
        assert reason.isprintable()


def test_a_folder_that_may_not_be_read_is_named(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root, who may read everything, the refusal is put in."""
    listed = Path.iterdir

    def refused(path: Path) -> Iterator[Path]:
        if path.name == "taxed":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refused)
    listing = ResultsFolder(results).listing()
    assert listing.damaged == {"taxed": "Permission denied"}
    assert list(listing.items) == ["rivals: baseline", "rivals: chip-monopoly"]


def test_a_folder_that_may_not_be_read_is_empty(tmp_path: Path) -> None:
    assert ResultsFolder(tmp_path / "gone").listing().items == {}
    assert ResultsFolder(None).listing().items == {}


@pytest.mark.parametrize("name", ["fifo", "fifo of a table"])
def test_a_pipe_that_takes_the_place_of_a_file_is_not_opened(folder: Path, name: str) -> None:
    with pytest.raises(BadInput, match="is no file"):
        open_item(Item("it", folder / name, "token-tax"))


def test_a_comparison_is_drawn_without_what_cannot_be_read(folder: Path, results: Path) -> None:
    bad, good = (
        ResultsFolder(folder).listing().items["broken table: token-tax"],
        Item("good", results / "taxed", "token-tax"),
    )
    painting = paint(COMPARE, Snapshot(Choice("baseline")), [bad, good])
    assert painting.items == (good,)
    assert len(painting.pictures) == 4
    assert painting.table is not None
    assert [problem.partition(" cannot")[0] for problem in painting.problems] == ["broken table: token-tax"]


def test_a_comparison_of_nothing_readable_says_so(folder: Path, results: Path) -> None:
    shutil.copytree(results / "taxed", folder / "other")
    items = [
        ResultsFolder(folder).listing().items["broken table: token-tax"],
        Item("none", folder / "other", "no such setting"),
    ]
    painting = paint(COMPARE, Snapshot(Choice("baseline")), items)
    assert painting.pictures == ()
    assert len(painting.problems) == 2
    assert "none cannot be drawn: the table rounds has no row of this setting" in painting.error
