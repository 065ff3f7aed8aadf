"""A lesson's text on the page can do nothing but be read."""

import pytest

from analysis.dashboard.markdown import html


def test_text_is_set_as_written() -> None:
    found = html("*Prices* fall\n\n    p < c\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    for part in ("<em>Prices</em>", "<code>p &lt; c", "<td>1</td>"):
        assert part in found


@pytest.mark.parametrize(
    "text",
    [
        "<script>harm()</script>",
        "<img src=x onerror=harm()>",
        '<a href="javascript:harm()">x</a>',
        "[x](javascript:harm())",
        "[x](JaVaScRiPt:harm())",
        "[x](data:text/html,harm)",
        "[x](file:///etc/passwd)",
        "![x](http://elsewhere.invalid/x.png)",
        "![x](data:image/svg+xml,harm)",
        "<javascript:harm()>",
        '[x](https://a.b/"onmouseover="harm())',
        "<style>body { display: none }</style>",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(text: str) -> None:
    found = html(text).lower()
    tags = {part.split(">")[0].split()[0] for part in found.split("<")[1:]}
    assert tags <= {"p", "/p", "a", "/a"}
    for link in found.split("<a ")[1:]:
        assert link.startswith(('href="http://', 'href="https://'))
        assert '"onmouseover' not in link


def test_links_open_apart() -> None:
    assert html("[x](https://a.b)") == (
        '<p><a href="https://a.b" target="_blank" rel="noopener noreferrer">x</a></p>\n'
    )
