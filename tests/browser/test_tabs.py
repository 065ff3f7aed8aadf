"""From every tab to every other, and the width of the window."""

from collections.abc import Iterable

import networkx as nx
import pytest
from playwright.sync_api import Browser, expect
from serving import Server, visiting
from visitor import Visitor, check_figures

from analysis.dashboard.views import COMPARE, SWEEP, TABS

WALK = [tab for _, tab in nx.eulerian_circuit(nx.complete_graph(TABS, create_using=nx.DiGraph), source=TABS[0])]
"""Begins and ends at the first tab and goes from each tab to each other once."""


def walk(visitor: Visitor, way: Iterable[str]) -> None:
    """Open tabs one after the other; none shows a fault."""
    for name in way:
        panel = visitor.tab(name)
        assert panel.get_by_role("alert").count() == 0, (name, panel.inner_text())


def test_every_tab_leads_to_every_other(visitor: Visitor) -> None:
    """While playing; one after the other before the first month, and paused with results picked."""
    assert len(WALK) == len(TABS) * (len(TABS) - 1)
    visitor.show_all_tabs()
    expect(visitor.page.get_by_role("tab")).to_have_text(list(TABS))
    walk(visitor, TABS)
    visitor.slide("Play stops after", 5)
    visitor.press("Play")
    visitor.wait_until_played(1)
    walk(visitor, WALK)
    visitor.press("Pause")
    visitor.compare("taxed: token-tax")
    walk(visitor, reversed(TABS))
    check_figures(visitor.tab(TABS[0]))
    check_figures(visitor.tab(COMPARE), least=4)


def test_a_tab_that_goes_takes_nothing_with_it(visitor: Visitor) -> None:
    """The open tab stays open when another goes; the first opens when the open one goes."""
    for opened, then in ((COMPARE, COMPARE), ("Commons", TABS[0])):
        visitor.pick("Content commons", "on")
        visitor.tab(opened)
        visitor.pick("Content commons", "off")
        expect(visitor.page.get_by_role("tab", name="Commons")).to_have_count(0)
        expect(visitor.page.get_by_role("tabpanel", name=then)).to_be_visible()
        expect(visitor.page.get_by_role("tab", selected=True)).to_have_text(then)


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_the_page_uses_the_width_it_has(browser: Browser, server: Server, width: int) -> None:
    with visiting(browser, server, width=width) as visitor:
        visitor.show_all_tabs()
        visitor.step(2)
        for name in TABS:
            panel = visitor.compare("rivals: baseline", "taxed: token-tax") if name == COMPARE else visitor.tab(name)
            if name == SWEEP:
                continue
            check_figures(panel)
            fits(visitor, width, name)


def fits(visitor: Visitor, width: int, name: str) -> None:
    """Nothing stands out at the right but inside a box that scrolls; figures fill the panel, the panel the page."""
    assert visitor.page.evaluate("() => document.documentElement.scrollWidth") <= width, name
    assert visitor.page.evaluate(STANDS_OUT) == [], name
    panel, row = visitor.page.evaluate(WIDTHS)
    side = 320 if width > 960 else 0
    assert panel >= 0.9 * (width - side), name
    assert row >= 0.95 * panel, name


STANDS_OUT = """() => {
  const scrolls = e => e && e !== document.body &&
    (e.matches('.tm-figure, .tm-table .scroll, .v-slide-group__wrapper') || scrolls(e.parentElement));
  return [...document.querySelectorAll('.tm *')].filter(e => e.checkVisibility() && !scrolls(e.parentElement)
    && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80));
}"""

WIDTHS = """() => {
  const figures = [...document.querySelectorAll('.tm-figure')].map(e => e.getBoundingClientRect());
  const row = figures.filter(box => Math.abs(box.top - figures[0].top) < 2);
  return [document.querySelector('.tm-panel').getBoundingClientRect().width,
          Math.max(...row.map(box => box.right)) - Math.min(...row.map(box => box.left))];
}"""
