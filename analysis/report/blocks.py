"""Building blocks of a report: one HTML page that needs nothing from elsewhere."""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final
from urllib.parse import quote

STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #222; background: #fff; max-width: 72rem;
  margin: 2rem auto; padding: 0 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; margin-bottom: .2rem; }
h2 { font-size: 1.25rem; margin-top: 2.6rem; border-bottom: 1px solid #ddd; }
a { color: #0060a0; }
.question { font-size: 1.1rem; color: #555; margin-top: 0; }
.answer { font-size: 1.1rem; border-left: 4px solid #0072B2; padding: .3rem 1rem; background: #f4f8fb; }
.warning { border-left: 4px solid #D55E00; padding: .3rem 1rem; background: #fdf3ee; }
nav { border: 1px solid #ddd; padding: .5rem 1rem; margin: 1.2rem 0; }
nav ul { margin: 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; }
.scroll { overflow-x: auto; position: relative; }
table { border-collapse: separate; border-spacing: 0; margin: .8rem 0; font-size: .85rem; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #e6e6e6; text-align: right; vertical-align: top;
  font-variant-numeric: tabular-nums; white-space: nowrap; }
th { border-bottom: 2px solid #999; vertical-align: bottom; }
th:not(.text) { white-space: normal; min-width: 4.5rem; }
th.text, td.text { text-align: left; white-space: normal; overflow-wrap: break-word; min-width: 8.5rem;
  max-width: 32rem; }
th:first-child, td:first-child { position: sticky; left: 0; z-index: 1; background: #fff; }
td small { color: #666; }
td.yes { background: #d7ecf8; } td.no { background: #fbe3d6; } td.open { background: #f2f2f2; }
figure { margin: 1rem 0; } figure img { max-width: 100%; height: auto; display: block; }
figcaption, .note { font-size: .85rem; color: #555; }
figcaption a { display: inline-block; padding: .1rem .6rem; margin-right: .4rem; border: 1px solid #b5c7d6;
  border-radius: .3rem; text-decoration: none; }
code, pre { background: #f4f4f4; font-size: .85rem; } pre { padding: .6rem; overflow-x: auto; }
summary { cursor: pointer; color: #0072B2; }
@media (max-width: 40rem) {
  body { margin-top: 1rem; }
  th.text, td.text { min-width: 7rem; }
  th:first-child, td:first-child { max-width: 8.5rem; white-space: normal; border-right: 1px solid #ddd; }
  figure .scroll img { max-width: none; width: 46rem; }
}
@page { size: A4; margin: 14mm 12mm; }
@media print {
  body { max-width: none; margin: 0; padding: 0; font-size: 10pt; }
  nav, figcaption { display: none; }
  h2 { margin-top: 1.4rem; break-after: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 7.5pt; width: 100%; margin: .4rem 0; }
  .wide table { font-size: 6.5pt; }
  th, td, th.text, td.text { padding: .12rem .3rem; white-space: normal; overflow-wrap: break-word; min-width: 0;
    max-width: none; }
  th.text, td.text { overflow-wrap: anywhere; min-width: 6em; }
  th:not(.text) { min-width: 0; overflow-wrap: normal; }
  th:first-child, td:first-child { position: static; }
  thead { display: table-header-group; } tr, figure, .answer, .warning { break-inside: avoid; }
  td { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  figure { margin: .6rem 0; } figure .scroll img { width: auto; max-width: 100%; max-height: 250mm; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  details:not([open]) > summary::after { content: " (closed in the page, not printed)"; }
}
"""

WIDE: Final = 8
"""Columns from which on a table is printed in smaller letters."""

Cell = Any
"""Text, or a pair of text and class: ``yes``, ``no``, ``open`` or ``text``."""


def text(value: object) -> str:
    """Escape anything for HTML; control characters that would break the page become spaces."""
    return escape("".join(letter if letter.isprintable() else " " for letter in str(value)))


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
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title>\n<style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _cell(cell: Cell, left: bool) -> str:
    content, kind = cell if isinstance(cell, tuple) else (cell, "")
    first, _, rest = str(content).partition("\n")
    small = f"<br><small>{text(rest)}</small>" if rest else ""
    return f"<td{_of_kind(' '.join(filter(None, (kind, 'text' if left else ''))))}>{text(first)}{small}</td>"


def _of_kind(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
