"""Where things are to lie."""

from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("market", "scenarios", "analysis")
LONGEST = 300


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_is_long(package: str) -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / package).rglob("*.py")}
    assert lengths
    assert [str(path) for path, lines in lengths.items() if lines > LONGEST] == []


def test_every_folder_of_a_package_says_what_it_is() -> None:
    for package in PACKAGES:
        for folder in {path.parent for path in (ROOT / package).rglob("*.py")}:
            assert (folder / "__init__.py").read_text(encoding="utf-8").startswith('"""'), folder


def test_folders_of_tests_are_those_of_what_they_test() -> None:
    strays: defaultdict[str, list[str]] = defaultdict(list)
    for package in PACKAGES:
        for path in (ROOT / "tests" / package).rglob("test_*.py"):
            folder = path.parent.relative_to(ROOT / "tests")
            if not (ROOT / folder).is_dir():
                strays[str(folder)].append(path.name)
    assert strays == {}


def test_nothing_of_the_packages_is_left_out_of_the_repository() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    folders = {path.name for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_dir()}
    assert sorted(name for name in folders - {"__pycache__"} if f"{name}/" in ignored) == []
