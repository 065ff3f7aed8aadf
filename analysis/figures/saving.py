"""Figures as files: the same bytes for the same figure, without traces of date or machine."""

from io import BytesIO
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from analysis.figures.fonts import OWN, STAND_INS

DOTS: Final = 300
"""Dots per inch of a PNG, as printers and journals ask for."""

_METADATA: Final[dict[str, dict[str, Any]]] = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}


def image(figure: Figure, kind: str = "svg", text: bool = False) -> bytes:
    """Return the figure as a file's bytes.

    Args:
        figure: Is laid out when it is first saved, and keeps that layout.
        kind: ``svg`` or ``png``.
        text: Whether letters of an SVG stay text, to be searched and edited; drawn as shapes they look the same
            wherever the figure is shown.
    """
    _lay_out(figure)
    buffer = BytesIO()
    style: dict[Any, Any] = {
        "svg.hashsalt": "tokenmarket",
        "svg.fonttype": "none" if text else "path",
        "font.sans-serif": [OWN, *STAND_INS],
    }
    with mpl.rc_context(style):
        figure.savefig(buffer, format=kind, dpi=DOTS, metadata=_METADATA[kind])
    return buffer.getvalue()


def description(figure: Figure) -> str:
    """Return title and caption of a figure in one line."""
    parts = (figure.get_suptitle(), figure.get_supxlabel())
    return ". ".join(" ".join(part.replace(r"\$", "$").split()) for part in parts if part)


def _lay_out(figure: Figure) -> None:
    """Place everything once: working out the layout takes as long as drawing."""
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
