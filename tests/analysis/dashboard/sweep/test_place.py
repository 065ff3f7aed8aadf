"""Names that sweeps take in the folder of results: nothing that lies there is overwritten."""

import stat
from pathlib import Path

import pytest

from analysis.dashboard.sweep.place import Place, discard, put, reserve, write_files
from scenarios.errors import BadInput, WorkFailed


def finished(place: Place) -> None:
    write_files(place, "scenario", {"question": "?"})
    place.aside.results.mkdir()
    (place.aside.results / "manifest.json").write_text("{}", encoding="utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_name_that_is_taken_by_anything_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "sweep-1").mkdir()
    (tmp_path / "sweep-2").symlink_to("nowhere")
    (tmp_path / "sweep-3.toml").write_text("mine", encoding="utf-8")
    (tmp_path / "sweep-4-scenario.toml").write_text("mine", encoding="utf-8")
    (tmp_path / ".aside-sweep-5").mkdir()
    before = names(tmp_path)
    place, other = reserve(tmp_path), reserve(tmp_path)
    assert (place.name, other.name) == ("sweep-6", "sweep-7")
    for one in (place, other):
        discard(one)
    assert names(tmp_path) == before


def test_what_is_finished_comes_whole_and_stays(tmp_path: Path) -> None:
    place = reserve(tmp_path)
    finished(place)
    assert names(tmp_path) == [".aside-sweep-1", "sweep-1"]
    put(place)
    discard(place)
    assert names(tmp_path) == ["sweep-1", "sweep-1-scenario.toml", "sweep-1.toml"]
    assert names(place.results) == ["manifest.json"]


@pytest.mark.parametrize("taken", ["sweep-1/file", "sweep-1.toml", "sweep-1-scenario.toml"])
def test_a_name_that_is_taken_meanwhile_is_left_alone(tmp_path: Path, taken: str) -> None:
    place = reserve(tmp_path)
    finished(place)
    (tmp_path / taken).write_text("mine", encoding="utf-8")
    with pytest.raises(WorkFailed):
        put(place)
    discard(place)
    assert (tmp_path / taken).read_text(encoding="utf-8") == "mine"
    assert names(tmp_path) == [Path(taken).parts[0]]


def test_a_folder_that_is_gone_or_takes_nothing_is_one_message(tmp_path: Path) -> None:
    with pytest.raises((BadInput, WorkFailed), match="cannot be written"):
        reserve(tmp_path / "gone")
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert stat.S_ISREG(file.stat().st_mode)
    with pytest.raises(BadInput, match="cannot be written"):
        reserve(file)
