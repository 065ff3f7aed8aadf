"""The figure of docs/architecture.md, drawn from the imports: `python -m docs.architecture` renews it.

Packages lie one above the other, and in each the folders and single modules in rows: whatever one imports lies below
it. Lines leave out what follows from others (the transitive reduction); imports for types alone do not count.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path
from textwrap import wrap

import grimp
import networkx as nx

ROOT = Path(__file__).parents[1]
FIGURE = ROOT / "docs" / "images" / "architecture.svg"
PACKAGES = {"analysis": "#fbf1e3", "scenarios": "#eaf6ec", "market": "#e6f0fa"}
"""From top to bottom, with their colours."""

LETTER, SMALL = 7.8, 6.1
"""Width of a letter of a fixed pitch, in names and in the lists below them."""
LINE, HEAD = 13.0, 26.0
"""Height of a line of a list, and of a name."""
LONGEST_LINE = 36
"""Letters of a list in a line."""
ASIDE, BETWEEN, MARGIN, TITLE = 22.0, 46.0, 26.0, 30.0
"""Between boxes of a row, between rows, around a package, and above its rows."""
PASSAGE = 10.0
"""Width of the gap for a line that passes a row."""
SWEEPS = 24


@dataclass(frozen=True)
class Box:
    """A folder or a module.

    Attributes:
        name: Without that of its package.
        uses: What it imports from other packages, in lines.
    """

    name: str
    uses: tuple[str, ...]

    @property
    def width(self) -> float:
        """In pixels."""
        return max(LETTER * len(self.name), *(SMALL * len(line) for line in self.uses), 44.0) + 20

    @property
    def height(self) -> float:
        """In pixels."""
        return HEAD + LINE * len(self.uses) + (4 if self.uses else 0)


def imports() -> nx.DiGraph:
    """Return who imports whom, by folders and single modules of the packages; and the packages by themselves."""
    found = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    graph = nx.DiGraph()
    for module in sorted(found.modules):
        graph.add_node(folder(module))
        for imported in sorted(found.find_modules_directly_imported_by(module)):
            if folder(module) != folder(imported):
                graph.add_edge(folder(module), folder(imported))
    return graph


def folder(module: str) -> str:
    """Return the folder or single module of a package that a module belongs to."""
    return ".".join(module.split(".")[:2])


def rows_of(graph: nx.DiGraph) -> tuple[list[list[str]], nx.DiGraph]:
    """Return the rows of a package from the top, each from the left, and the lines between rows that are neighbours.

    A line that passes rows has a node of its own in each, named after its ends and the row.

    Raises:
        networkx.NetworkXUnfeasible: If there is a circle of imports.
    """
    level: dict[str, int] = {}
    for name in reversed(list(nx.lexicographical_topological_sort(graph))):
        level[name] = 1 + max((level[below] for below in graph.successors(name)), default=-1)
    rows: list[list[str]] = [[] for _ in range(1 + max(level.values()))]
    for name in sorted(level):
        rows[level[name]].append(name)
    lines = nx.DiGraph()
    for upper, lower in sorted(nx.transitive_reduction(graph).edges):
        passed = [f"{upper} {lower} {row}" for row in range(level[upper] - 1, level[lower], -1)]
        for row, name in zip(range(level[upper] - 1, level[lower], -1), passed, strict=True):
            rows[row].append(name)
        nx.add_path(lines, [upper, *passed, lower])
    untangle(rows, lines)
    return rows[::-1], lines


def untangle(rows: list[list[str]], lines: nx.DiGraph) -> None:
    """Order each row by the middle of what its nodes are joined to, up and down in turns."""
    for sweep in range(SWEEPS):
        upwards = sweep % 2 == 0
        order = range(1, len(rows)) if upwards else range(len(rows) - 2, -1, -1)
        for row in order:
            fixed = rows[row - 1 if upwards else row + 1]
            place = {name: (index + 0.5) / len(fixed) for index, name in enumerate(fixed)}
            own = {name: (index + 0.5) / len(rows[row]) for index, name in enumerate(rows[row])}
            middle = {name: centre(lines, name, place, own[name]) for name in rows[row]}
            rows[row] = [name for _, name in sorted((round(middle[name], 9), name) for name in rows[row])]


def centre(lines: nx.DiGraph, name: str, place: Mapping[str, float], otherwise: float) -> float:
    """Return the mean place of a node's neighbours in another row; where it has none, the one given."""
    joined = nx.all_neighbors(lines, name) if name in lines else ()
    known = [place[other] for other in joined if other in place]
    return sum(known) / len(known) if known else otherwise


def boxes_of(package: str, graph: nx.DiGraph) -> dict[str, Box]:
    """Return the boxes of a package by the names of what they stand for."""
    found = {}
    for name in sorted(graph):
        if name.startswith(f"{package}."):
            found[name] = Box(name.partition(".")[2], tuple(uses(package, sorted(graph.successors(name)))))
    return found


def uses(package: str, imported: Iterable[str]) -> Iterator[str]:
    """Yield lines that list what is imported from other packages."""
    for other in PACKAGES:
        names = [name.partition(".")[2] or "itself" for name in imported if name.partition(".")[0] == other != package]
        if names:
            yield from wrap(f"{other}: {', '.join(names)}", LONGEST_LINE)


