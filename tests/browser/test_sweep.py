"""The tab Sweep: what a visitor asks for runs as a batch in the background, and is drawn."""

import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from finished_files import content
from playwright.sync_api import Browser, Locator, expect
from serving import ROOT, Server, running, visiting
from test_tabs import STANDS_OUT
from visitor import Visitor, check_figures

from analysis.dashboard.views import COMPARE, SWEEP
from scenarios import load

PATIENCE = 240_000
"""Milliseconds that a small sweep may take on a busy machine."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    folder.mkdir()
    return folder


def fill(panel: Locator, **fields: str) -> None:
    """Write into fields by their accessible names, with blanks for underscores and a colon for two."""
    for name, value in fields.items():
        label = name.replace("__", ": ").replace("_", " ")
        panel.get_by_role("textbox", name=label, exact=True).fill(value)


def small(visitor: Visitor) -> Locator:
    """Open the tab and write a sweep of four short runs."""
    panel = visitor.tab(SWEEP)
    visitor.pick("Control", "AI labs")
    fill(panel, Control__Lowest="2", Control__Highest="4", Control__Values="2", Replications="2", Months="3")
    expect(panel.locator(".tm-size")).to_contain_text("2 values × 2 replications: 4 runs of 3 months.")
    return panel


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_sweep_is_drawn_and_equals_the_batch_of_its_file(browser: Browser, folder: Path, screens: Path) -> None:
    with (
        running("baseline", "--results", str(folder)) as server,
        visiting(browser, server, height=1500) as visitor,
    ):
        visitor.pick("Content commons", "on")
        visitor.slide("Resellers", -1)
        panel = small(visitor)
        visitor.page.screenshot(path=screens / "sweep-form.png")
        panel.get_by_role("button", name="Start").click()
        expect(panel.get_by_role("button", name="Start")).to_be_disabled()
        expect(panel.get_by_role("progressbar")).to_be_visible()
        visitor.tab("Profit")
        visitor.step(1)
        panel = visitor.tab(SWEEP)
        expect(panel.get_by_label("Control: Highest", exact=True)).to_have_value("4")
        expect(panel.locator("figure img")).to_have_count(1, timeout=PATIENCE)
        check_figures(panel)
        expect(panel.locator("figure img")).to_have_attribute("alt", re.compile("2024-01 to 2024-03"))
        expect(panel).to_contain_text(f"The results lie in {folder / 'sweep-1'}, as")
        visitor.page.screenshot(path=screens / "sweep.png")
        words = visitor.command(panel).split()
        assert words[:3] == ["tokenmarket", "batch", str(folder / "sweep-1.toml")]
        again = folder.parent / "again"
        words[words.index("--out") + 1] = str(again)
        subprocess.run([sys.executable, "-m", "scenarios.cli", *words[1:]], check=True, cwd=ROOT, capture_output=True)
        assert content(folder / "sweep-1") == content(again)
        market = load(folder / "sweep-1-scenario.toml").parameters
        assert (market.resellers.count, market.commons.mode) == (11, "on")
        panel = visitor.compare("sweep-1: labs.count=2", "sweep-1: labs.count=4")
        check_figures(panel, least=4)


def test_two_controls_make_a_map_and_fit_a_telephone(browser: Browser, folder: Path, screens: Path) -> None:
    with (
        running("theory/chain", "--results", str(folder)) as server,
        visiting(browser, server, width=390) as visitor,
    ):
        panel = visitor.tab(SWEEP)
        visitor.pick("Second control", "Cost of labs")
        fill(panel, Control__Values="3", Second_control__Values="2", Replications="1", Months="2")
        expect(panel.locator(".tm-size")).to_contain_text("3 values × 2 values × 1 replication: 6 runs of 2 months.")
        panel.get_by_role("button", name="Start").click()
        expect(panel.locator("figure img")).to_have_count(2, timeout=PATIENCE)
        check_figures(panel, least=2)
        assert visitor.page.evaluate("() => document.documentElement.scrollWidth") <= 390
        assert visitor.page.evaluate(STANDS_OUT) == []
        visitor.page.screenshot(path=screens / "sweep-narrow.png", full_page=True)


def test_cancel_and_leaving_end_it(browser: Browser, folder: Path) -> None:
    with running("baseline", "--results", str(folder)) as server, visiting(browser, server) as visitor:
        panel = start_long(visitor)
        panel.get_by_role("button", name="Cancel").click()
        expect(panel.locator(".tm-progress")).to_contain_text("Cancelled: nothing of it is kept.")
        assert names(folder) == []
        start_long(visitor)
        visitor.page.close(run_before_unload=True)
        wait_until_alone(server)
        assert names(folder) == []


def start_long(visitor: Visitor) -> Locator:
    """Start a sweep of many runs, and wait until its batch is at work."""
    panel = visitor.tab(SWEEP)
    fill(panel, Control__Values="10", Replications="20", Months="120")
    panel.get_by_role("button", name="Start").click()
    expect(panel.locator(".tm-progress")).to_contain_text("0 failed", timeout=PATIENCE)
    return panel


def wait_until_alone(server: Server) -> None:
    """Wait until the server has no processes of its own any more."""
    deadline = time.monotonic() + 180
    while psutil.Process(server.process.pid).children(recursive=True):
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_what_will_not_do_is_said(browser: Browser, tmp_path: Path) -> None:
    with running("baseline", cwd=tmp_path) as server, visiting(browser, server) as visitor:
        panel = visitor.tab(SWEEP)
        expect(panel).to_contain_text("started without a folder of results")
        expect(panel).to_contain_text("--results DIR")
        start = panel.get_by_role("button", name="Start")
        visitor.pick("Control", "AI labs")
        for value, said in (("<b>", "'<b>' is no number."), ("0.5", "whole numbers."), ("99", "must be above")):
            fill(panel, Control__Lowest=value)
            expect(panel.locator(".tm-wrong")).to_contain_text(said)
            expect(start).to_be_disabled()
        fill(panel, Control__Lowest="0", Months="2")
        start.click()
        alert = panel.get_by_role("alert")
        expect(alert).to_contain_text("sweep-1, setting labs.count=0: labs.count = 0 must be a whole number")
        visitor.step(1)
        visitor.pick("Scenario", "chip-monopoly")
        expect(panel.locator(".tm-range .v-select__selection").first).to_have_text("AI labs")
        expect(alert).to_have_count(1)
        visitor.tab(COMPARE)
        expect(visitor.page.get_by_role("alert")).to_have_count(0)


def test_keys_and_contrast(browser: Browser, folder: Path) -> None:
    """Keys reach and press everything on the tab, and its text stands out."""
    with running("baseline", "--results", str(folder)) as server, visiting(browser, server) as visitor:
        panel = visitor.tab(SWEEP)
        visitor.pick("Second control", "Chip capacity")
        fill(panel, Control__Highest="none")
        expect(panel.locator(".tm-wrong")).to_be_visible()
        visitor.page.wait_for_timeout(500)
        faint = visitor.page.evaluate((Path(__file__).parent / "contrast.js").read_text(encoding="utf-8"))
        assert faint == []
        fill(panel, Control__Highest="3", Control__Values="2", Second_control__Values="2", Replications="50")
        expect(panel.locator(".tm-size")).to_contain_text("200 runs of 60 months.")
        panel.get_by_role("textbox", name="Control", exact=True).focus()
        reached = []
        while "Start" not in reached and len(reached) < 20:
            visitor.page.keyboard.press("Tab")
            reached.append(visitor.page.evaluate(FOCUSED))
        wanted = ["Control: Lowest", "Control: Highest", "Control: Values", "Second control: Lowest", "Replications",
                  "Months", "Start"]  # fmt: skip
        assert [name for name in reached if name in wanted] == wanted, reached
        visitor.page.keyboard.press("Enter")
        cancel = panel.get_by_role("button", name="Cancel")
        expect(cancel).to_be_enabled()
        visitor.page.keyboard.press("Tab")
        visitor.page.keyboard.press("Enter")
        expect(panel.locator(".tm-progress")).to_contain_text("Cancelled")


FOCUSED = """() => (e => e.getAttribute('aria-label') || (e.labels && e.labels[0] && e.labels[0].innerText)
  || e.textContent)(document.activeElement).trim()"""
