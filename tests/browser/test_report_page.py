"""The page of a report on a small screen, on a large one, on paper and from disk."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from analysis import write_report

PHONE = 390
SCREEN = 1280
A4 = {"width": 703, "height": 1017}
"""Pixels between the margins of a sheet."""


@pytest.fixture(scope="module")
def report(results: Path) -> Path:
    return write_report(results / "rivals")


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    problems: list[str] = []
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.goto(report.as_uri())
    yield opened
    context.close()
    assert problems == []


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def opened(page: Page) -> None:
    """Open everything that opens on demand."""
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")


@pytest.mark.parametrize("width", [PHONE, SCREEN])
def test_the_page_scrolls_in_one_direction_only(page: Page, screens: Path, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    opened(page)
    assert overflow(page) == 0
    page.screenshot(path=screens / f"report-{width}.png", full_page=True)


def test_on_a_phone_tables_scroll_and_their_first_column_stays(page: Page):
    page.set_viewport_size({"width": PHONE, "height": 800})
    box = page.locator("#who-earns-what > div.scroll:has(> table)").first
    assert box.evaluate("box => box.scrollWidth - box.clientWidth") > 100
    first = box.locator("tbody td").first
    before = first.bounding_box()
    box.evaluate("box => { box.scrollLeft = 200 }")
    after = first.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] == pytest.approx(before["x"], abs=1)
    second = box.locator("tbody td").nth(1).bounding_box()
    assert second is not None
    assert second["x"] < after["x"] + after["width"]


def test_figures_on_a_phone_stay_large_enough_to_read(page: Page):
    page.set_viewport_size({"width": PHONE, "height": 800})
    widths = page.locator("figure img").evaluate_all("images => images.map(image => image.clientWidth)")
    assert len(widths) >= 9
    assert min(widths) >= 700


def test_every_drawing_is_shown(page: Page):
    sizes = page.locator("figure img").evaluate_all("images => images.map(image => image.naturalWidth)")
    assert min(sizes) > 300


def test_contents_lead_to_their_sections(page: Page):
    links = page.locator("nav a")
    assert links.count() >= 8
    links.nth(links.count() - 1).click()
    assert page.url.endswith("#how-to-repeat-this")
    assert page.evaluate("window.scrollY") > 1000


@pytest.mark.parametrize("kind", ["SVG", "PNG"])
def test_a_figure_opens_beside_a_page_on_disk(page: Page, report: Path, kind: str):
    with page.expect_popup() as waiting:
        page.locator("figcaption a", has_text=kind).first.click()
    path = report.parent / "figures" / f"profit-by-setting.{kind.lower()}"
    assert waiting.value.url == path.as_uri()
    assert page.url == report.as_uri()


@pytest.mark.parametrize("kind", ["SVG", "PNG"])
def test_a_figure_is_saved_from_a_server(browser: Browser, report: Path, kind: str, tmp_path: Path):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(report.parent))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context(accept_downloads=True)
        try:
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/{report.name}")
            with page.expect_download() as waiting:
                page.locator("figcaption a", has_text=kind).first.click()
            name = waiting.value.suggested_filename
            waiting.value.save_as(tmp_path / name)
        finally:
            context.close()
            server.shutdown()
    assert (tmp_path / name).read_bytes() == (report.parent / "figures" / name).read_bytes()


def test_on_paper_no_column_and_no_figure_is_cut(page: Page, screens: Path):
    page.set_viewport_size({"width": A4["width"], "height": A4["height"]})
    page.emulate_media(media="print")
    opened(page)
    assert overflow(page) == 0
    edges = page.locator("table").evaluate_all("tables => tables.map(table => table.getBoundingClientRect().right)")
    assert len(edges) > 10
    assert max(edges) <= A4["width"] + 1
    heights = page.locator("figure").evaluate_all("all => all.map(figure => figure.getBoundingClientRect().height)")
    assert max(heights) < A4["height"]
    assert not page.locator("nav").is_visible()
    page.pdf(path=screens / "report.pdf", prefer_css_page_size=True)


def test_what_is_closed_on_paper_says_so(page: Page):
    page.emulate_media(media="print")
    said = page.evaluate("getComputedStyle(document.querySelector('details:not([open]) > summary'), '::after').content")
    assert "not printed" in said
