"""Changes while a market plays, two markets side by side, and links that open them again."""

import re
import tomllib
from pathlib import Path

import pandas as pd
from playwright.sync_api import Browser, expect
from serving import Server, running, visiting
from visitor import Visitor, check_figures

from analysis.dashboard.choice import Choice, Dated
from analysis.dashboard.views import APART, COMMONS, TABS
from market import TokenMarket
from scenarios import load
from scenarios.files.shocks import shocks

WAR = next(shock for shock in shocks() if shock.title == "Price war")


def scores(visitor: Visitor) -> list[dict[str, str]]:
    return visitor.table(visitor.page.locator(".tm-score"))


def profit(choice: Choice, months: int) -> "pd.Series[float]":
    market = TokenMarket(choice.load().parameters, rng=choice.seed)
    for _ in range(months):
        market.step()
    return market.results().layers.groupby("layer", observed=True)["profit"].sum()


def test_a_control_moved_in_play_is_an_event(visitor: Visitor) -> None:
    """It is listed with the lines that repeat it, and can be taken back without a new start."""
    visitor.step(2)
    visitor.pick("Labs' free plans", "none")
    told = visitor.page.locator(".tm-event")
    expect(told).to_have_text('change 1: tariffs.free.rule = "none" from 2024-03Undo')
    assert visitor.months == 2
    lines = visitor.page.locator(".tm-happened pre").text_content() or ""
    assert tomllib.loads(lines) == {
        "events": [{"month": "2024-03", "set": {"tariffs": {"free": {"rule": "none"}}}}]
    } or (tomllib.loads(lines) == {"events": [{"month": "2024-03", "set": {"tariffs.free.rule": "none"}}]})
    visitor.press("Undo")
    expect(told).to_have_count(0)
    visitor.step(1)
    assert visitor.months == 3
    panel = visitor.tab("Profit")
    visitor.wait_for_figures(panel, "2024-03")
    assert "events" not in visitor.command(panel)


def test_a_shock_comes_from_the_list(visitor: Visitor) -> None:
    expect(visitor.page.get_by_role("button", name="Price war", exact=True)).to_be_disabled()
    visitor.step(1)
    visitor.press("Price war")
    expect(visitor.page.locator(".tm-event")).to_contain_text("Price war from 2024-02 for 6 months")
    visitor.step(2)
    panel = visitor.tab("Prices")
    visitor.wait_for_figures(panel, "2024-03")
    parameters = load("baseline", {"events": [{"month": "2024-02", "months": 6, "set": WAR.changes}]}).parameters
    market = TokenMarket(parameters, rng=1)
    for _ in range(3):
        market.step()
    sold = market.results().rounds["price_retail"].iloc[-1]
    row = next(row for row in visitor.table(panel) if row["what"] == "tokens, retail, all sellers")
    assert float(row["price"]) == float(f"{sold:.4g}")


def test_two_markets_side_by_side_and_a_link_to_them(visitor: Visitor, screens: Path) -> None:
    visitor.step(1)
    visitor.press("Open a second market")
    expect(visitor.page.locator(".tm-difference")).to_contain_text("no difference yet")
    expect(visitor.page.locator(".tm-score")).to_be_visible()
    assert [row["B − A"] for row in scores(visitor)] == ["0", "0", "0"]
    visitor.press("B")
    visitor.pick("Labs' free plans", "none")
    expect(visitor.page.locator(".tm-difference")).to_contain_text('with tariffs.free.rule = "none" from 2024-02')
    visitor.step(2)
    panel = visitor.tab("Profit")
    expect(panel.locator("figcaption")).to_have_text(["A", "B", "A", "B"])
    check_figures(panel, least=4)
    visitor.page.screenshot(path=screens / "two-markets.png", full_page=True)
    earned = [profit(Choice("baseline", 1, {}, events), 3)
              for events in ((), (Dated("2024-02", {"tariffs.free.rule": "none"}),))]  # fmt: skip
    shown = scores(visitor)
    assert [row["layer"].lower() for row in shown] == list(earned[0].index)
    assert [row["A"].startswith("−") for row in shown] == [profit < 0 for profit in earned[0]]
    expect(visitor.page).to_have_url(re.compile("months=3"))
    visitor.page.goto(visitor.page.url)
    visitor.wait_for_months(3)
    expect(visitor.page.locator(".tm-score")).to_be_visible()
    assert scores(visitor) == shown
    visitor.press("Close market B")
    expect(visitor.page.locator(".tm-score")).to_have_count(0)


def test_files_of_both_markets_and_keys_while_they_play(visitor: Visitor, tmp_path: Path) -> None:
    visitor.press("Open a second market")
    visitor.press("B")
    visitor.slide("AI labs", -2)
    visitor.step(1)
    files = visitor.page.locator("details.tm-downloads")
    files.locator("summary").click()
    counts = {"A": load("baseline").parameters.labs.count}
    counts["B"] = counts["A"] - 2
    for name, labs in counts.items():
        files.get_by_role("button", name=f"Files of {name}", exact=True).click()
        expect(files).to_contain_text(f"are of run {name} as it is")
        with visitor.page.expect_download(timeout=60_000) as waiting:
            files.get_by_role("button", name="Scenario (TOML)", exact=True).click()
        assert waiting.value.suggested_filename == f"baseline-{name}.toml"
        waiting.value.save_as(tmp_path / f"{name}.toml")
        assert load(tmp_path / f"{name}.toml").parameters.labs.count == labs
    visitor.press("Play")
    for tab in [tab for tab in TABS if tab not in (COMMONS, *APART)]:
        button = visitor.page.get_by_role("tab", name=tab, exact=True)
        button.focus()
        visitor.page.keyboard.press("Enter")
        panel = visitor.page.get_by_role("tabpanel", name=tab, exact=True)
        expect(panel.locator("figure figcaption").first).to_have_text("A", timeout=60_000)
        check_figures(panel, least=2)
    assert visitor.months > 1


def test_the_last_run_beside_this_one(visitor: Visitor) -> None:
    expect(visitor.page.get_by_role("button", name="Compare with the last run")).to_be_disabled()
    visitor.step(1)
    visitor.slide("AI labs", -2)
    visitor.press("Compare with the last run")
    visitor.step(1)
    expect(visitor.page.locator(".tm-difference")).to_contain_text("labs.count 5 instead of 3")
    expect(visitor.page.locator(".tm-score")).to_be_visible()
    assert {row["this run"] for row in scores(visitor)} != {row["the last run"] for row in scores(visitor)}


def test_a_link_that_cannot_be_opened_says_why(browser: Browser, server: Server) -> None:
    with visiting(browser, server) as visitor:
        visitor.page.goto(f"{server.url}/?set=labs.cuont%3D3")
        expect(visitor.page.get_by_role("alert")).to_contain_text("did you mean labs.count")
        expect(visitor.page.get_by_text("Press Play to let the market run")).to_be_visible()


def test_a_link_keeps_to_a_file_that_is_served(browser: Browser, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('question = "?"\nextends = "baseline"\nlabs = {count = 2}\n', encoding="utf-8")
    with running(str(mine)) as server, visiting(browser, server) as visitor:
        visitor.step(1)
        expect(visitor.page).to_have_url(re.compile("months=1"))
        visitor.page.goto(visitor.page.url)
        visitor.wait_for_months(1)
        expect(visitor.slider("AI labs")).to_have_accessible_name("AI labs: 2 firms")
