"""Figures of the open view as files, as a report has them beside it."""

from analysis.dashboard.painter import DRAWING, Picture
from scenarios.errors import WorkFailed


def figure_file(picture: Picture, kind: str) -> bytes:
    """Return a figure drawn again for a file.

    Args:
        picture: As it stands on the page, its letters drawn as shapes.
        kind: ``svg``, in which letters stay text, to be searched and edited, or ``png``, 300 dots per inch.

    Raises:
        WorkFailed: If there is nothing to draw any more.
    """
    from analysis.figures import image

    with DRAWING:
        figure = picture.draw()
        if figure is None:
            raise WorkFailed("the figure is empty now")
        return image(figure, kind, text=kind == "svg")
