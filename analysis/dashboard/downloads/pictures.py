"""Figures of the open view as files, as a report has them beside it."""

from analysis.dashboard.painter import DRAWING, Picture
from scenarios.errors import WorkFailed


def figure_file(picture: Picture, kind: str) -> bytes:
    """Return a figure as a file.

    Args:
        picture: As it stands on the page, where its letters are drawn as shapes.
        kind: ``svg``, in which letters stay text, to be searched and edited, or ``png``, 300 dots per inch.

    Raises:
        WorkFailed: If the picture is all that there is.
    """
    from analysis.figures import image

    if picture.figure is None:
        raise WorkFailed("the figure is not there any more")
    with DRAWING:
        return image(picture.figure, kind, text=kind == "svg")
