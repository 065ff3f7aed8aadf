"""What lies on the shelf of results: the good are listed, the damaged named, and nothing raises or waits for ever."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from damage import DAMAGED, SHOWN, damage

from analysis.dashboard.choice import Choice
from analysis.dashboard.painter import paint
from analysis.dashboard.shelf import Item, Shelf, open_item
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views import COMPARE
from scenarios.errors import BadInput


@pytest.fixture
def shelf(results: Path, tmp_path: Path) -> Path:
    damage(tmp_path, results / "taxed")
    return tmp_path


def test_damaged_results_are_named_and_the_others_listed(shelf: Path) -> None:
    stock = Shelf(shelf).stock()
    assert list(stock.items) == [f"{name}: token-tax" for name in SHOWN]
    assert set(stock.damaged) == set(DAMAGED)
    for reason in stock.damaged.values():
        assert 4 < len(reason) <= 160
        assert str(shelf) not in reason
        assert reason.isprintable()


def test_a_folder_that_may_not_be_read_is_named(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root, who may read everything, the refusal is put in."""
    listed = Path.iterdir

    def refused(path: Path) -> Iterator[Path]:
        if path.name == "taxed":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refused)
    stock = Shelf(results).stock()
    assert stock.damaged == {"taxed": "Permission denied"}
    assert list(stock.items) == ["rivals: baseline", "rivals: chip-monopoly"]


def test_a_shelf_that_may_not_be_read_is_empty(tmp_path: Path) -> None:
    assert Shelf(tmp_path / "gone").stock().items == {}
    assert Shelf(None).stock().items == {}


@pytest.mark.parametrize("name", ["fifo", "fifo of a table"])
def test_a_pipe_that_takes_the_place_of_a_file_is_not_opened(shelf: Path, name: str) -> None:
    with pytest.raises(BadInput, match="is no file"):
        open_item(Item("it", shelf / name, "token-tax"))


def test_a_comparison_is_drawn_without_what_cannot_be_read(shelf: Path, results: Path) -> None:
    bad, good = Shelf(shelf).stock().items["broken table: token-tax"], Item("good", results / "taxed", "token-tax")
    painting = paint(COMPARE, Snapshot(Choice("baseline")), [bad, good])
    assert painting.items == (good,)
    assert len(painting.pictures) == 4
    assert painting.table is not None
    assert [problem.partition(" cannot")[0] for problem in painting.problems] == ["broken table: token-tax"]


def test_a_comparison_of_nothing_readable_says_so(shelf: Path, results: Path) -> None:
    shutil.copytree(results / "taxed", shelf / "other")
    items = [Shelf(shelf).stock().items["broken table: token-tax"], Item("none", shelf / "other", "no such setting")]
    painting = paint(COMPARE, Snapshot(Choice("baseline")), items)
    assert painting.pictures == ()
    assert len(painting.problems) == 2
    assert "none cannot be drawn: the table rounds has no row of this setting" in painting.error
