"""What a visitor does with the page, and what may not happen meanwhile."""

import re
import time
from base64 import b64decode
from contextlib import suppress
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from PIL import Image
from playwright.sync_api import ConsoleMessage, Locator, Page, Response, expect
from playwright.sync_api import Error as NotThere

PATIENCE = 20_000
"""Milliseconds; the machine may be busy with other things."""

TIMES_DRAWN_ANEW = 5
"""A view that was opened while the market played is drawn again when it pauses; never more often than that."""

expect.set_options(timeout=PATIENCE)


class Visitor:
    """One browser window, and everything it asked for and complained about."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.problems: list[str] = []
        self.asked: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        page.on("response", self._answer)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(message.text)

    def _answer(self, answer: Response) -> None:
        if answer.status >= 400:
            self.problems.append(f"{answer.status} {answer.url}")

    def check(self) -> None:
        """Nothing failed in the browser, and nothing was asked of another host."""
        assert self.problems == []
        hosts = {urlsplit(url).netloc for url in self.asked if urlsplit(url).scheme not in ("data", "blob")}
        assert hosts == {urlsplit(self.url).netloc}

    def open(self) -> None:
        """Go to the page and wait until the model is built."""
        self.page.goto(self.url)
        expect(self.page.get_by_text("Press Play to let the market run")).to_be_visible()

    # acting -------------------------------------------------------------------------------------------------------

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def step(self, months: int = 1) -> None:
        """Step, and wait until every step is on the page."""
        wanted = self.months + months
        for _ in range(months):
            self.press("Step")
        self.wait_for_months(wanted)

    def pick(self, label: str, choice: str) -> None:
        """Choose from a list; a long one is written to its end as it is scrolled."""
        self.page.locator(".v-select", has=self.page.get_by_label(label, exact=True)).locator(".v-select__slot").click()
        menu = self.page.locator(".menuable__content__active")
        option = menu.get_by_role("option", name=choice, exact=True)
        expect(menu.get_by_role("option").first).to_be_visible()
        if not option.count():
            menu.evaluate("e => e.scrollTop = e.scrollHeight")
        option.click()

    def show_all_tabs(self) -> None:
        """Turn on what some views need: a commons, and plans besides tokens by the token."""
        self.pick("Content commons", "on")
        self.pick("Labs' free plans", "fixed")

    def slide(self, label: str, steps: int) -> None:
        """Move a slider by the arrow keys."""
        slider = self.slider(label)
        slider.focus()
        for _ in range(abs(steps)):
            before = slider.get_attribute("aria-label") or ""
            self.page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
            expect(slider).not_to_have_attribute("aria-label", before)  # the market is being built anew

    def slider(self, label: str) -> Locator:
        return self.page.get_by_role("slider", name=re.compile(f"^{re.escape(label)}:"))

    def tab(self, name: str) -> Locator:
        """Open a tab and wait for its first figure; return its panel."""
        self.page.get_by_role("tab", name=name, exact=True).click()
        panel = self.page.get_by_role("tabpanel", name=name, exact=True)
        expect(panel).to_be_visible()
        return panel

    def compare(self, *names: str) -> Locator:
        """Open Compare and pick finished results; return the panel."""
        panel = self.tab("Compare")
        panel.locator(".v-select__slot").click()
        for name in names:
            self.page.locator(".menuable__content__active").get_by_role("option", name=name, exact=True).click()
        self.page.keyboard.press("Escape")
        return panel

    # reading ------------------------------------------------------------------------------------------------------

    @property
    def months(self) -> int:
        """Months played, as the page says."""
        said = self.page.get_by_role("status").inner_text()
        found = re.search(r"(\d+) months? played", said)
        return int(found[1]) if found else 0

    def wait_for_months(self, months: int) -> None:
        word = "month" if months == 1 else "months"
        expect(self.page.get_by_role("status")).to_contain_text(f"· {months} {word} played")

    def wait_until_played(self, months: int) -> None:
        """Wait until so many months or more have been played."""
        deadline = time.monotonic() + PATIENCE / 1000
        while self.months < months:
            assert time.monotonic() < deadline, self.page.get_by_role("status").inner_text()
            self.page.wait_for_timeout(50)

    def wait_for_figures(self, panel: Locator, month: str) -> None:
        """Wait until the table of the view is of this month."""
        expect(panel.locator(".tm-caption")).to_contain_text(month)

    def wait_for_pictures(self, panel: Locator, drawn: list[bytes]) -> None:
        """Wait until the figures of the view are these; each comes on its own, before or after the caption."""
        deadline = time.monotonic() + PATIENCE / 1000
        while (shown := self.pictures(panel)) != drawn and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)
        assert shown == drawn

    def pictures(self, panel: Locator) -> list[bytes]:
        """The files of the figures of the view."""
        sources = [image.get_attribute("src") or "" for image in panel.locator("figure img").all()]
        return [b64decode(source.partition(",")[2]) for source in sources]

    def table(self, panel: Locator) -> list[dict[str, str]]:
        """The numbers of the view: one dictionary per row, by the titles of the columns."""
        head = panel.locator("thead th").all_inner_texts()
        rows = [row.locator("td").all_text_contents() for row in panel.locator("tbody tr").all()]
        return [dict(zip(head, row, strict=True)) for row in rows]

    def command(self, panel: Locator, place: int = 0) -> str:
        """A command line that the view shows."""
        return panel.locator("details pre").nth(place).text_content() or ""


BLOCKS = """panel => [...panel.querySelectorAll('h2, figure, .tm-table, details, .tm-picker')]
  .filter(block => block.checkVisibility())
  .map(block => block.getBoundingClientRect()).map(({x, y, width, height}) => ({x, y, width, height}))"""
"""Places of all blocks of a view at one moment: measured one by one, some may lie where others were before."""


def _photographed(image: Locator) -> bytes:
    """Return what is seen of a figure; should the view be drawn anew meanwhile, of the one that took its place."""
    for _ in range(TIMES_DRAWN_ANEW):
        with suppress(NotThere):
            return image.screenshot()
    return image.screenshot()


def check_figures(panel: Locator, least: int = 1) -> None:
    """Every figure is large enough, shows something, and lies apart from all others and from text."""
    expect(panel.locator("figure img").first).to_be_visible()
    images = panel.locator("figure img").all()
    assert len(images) >= least
    for image in images:
        size: Any = image.evaluate("async i => { await i.decode(); return [i.naturalWidth, i.naturalHeight] }")
        box = image.bounding_box()
        assert box is not None
        assert box["width"] >= 300
        assert box["height"] >= 130
        assert abs(size[0] / size[1] - box["width"] / box["height"]) < 0.02, "stretched"
        pixels = np.asarray(Image.open(BytesIO(_photographed(image))).convert("L"), dtype=float)
        assert pixels.std() > 5, "blank"
        assert (pixels < 128).mean() > 0.003, "nothing drawn"
    shown: list[dict[str, float]] = panel.evaluate(BLOCKS)
    for place, one in enumerate(shown):
        for other in shown[place + 1 :]:
            apart = (
                one["x"] + one["width"] <= other["x"] + 1
                or other["x"] + other["width"] <= one["x"] + 1
                or one["y"] + one["height"] <= other["y"] + 1
                or other["y"] + other["height"] <= one["y"] + 1
            )
            assert apart, (one, other)
