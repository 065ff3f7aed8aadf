"""Markdown of a lesson as HTML that can do nothing but be read: a file may come from anybody."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

WEB = ("https://", "http://")


def html(text: str) -> str:
    """Return Markdown as HTML.

    Tags in the text are shown as they are written; pictures are not fetched but linked to; links lead to the web
    alone, in a window of their own.
    """
    return _renderer().render(text)


@cache
def _renderer() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # what prints Markdown in terminals, too: rich brings it

    renderer = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    renderer.validateLink = lambda url: url.lower().startswith(WEB)  # type: ignore[method-assign]
    renderer.add_render_rule("link_open", _opened_apart)
    return renderer


def _opened_apart(self: Any, tokens: Any, place: int, options: Any, env: Any) -> str:
    """Return the tag that opens a link."""
    tokens[place].attrSet("target", "_blank")
    tokens[place].attrSet("rel", "noopener noreferrer")
    return str(self.renderToken(tokens, place, options, env))
