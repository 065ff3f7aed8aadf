"""Figures of a report: drawn into the page, and saved beside it for slides and papers."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from analysis import figures
from analysis.figures.saving import description
from analysis.report.blocks import picture
from analysis.results import BatchResults
from scenarios.results.disk import write_whole


class Drawings:
    """Draws figures into the page and into a folder.

    In the page letters are shapes, so that it looks the same everywhere; the SVG in the folder keeps them as text, to
    be searched and edited; the PNG has 300 dots per inch.

    Attributes:
        folder: Where the files go; the page lies beside it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(exist_ok=True)

    def __call__(self, draw: Callable[..., Figure], results: BatchResults, *arguments: Any, part: str = "") -> str:
        """Draw a figure, save it, and return it as HTML; ``part`` tells figures of one kind apart."""
        figure = draw(results, *arguments)
        name = f"{draw.__name__.replace('_', '-')}{part}"
        files = {"SVG": f"{name}.svg", "PNG": f"{name}.png"}
        shown = figures.image(figure)
        write_whole(self.folder / files["SVG"], figures.image(figure, text=True))
        write_whole(self.folder / files["PNG"], figures.image(figure, "png"))
        links = {kind: f"{self.folder.name}/{file}" for kind, file in files.items()}
        return picture(shown, description(figure), links)

    def in_parts(self, draw: Callable[..., Figure], results: BatchResults, parts: Sequence[Sequence[str]]) -> str:
        """Draw a figure for some settings after others, and return them as HTML."""
        if len(parts) == 1:
            return self(draw, results.only(parts[0]))
        return "\n".join(self(draw, results.only(part), part=f"-{place}") for place, part in enumerate(parts, start=1))
