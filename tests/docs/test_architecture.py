"""The page of the architecture names what there is, and its figure is that of today's imports."""

from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
from naming import ROOT, dotted, paths, there_is

from docs.architecture import FIGURE, PACKAGES, drawing, imports, rows_of

PAGE = ROOT / "docs" / "architecture.md"
TEXT = PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def graph() -> nx.DiGraph:
    return imports()


def inside(graph: nx.DiGraph, package: str) -> nx.DiGraph:
    return graph.subgraph([name for name in graph if name.startswith(f"{package}.")]).copy()


def test_the_figure_is_that_of_the_imports() -> None:
    assert FIGURE.read_text(encoding="utf-8") == drawing(), "run python -m docs.architecture"


def test_the_figure_shows_every_folder_and_module() -> None:
    shown = [text.text for text in ElementTree.parse(FIGURE).iter("{http://www.w3.org/2000/svg}text")]
    for package in PACKAGES:
        there = {
            path.stem for path in (ROOT / package).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
        }
        assert there - {"__init__"} <= set(shown), package


def test_whatever_one_imports_lies_below_it(graph: nx.DiGraph) -> None:
    for package in PACKAGES:
        own = inside(graph, package)
        rows, lines = rows_of(own)
        place = {name: row for row, names in enumerate(rows) for name in names}
        assert all(place[upper] < place[lower] for upper, lower in own.edges)
        assert all(place[upper] + 1 == place[lower] for upper, lower in lines.edges)
        assert all(nx.has_path(lines, upper, lower) for upper, lower in own.edges)


def test_a_new_import_changes_the_figure(monkeypatch: pytest.MonkeyPatch, graph: nx.DiGraph) -> None:
    changed = graph.copy()
    assert not nx.has_path(changed, "market.demand", "market.table")
    changed.add_edge("market.demand", "market.table")
    monkeypatch.setattr("docs.architecture.imports", lambda: changed)
    assert drawing() != FIGURE.read_text(encoding="utf-8")


def test_a_circle_is_no_architecture(graph: nx.DiGraph) -> None:
    circle = inside(graph, "market")
    circle.add_edge("market.arrays", "market.model")
    with pytest.raises(nx.NetworkXUnfeasible):
        rows_of(circle)


@pytest.mark.parametrize("path", paths(PAGE))
def test_a_path_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", dotted(PAGE))
def test_a_name_is_there(name: str) -> None:
    assert there_is(name)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_is_told(package: str) -> None:
    folders = [path for path in (ROOT / package).iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert [str(path.relative_to(ROOT)) for path in folders if f"| `{path.relative_to(ROOT)}/` |" not in TEXT] == []


def test_the_readme_leads_here() -> None:
    readme = Path(ROOT / "README.md").read_text(encoding="utf-8")
    assert "(docs/architecture.md)" in readme
    assert "(CONTRIBUTING.md)" in readme
