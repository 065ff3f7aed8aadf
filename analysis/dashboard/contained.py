"""Parts of the page that may fail alone: what goes wrong in one becomes a message in its place."""

from collections.abc import Callable
from typing import Any

import reacton.ipyvuetify as rv
import solara


@solara.component
def Contained(
    what: str, show: Callable[[], solara.Element[Any]], version: object = None, place: str = ""
) -> solara.Element[Any]:
    """Show a part of the page, or say why it cannot be shown.

    Args:
        what: The part, as the message calls it.
        show: Returns the component of the part.
        version: A part that failed is tried again when this changes.
        place: Class of the message where the part has a place of its own on the page.
    """
    problem, try_again = solara.use_exception()
    solara.use_effect(try_again, [version])
    if problem is None:
        return show()
    with rv.Html(tag="div", class_=place) as message:
        Problem(f"{what} cannot be shown: {type(problem).__name__}: {problem}")
        solara.Button("Try again", on_click=try_again, outlined=True, small=True)
    return message


@solara.component
def Problem(message: str) -> None:
    """Show what went wrong."""
    rv.Html(tag="div", class_="tm-error", attributes={"role": "alert"}, children=[message])
