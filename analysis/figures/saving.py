"""Figures as files: the same bytes for the same figure, without traces of date or machine."""

from io import BytesIO
from typing import Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from analysis.figures.fonts import OWN, STAND_INS

DOTS: Final = 300
"""Dots per inch of a PNG, as printers and journals ask for."""

_COMPRESSION: Final = {"compress_level": 3}
"""Pillow's usual level takes longer for a tenth less."""


def image(figure: Figure, kind: str = "svg", text: bool = False) -> bytes:
    """Return the figure as a file's bytes.

    Args:
        figure: Is laid out when it is first saved, and keeps that layout.
        kind: ``svg`` or ``png``.
        text: Whether letters of an SVG stay text, to be searched and edited; drawn as shapes they look the same
            wherever the figure is shown.
    """
    style: dict[Any, Any] = {
        "svg.hashsalt": "tokenmarket",
        "svg.fonttype": "none" if text else "path",
        "font.sans-serif": [OWN, *STAND_INS],
    }
    dots = figure.get_dpi()
    with mpl.rc_context(style):
        try:
            _lay_out(figure)
            figure.set_dpi(DOTS)
            return _png(figure) if kind == "png" else _svg(figure)
        finally:
            figure.set_dpi(dots)


def description(figure: Figure) -> str:
    """Return title and caption of a figure in one line."""
    parts = (figure.get_suptitle(), figure.get_supxlabel())
    return ". ".join(" ".join(part.replace(r"\$", "$").split()) for part in parts if part)


def _lay_out(figure: Figure) -> None:
    """Place everything once: working out the layout takes as long as drawing."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")


def _svg(figure: Figure) -> bytes:
    """Write the figure without ``savefig``, which would draw it twice."""
    buffer = BytesIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _png(figure: Figure) -> bytes:
    buffer = BytesIO()
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None}, pil_kwargs=_COMPRESSION)
    return buffer.getvalue()
