"""A fault in a part of the page stays in that part: the run, the other tabs and the header go on."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from damage import DAMAGED, SHOWN, damage
from playwright.sync_api import Browser, expect
from serving import Server, running, visiting
from visitor import Visitor, check_figures

from analysis.dashboard.views import COMPARE

SCRIPT = str(Path(__file__).parent / "failing_view.py")
FAULT = "FloatingPointError: put in by the test"


@contextmanager
def failing(browser: Browser, part: str, results: Path) -> Iterator[Visitor]:
    """Visit a page of which a part fails."""
    with running(SCRIPT, part, str(results), faults=FAULT) as server, visiting(browser, server) as visitor:
        yield visitor


def plays_on(visitor: Visitor) -> None:
    """The header answers and the market moves."""
    before = visitor.months
    visitor.press("Play")
    visitor.wait_until_played(before + 3)
    visitor.press("Pause")
    expect(visitor.page.get_by_role("button", name="Play")).to_be_enabled()


def test_a_figure_or_table_that_fails_leaves_the_rest_of_the_page(browser: Browser, results: Path) -> None:
    with failing(browser, "figures_and_tables", results) as visitor:
        visitor.step(1)
        panel = visitor.tab("Prices")
        expect(panel.get_by_role("alert")).to_have_text(f"Figure 1 cannot be drawn: {FAULT}")
        visitor.wait_for_figures(panel, "2024-01")
        plays_on(visitor)
        expect(panel.get_by_role("alert")).to_have_count(1)
        panel = visitor.tab("Chain")
        expect(panel.get_by_role("alert")).to_have_text(f"The table cannot be drawn: {FAULT}")
        check_figures(panel)
        panel = visitor.tab("Market")
        expect(panel.get_by_role("alert")).to_have_text(f"The heading cannot be drawn: {FAULT}")
        check_figures(panel, least=2)
        panel = visitor.compare("rivals: baseline", "taxed: token-tax")
        expect(panel.locator("tbody tr")).to_have_count(2)
        expect(panel.get_by_role("alert")).to_have_text(f"Figure 1 cannot be drawn: {FAULT}")
        expect(panel.locator("figure")).to_have_count(3)
        panel = visitor.tab("Profit")
        check_figures(panel, least=2)
        expect(visitor.page.get_by_role("alert")).to_have_count(0)


def test_a_view_that_cannot_be_shown_leaves_the_rest_of_the_page(browser: Browser, results: Path) -> None:
    with failing(browser, "rendering", results) as visitor:
        visitor.step(1)
        for opened in (lambda: visitor.tab("Market"), lambda: visitor.compare("taxed: token-tax")):
            panel = opened()
            expect(panel.get_by_role("alert")).to_have_text(f"This view cannot be shown: {FAULT}")
            panel.get_by_role("button", name="Try again").click()
            expect(panel.get_by_role("alert")).to_have_text(f"This view cannot be shown: {FAULT}")
            plays_on(visitor)
            expect(panel.get_by_role("alert")).to_have_text(f"This view cannot be shown: {FAULT}")
            check_figures(visitor.tab("Profit"))
            expect(visitor.page.get_by_role("alert")).to_have_count(0)


def test_a_list_of_results_that_cannot_be_shown_leaves_the_rest_of_the_page(browser: Browser, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "manifest.json").write_text("{", encoding="utf-8")
    with failing(browser, "picker", tmp_path) as visitor:
        panel = visitor.tab(COMPARE)
        expect(panel.get_by_role("alert")).to_have_text(f"The list of results cannot be shown: {FAULT}")
        plays_on(visitor)
        shutil.rmtree(damaged)
        check_figures(visitor.tab("Profit"))
        panel = visitor.tab(COMPARE)
        expect(panel).to_contain_text("There are no finished results")
        expect(panel.get_by_role("alert")).to_have_count(0)


def test_bad_results_are_named_and_break_nothing(browser: Browser, results: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shelf"
    folder.mkdir()
    damage(folder, results / "taxed")
    with running("baseline", "--results", str(folder)) as server, visiting(browser, server) as visitor:
        panel = visitor.tab(COMPARE)
        left_out = panel.locator(".tm-damaged")
        expect(left_out).to_contain_text(f"Left out, {len(DAMAGED)} folders that cannot be read")
        expect(left_out).to_contain_text("fifo (manifest.json is no file)")
        panel.locator(".v-select__slot").click()
        options = visitor.page.locator(".menuable__content__active").get_by_role("option")
        expect(options).to_have_text([*(f"{name}: token-tax" for name in SHOWN)])
        visitor.page.keyboard.press("Escape")
        panel = visitor.compare("broken table: token-tax", "<b>markup: token-tax")
        expect(panel.locator("h2")).to_have_text("Who earns what in <b>markup: token-tax?")
        expect(panel.get_by_role("alert")).to_contain_text("broken table: token-tax cannot be drawn")
        check_figures(panel, least=4)
        visitor.step(1)
        check_figures(visitor.tab("Profit"))


def test_an_unknown_backend_in_the_environment_is_not_asked_for(browser: Browser) -> None:
    with running("baseline", MPLBACKEND="nonsense") as server, visiting(browser, server) as visitor:
        visitor.step(1)
        check_figures(visitor.tab("Profit"), least=2)


def test_a_scenario_that_is_gone_leaves_the_rest_of_the_page(browser: Browser, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('question = "?"\nextends = "baseline"\n', encoding="utf-8")
    with running(str(mine)) as server, visiting(browser, server) as visitor:
        visitor.pick("Scenario", "chip-monopoly")
        visitor.step(1)
        mine.write_text("labs = 3", encoding="utf-8")
        visitor.pick("Scenario", str(mine))
        expect(visitor.page.get_by_role("alert").first).to_contain_text("mine.toml")
        visitor.pick("Scenario", "baseline")
        expect(visitor.page.get_by_role("alert")).to_have_count(0)
        visitor.step(1)


def test_a_header_that_fails_comes_back(browser: Browser, results: Path) -> None:
    with failing(browser, "header", results) as visitor:
        visitor.step(1)
        visitor.press("Step")
        alert = visitor.page.get_by_role("alert")
        expect(alert).to_have_text(f"The header cannot be shown: {FAULT}")
        check_figures(visitor.tab("Chain"))
        visitor.slide("AI labs", 1)
        expect(alert).to_have_count(0)
        visitor.step(1)


def test_a_server_that_tells_of_a_fault_fails_the_test(server: Server, tmp_path: Path) -> None:
    """The watch over the server's output sees what it is there for."""
    said = tmp_path / "output"
    other = object.__new__(Server)
    other.said, other.faults, other.checked = said, FAULT, 0
    for output, passes in (("all is well", True), (f"{TRACE}…\n{FAULT}", True), (f"{TRACE}…\nKeyError: 1", False)):
        said.write_text(output, encoding="utf-8")
        other.checked = 0
        assert fails(other) is not passes
    assert not fails(other), "one fault fails one test"
    other.faults, other.checked = "", 0
    said.write_text(f"{TRACE}…\n{FAULT}", encoding="utf-8")
    assert fails(other)


TRACE = "Traceback (most recent call last):\n"


def fails(server: Server) -> bool:
    try:
        server.check()
    except AssertionError:
        return True
    return False
