"""Building blocks of a report: one HTML page that needs nothing from elsewhere."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final

STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #222; background: #fff; max-width: 72rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin-bottom: .2rem; }
h2 { font-size: 1.25rem; margin-top: 2.6rem; border-bottom: 1px solid #ddd; }
.question { font-size: 1.1rem; color: #555; margin-top: 0; }
.answer { font-size: 1.1rem; border-left: 4px solid #0072B2; padding: .3rem 1rem; background: #f4f8fb; }
.warning { border-left: 4px solid #D55E00; padding: .3rem 1rem; background: #fdf3ee; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .8rem 0; font-size: .85rem; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #e6e6e6; text-align: right; vertical-align: top;
  font-variant-numeric: tabular-nums; white-space: nowrap; }
th { border-bottom: 2px solid #999; }
th.text, td.text { text-align: left; white-space: normal; overflow-wrap: break-word; min-width: 8.5rem;
  max-width: 32rem; }
td small { color: #666; }
td.yes { background: #d7ecf8; } td.no { background: #fbe3d6; } td.open { background: #f2f2f2; }
figure { margin: 1rem 0; } figure img { max-width: 100%; height: auto; }
figcaption, .note { font-size: .85rem; color: #555; }
code, pre { background: #f4f4f4; font-size: .85rem; } pre { padding: .6rem; overflow-x: auto; }
summary { cursor: pointer; color: #0072B2; }
"""

Cell = Any
"""Text, or a pair of text and class: ``yes``, ``no``, ``open`` or ``text``."""


def text(value: object) -> str:
    """Escape anything for HTML; control characters that would break the page become spaces."""
    return escape("".join(letter if letter.isprintable() else " " for letter in str(value)))


def paragraph(content: str, kind: str = "") -> str:
    """Return a paragraph of plain text."""
    return f"<p{_of_kind(kind)}>{text(content)}</p>"


def section(title: str, *content: str) -> str:
    """Return a titled section of ready HTML."""
    return f"<section><h2>{text(title)}</h2>\n{chr(10).join(part for part in content if part)}\n</section>"


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
    return f'<div class="scroll"><table><thead><tr>{titles}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def picture(svg: bytes, description: str) -> str:
    """Return a figure with the drawing inside the page."""
    source = f"data:image/svg+xml;base64,{b64encode(svg).decode('ascii')}"
    return f'<figure><img src="{source}" alt="{text(description)}"></figure>'


def code(lines: str) -> str:
    """Return commands or a file, as they are."""
    return f"<pre>{escape(lines)}</pre>"


def page(title: str, *content: str) -> str:
    """Return the whole document; its policy forbids the browser to fetch anything."""
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title>\n<style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(part for part in content if part)
        + "\n</body></html>\n"
    )


def _cell(cell: Cell, left: bool) -> str:
    content, kind = cell if isinstance(cell, tuple) else (cell, "")
    first, _, rest = str(content).partition("\n")
    small = f"<br><small>{text(rest)}</small>" if rest else ""
    return f"<td{_of_kind(' '.join(filter(None, (kind, 'text' if left else ''))))}>{text(first)}{small}</td>"


def _of_kind(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
