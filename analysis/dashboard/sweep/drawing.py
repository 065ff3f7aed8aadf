"""The figures of a finished sweep: those that a report draws of a grid."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from analysis.dashboard.painter import DRAWING, Attempts, Picture
from analysis.figures import flip_map, response_curves
from analysis.results import BatchResults, read_results
from analysis.tables.factors import design_of


def drawn(folder: Path) -> tuple[tuple[Picture, ...], str]:
    """Return the figures of the results in a folder, and what of them cannot be drawn, and why."""
    attempt = Attempts()
    with DRAWING:
        results = attempt("The sweep", partial(read_results, folder))
        choice = attempt("The sweep", partial(figures_of, results)) if results is not None else None
        pictures = attempt.figures(choice, results) if choice else ()
    return pictures, "; ".join(attempt.problems)


def figures_of(results: BatchResults) -> tuple[Callable[[Any], Figure], ...]:
    """Return the figures for what varies: a map where there are two factors, and curves in any case."""
    design = design_of(results)
    return (flip_map, response_curves) if design is not None and len(design.factors) == 2 else (response_curves,)