def drawing() -> str:
    """Return the figure as SVG: the same text for the same imports."""
    graph = imports()
    parts, top, width = [], 0.0, 0.0
    for package in PACKAGES:
        boxes = boxes_of(package, graph)
        rows, lines = rows_of(graph.subgraph(boxes).copy())
        widths = [sum(span(boxes, name) for name in row) + ASIDE * (len(row) - 1) for row in rows]
        width = max(width, *widths)
        parts.append((package, boxes, rows, lines))
    width += 2 * MARGIN
    drawn = []
    for package, boxes, rows, lines in parts:
        height, inside = package_drawing(package, boxes, rows, lines, top, width)
        drawn += inside
        top += height + MARGIN / 2
    size = f'width="{width:.0f}" height="{top:.0f}" viewBox="0 0 {width:.0f} {top:.0f}"'
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">', *HEADER, *drawn, "</svg>", ""])


HEADER = (
    "<title>Folders and modules of analysis, scenarios and market, and who imports whom</title>",
    "<style>text { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; fill: #222 }",
    ".package { font-size: 15px; font-weight: bold } .name { font-size: 13px } .uses { font-size: 10px; fill: #555 }",
    "rect { stroke: #888 } path { fill: none; stroke: #56708a; stroke-width: 1.2 }</style>",
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">',
    '<path d="M 0 0 L 8 4 L 0 8 z" style="fill: #56708a; stroke: none"/></marker></defs>',
    '<rect width="100%" height="100%" style="fill: #fff; stroke: none"/>',
)


def span(boxes: Mapping[str, Box], name: str) -> float:
    """Return the width of a node of a row: a box, or the gap that a line passes through."""
    return boxes[name].width if name in boxes else PASSAGE


def package_drawing(
    package: str, boxes: Mapping[str, Box], rows: list[list[str]], lines: nx.DiGraph, top: float, width: float
) -> tuple[float, list[str]]:
    """Return the height of a package and its frame, lines and boxes."""
    across, above, below = {}, {}, {}
    y = top + TITLE + MARGIN / 2
    for row in rows:
        height = max(boxes[name].height for name in row if name in boxes)
        room = width - 2 * MARGIN - sum(span(boxes, name) for name in row)
        gap = room / (len(row) + 1)
        x = MARGIN + gap
        for name in row:
            own = boxes[name].height if name in boxes else height
            across[name], above[name] = x + span(boxes, name) / 2, y + (height - own) / 2
            below[name] = above[name] + own
            x += span(boxes, name) + gap
        y += height + BETWEEN
    height = y - BETWEEN + MARGIN / 2 - top
    frame = [
        f'<rect x="4" y="{top + 4:.1f}" width="{width - 8:.1f}" height="{height:.1f}" rx="8" '
        f'style="fill: {PACKAGES[package]}"/>',
        f'<text class="package" x="{MARGIN:.1f}" y="{top + TITLE:.1f}">{package}/</text>',
    ]
    curves = [curve(route, across, above, below) for route in routes(boxes, lines)]
    return height, [
        *frame,
        *curves,
        *(piece for name in boxes for piece in box(boxes[name], across[name], above[name])),
    ]


def routes(boxes: Iterable[str], lines: nx.DiGraph) -> list[list[str]]:
    """Return the nodes of every line from the one who imports to what is imported."""
    known, found = set(boxes), []
    for upper in sorted(known & set(lines)):
        for following in sorted(lines.successors(upper)):
            route = [upper, following]
            while route[-1] not in known:
                route += lines.successors(route[-1])
            found.append(route)
    return found


def curve(route: list[str], across: Mapping[str, float], above: Mapping[str, float], below: Mapping[str, float]) -> str:
    """Return a line with a tip at its end, upright where it passes a row."""
    path = [f"M {across[route[0]]:.1f} {below[route[0]]:.1f}"]
    for upper, lower in pairwise(route):
        half = (below[upper] + above[lower]) / 2
        bends = (across[upper], half), (across[lower], half), (across[lower], above[lower])
        path.append(f"C {' '.join(f'{x:.1f} {y:.1f}' for x, y in bends)}")
        if lower != route[-1]:
            path.append(f"L {across[lower]:.1f} {below[lower]:.1f}")
    return f'<path d="{" ".join(path)}" marker-end="url(#tip)"/>'


def box(shown: Box, centre: float, top: float) -> list[str]:
    """Return a box with its name and what it uses of other packages."""
    corner = f'x="{centre - shown.width / 2:.1f}" y="{top:.1f}" width="{shown.width:.1f}" height="{shown.height:.1f}"'
    middle = f'x="{centre:.1f}" text-anchor="middle"'
    listed = [
        f'<text class="uses" {middle} y="{top + HEAD + LINE * (place + 0.5):.1f}">{escape(line)}</text>'
        for place, line in enumerate(shown.uses)
    ]
    name = f'<text class="name" {middle} y="{top + 17:.1f}">{escape(shown.name)}</text>'
    return [f'<rect {corner} rx="4" style="fill: #fff"/>', name, *listed]


if __name__ == "__main__":
    FIGURE.write_text(drawing(), encoding="utf-8")
