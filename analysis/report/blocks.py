"""Building blocks of a report: one HTML page that needs nothing from elsewhere."""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from markupsafe import Markup

if TYPE_CHECKING:
    from jinja2 import Environment

WIDE: Final = 8
"""Columns from which on a table is printed in smaller letters."""

Cell = Any
"""Text, or a pair of text and class: ``yes``, ``no``, ``open`` or ``text``."""


def text(value: object) -> str:
    """Escape anything for HTML; control characters that would break the page become spaces."""
    return escape(_spaced(value))


def _spaced(value: object) -> str:
    """Return anything as text in which control characters are spaces."""
    return "".join(letter if letter.isprintable() else " " for letter in str(value))


def paragraph(content: str, kind: str = "") -> str:
    """Return a paragraph of plain text."""
    return f"<p{_of_kind(kind)}>{text(content)}</p>"


class Section(str):
    """A titled section of ready HTML, which the page's contents link to.

    Attributes:
        heading: Its title.
        place: Its address within the page.
    """

    heading: str
    place: str


def section(title: str, *content: str, when: str = "") -> Section:
    """Return a titled section of ready HTML; the period that its numbers are about stands in its title."""
    place = re.sub(r"\W+", "-", title.lower()).strip("-") or "section"
    heading = f"{title}: {when}" if when else title
    inside = "\n".join(part for part in content if part)
    made = Section(f'<section id="{text(place)}"><h2>{text(heading)}</h2>\n{inside}\n</section>')
    made.heading, made.place = title, place
    return made


def contents(sections: Iterable[Section]) -> str:
    """Return links to sections."""
    links = "".join(f'<li><a href="#{quote(part.place)}">{text(part.heading)}</a></li>' for part in sections)
    return f'<nav aria-label="Contents"><ul>{links}</ul></nav>'


def details(title: str, *content: str) -> str:
    """Return a part that opens on demand."""
    return f"<details><summary>{text(title)}</summary>\n{chr(10).join(content)}\n</details>"


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]], words: Iterable[int] = (0,)) -> str:
    """Return a table of plain text.

    Args:
        head: Titles of the columns.
        rows: Cells; a line break in a cell sets what follows small.
        words: Columns of text, which are set to the left.
    """
    left = set(words)
    titles = "".join(f"<th{_of_kind('text' if i in left else '')}>{text(title)}</th>" for i, title in enumerate(head))
    body = "\n".join(f"<tr>{''.join(_cell(cell, i in left) for i, cell in enumerate(row))}</tr>" for row in rows)
    wide = " wide" if len(head) >= WIDE else ""
    inside = f"<thead><tr>{titles}</tr></thead>\n<tbody>\n{body}\n</tbody>"
    return f'<div class="scroll{wide}" tabindex="0"><table>{inside}</table></div>'


def picture(svg: bytes, description: str, files: Mapping[str, str] | None = None) -> str:
    """Return a figure with the drawing inside the page.

    Args:
        svg: The drawing.
        description: What it shows, for those who do not see it.
        files: Where it lies as a file, relative to the page, by kind: a link to each, which saves it; from a page
            on the disk browsers open it in a tab of its own instead.
    """
    source = f"data:image/svg+xml;base64,{b64encode(svg).decode('ascii')}"
    links = "".join(
        f'<a href="{quote(path)}" download target="_blank">{text(kind)}</a>' for kind, path in (files or {}).items()
    )
    caption = f"<figcaption>As a file: {links}</figcaption>" if links else ""
    drawing = f'<div class="scroll" tabindex="0"><img src="{source}" alt="{text(description)}"></div>'
    return f"<figure>{drawing}{caption}</figure>"


def code(lines: str) -> str:
    """Return commands or a file, as they are."""
    return f"<pre>{escape(lines)}</pre>"


def page(title: str, *content: str) -> str:
    """Return the whole document, with links to its sections before the first of them.

    Its policy forbids the browser to fetch anything.
    """
    parts = [part for part in content if part]
    sections = [part for part in parts if isinstance(part, Section)]
    if len(sections) > 1:
        parts.insert(parts.index(sections[0]), contents(sections))
    return written("page.html", title=title, parts=[Markup(part) for part in parts])


def written(template: str, **values: Any) -> str:
    """Return a template of ``analysis/report/templates`` with values; all that is not `Markup` is escaped."""
    return _templates().get_template(template).render(values)


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("analysis.report", "templates"),
        autoescape=True,
        finalize=lambda value: value if isinstance(value, Markup) else _spaced(value),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _cell(cell: Cell, left: bool) -> str:
    content, kind = cell if isinstance(cell, tuple) else (cell, "")
    first, _, rest = str(content).partition("\n")
    small = f"<br><small>{text(rest)}</small>" if rest else ""
    return f"<td{_of_kind(' '.join(filter(None, (kind, 'text' if left else ''))))}>{text(first)}{small}</td>"


def _of_kind(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
