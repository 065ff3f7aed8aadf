import re

import pytest

from analysis.report.blocks import WIDE, contents, page, picture, section, table


def test_contents_link_to_every_section_before_the_first():
    written = page("T", "<p>answer</p>", section("Who earns what"), "<p>note</p>", section("The <claim> & co"))
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', written)
    assert links == [("who-earns-what", "Who earns what"), ("the-claim-co", "The &lt;claim&gt; &amp; co")]
    assert all(f'<section id="{place}">' in written for place, _ in links)
    assert written.index("answer") < written.index("<nav") < written.index("<section")


def test_a_page_of_one_section_needs_no_contents():
    assert "<nav" not in page("T", section("Runs"))


@pytest.mark.parametrize("title", ['"><script>', "价格", "!!!", "a'b"])
def test_any_title_can_be_linked_to(title: str):
    part = section(title)
    place = re.search(r'<section id="([^"]*)">', part)
    assert place is not None
    assert place[1]
    assert not set(place[1]) & set(" \"'<>")
    assert "<script" not in contents([part])


def test_a_figure_links_to_its_files():
    written = picture(b"<svg/>", 'what "it" shows', {"SVG": "figures/a b.svg", "PNG": "figures/a b.png"})
    assert '<a href="figures/a%20b.svg" download target="_blank">SVG</a>' in written
    assert '<a href="figures/a%20b.png" download target="_blank">PNG</a>' in written
    assert 'alt="what &quot;it&quot; shows"' in written
    assert "figcaption" not in picture(b"<svg/>", "")


def test_wide_tables_are_marked_and_scroll_by_keyboard():
    assert 'class="scroll wide" tabindex="0"' in table(["x"] * WIDE, [])
    assert 'class="scroll" tabindex="0"' in table(["x"] * (WIDE - 1), [])


def test_nothing_may_be_fetched_or_run():
    written = page("T", section("A"), section("B"))
    assert "default-src 'none'" in written
    assert "script-src" not in written
