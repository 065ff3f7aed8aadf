"""Every file that the page offers arrives, and is what it says."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from serving import Server, running, visiting
from visitor import Visitor, check_figures

from analysis.dashboard.views import COMPARE
from analysis.results import read_results
from scenarios import load, run

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
MONTHS = 2
WIDTHS = (390, 1024, 1920)


def block(visitor: Visitor) -> Locator:
    return visitor.page.locator("details.tm-downloads")


def take(visitor: Visitor, words: str, folder: Path) -> Path:
    """Press a button and return the file that it saves, under the name that the page gives it."""
    with visitor.page.expect_download(timeout=60_000) as waiting:
        block(visitor).get_by_role("button", name=words, exact=True).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def dots(path: Path) -> float:
    """Dots per inch of a PNG."""
    with Image.open(path) as image:
        return float(image.info["dpi"][0])


@pytest.fixture
def open_block(visitor: Visitor) -> Visitor:
    """A visitor who has played two months and opened the list of downloads."""
    visitor.step(MONTHS)
    panel = visitor.tab("Profit")
    visitor.wait_for_figures(panel, "2024-02")
    check_figures(panel, least=2)
    block(visitor).locator("summary").click()
    return visitor


def test_the_scenario_is_played_to_the_numbers_on_the_page(open_block: Visitor, tmp_path: Path) -> None:
    path = take(open_block, "Scenario (TOML)", tmp_path)
    assert path.name == "baseline.toml"
    scenario = load(path)
    assert scenario.parameters.horizon.rounds == MONTHS
    assert scenario.parameters.labs == load("baseline").parameters.labs


def test_results_open_with_the_readers(open_block: Visitor, tmp_path: Path) -> None:
    path = take(open_block, "Results (Parquet)", tmp_path)
    assert path.name == "baseline-results.zip"
    with ZipFile(path) as files:
        files.extractall(tmp_path)
    taken, made = read_results(tmp_path / "baseline"), run(load("baseline"), 1, rounds=MONTHS)
    assert taken.rounds["tokens"].tolist() == made.rounds["tokens"].tolist()
    assert taken.firms["operating_profit"].tolist() == made.firms["operating_profit"].tolist()
    path = take(open_block, "Results (CSV)", tmp_path)
    with ZipFile(path) as files:
        assert f"rounds.csv, {MONTHS} rows" in files.read("baseline-csv/README.txt").decode()
        assert len(files.read("baseline-csv/rounds.csv").splitlines()) == 1 + MONTHS


def test_figures_are_those_of_the_open_view(open_block: Visitor, tmp_path: Path) -> None:
    svg = take(open_block, "Figure 2 (SVG)", tmp_path)
    assert svg.name == "baseline-profit-2.svg"
    shown = open_block.page.locator("figure img").nth(1).get_attribute("alt") or ""
    written = " ".join("".join(ElementTree.fromstring(svg.read_bytes()).itertext()).split())
    assert shown.split(",")[0] in written
    assert dots(take(open_block, "Figure 1 (PNG)", tmp_path)) == pytest.approx(300, abs=1)
    check_figures(open_block.tab("Chain"))
    expect(block(open_block).get_by_role("button", name="Figure 2 (SVG)", exact=True)).to_have_count(0)
    assert take(open_block, "Figure 1 (SVG)", tmp_path).name == "baseline-chain-1.svg"
    panel = open_block.compare("taxed: token-tax")
    check_figures(panel, least=4)
    path = take(open_block, "Figure 4 (PNG)", tmp_path)
    assert path.name == "compare-4.png"
    assert dots(path) == pytest.approx(300, abs=1)


def test_a_file_can_be_taken_again_as_the_market_goes_on(open_block: Visitor, tmp_path: Path) -> None:
    for months in (MONTHS, MONTHS + 1):
        open_block.wait_for_months(months)
        path = take(open_block, "Scenario (TOML)", tmp_path)
        assert load(path).parameters.horizon.rounds == months
        open_block.press("Step")


def test_a_file_is_made_while_the_market_plays(open_block: Visitor, tmp_path: Path) -> None:
    open_block.slide("Play stops after", 5)
    open_block.pick("Speed", "10 months a second")
    open_block.press("Play")
    open_block.wait_until_played(4)
    path = take(open_block, "Results (Parquet)", tmp_path)
    open_block.press("Pause")
    with ZipFile(path) as files:
        files.extractall(tmp_path)
    assert 4 <= len(read_results(tmp_path / "baseline").rounds) <= open_block.months


def test_keys_reach_the_files(open_block: Visitor, tmp_path: Path) -> None:
    page = open_block.page
    block(open_block).locator("summary").focus()
    page.keyboard.press("Tab")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "baseline.toml"


def test_before_the_first_month_there_is_the_scenario_alone(visitor: Visitor, tmp_path: Path) -> None:
    block(visitor).locator("summary").click()
    expect(block(visitor).get_by_role("button")).to_have_count(1)
    assert load(take(visitor, "Scenario (TOML)", tmp_path)).parameters == load("baseline").parameters
    visitor.tab(COMPARE)
    expect(block(visitor).get_by_role("button")).to_have_count(1)


def test_what_cannot_be_made_is_told_and_tried_again(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('question = "?"\nextends = "baseline"\n[population]\nusers = 1000\n', encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    with running(str(path), cwd=tmp_path) as server, visiting(browser, server) as visitor:
        visitor.step(1)
        block(visitor).locator("summary").click()
        path.write_text(text.replace("1000", "2000"), encoding="utf-8")
        button = block(visitor).get_by_role("button", name="Results (CSV)", exact=True)
        button.click()
        expect(block(visitor).get_by_role("alert")).to_contain_text("has changed since this run began")
        path.write_text(text, encoding="utf-8")
        assert take(visitor, "Results (CSV)", tmp_path).name == "mine-csv.zip"
        expect(block(visitor).get_by_role("alert")).to_have_count(0)


def test_the_list_is_in_good_order(browser: Browser, server: Server, screens: Path) -> None:
    for width in WIDTHS:
        with visiting(browser, server, width=width) as visitor:
            visitor.step(1)
            check_figures(visitor.tab("Profit"), least=2)
            block(visitor).locator("summary").click()
            visitor.page.wait_for_timeout(500)
            assert visitor.page.evaluate(CONTRAST) == []
            over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert visitor.page.evaluate(over) <= 0, width
            block(visitor).scroll_into_view_if_needed()
            visitor.page.screenshot(path=screens / f"downloads-{width}.png")


@pytest.fixture(scope="module")
def saved(browser: Browser, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run, saved."""
    with visiting(browser, server) as visitor:
        visitor.show_all_tabs()
        visitor.step(3)
        check_figures(visitor.tab("Profit"))
        block(visitor).locator("summary").click()
        return take(visitor, "Page with all views (HTML)", tmp_path_factory.mktemp("saved"))


@pytest.fixture
def offline(browser: Browser, saved: Path) -> Iterator[Page]:
    """The saved page, opened from the disk without a network."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    problems: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(saved.as_uri())
    yield page
    context.close()
    assert problems == []
    assert [url for url in asked if not url.startswith("data:")] == [saved.as_uri()]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_of_a_run_is_read_offline(offline: Page, screens: Path, width: int) -> None:
    offline.set_viewport_size({"width": width, "height": 900})
    assert offline.locator("section").count() == 10
    sizes = offline.locator("figure img").evaluate_all("images => images.map(image => image.naturalWidth)")
    assert len(sizes) >= 9
    assert min(sizes) > 300
    offline.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert offline.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert offline.evaluate(CONTRAST) == []
    offline.screenshot(path=screens / f"page-of-run-{width}.png", full_page=True)
