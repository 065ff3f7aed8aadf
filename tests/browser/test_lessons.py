"""A lesson from the question to the answer, and a lesson that may do nothing but be read."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from serving import running, visiting
from visitor import Visitor, check_figures

from scenarios.files.finding import lessons
from scenarios.files.lessons import read_lesson

LESSON = """```toml
title = "{title}"
question = "{title}: is the price of a cartel above 1?"
months = 3
view = "Prices"
[run]
scenario = "theory/joint-profit"
[measured]
measure = "rounds.price_retail"
[[answers]]
says = "No"
below = 1.0
[[answers]]
says = "Yes"
```
## Predict
{text}
## Run
Run.
## See
See.
## Why
Why.
"""

HOSTILE = """<img src=x onerror="window.harmed = 1"> <script>window.harmed = 1</script> {{ window.harmed = 1 }}

![picture](http://elsewhere.invalid/picture.png) [script](javascript:window.harmed=1) [web](https://example.org/a)

<iframe src="http://elsewhere.invalid/"></iframe>
"""


def course(visitor: Visitor, title: str) -> Locator:
    """Open a lesson; return its box."""
    visitor.press("Lessons")
    visitor.pick("Lesson", title)
    box = visitor.page.locator(".tm-lesson")
    expect(box).to_be_visible()
    return box


def faint(visitor: Visitor) -> list[str]:
    return visitor.page.evaluate((Path(__file__).parent / "contrast.js").read_text(encoding="utf-8"))


def test_a_lesson_leads_from_a_prediction_to_its_reason(visitor: Visitor, screens: Path) -> None:
    box = course(visitor, "Double marginalisation")
    run = box.get_by_role("button", name="Run the lesson", exact=True)
    expect(run).to_be_disabled()
    expect(box.get_by_role("heading")).to_have_text(["Predict", "Run"])
    box.get_by_role("radio", name="It rises").focus()
    visitor.page.keyboard.press("Space")
    expect(run).to_be_enabled()
    visitor.page.screenshot(path=screens / "lesson-predict.png", full_page=True)
    run.focus()
    visitor.page.keyboard.press("Enter")
    expect(box.locator(".tm-answered")).to_have_text("Came true: It falls (you predicted: It rises).", timeout=60_000)
    expect(box.get_by_role("heading")).to_have_text(["Predict", "Run", "See", "Why"])
    rows = visitor.table(box)
    assert rows[0]["One firm"] == "6.00 USD/Mtok"
    assert rows[0]["Two firms"] == "8.00 USD/Mtok"
    assert faint(visitor) == []
    expect(visitor.page.get_by_role("tab", selected=True)).to_have_text("Chain")
    expect(visitor.page.get_by_label("Scenario", exact=True).first).to_be_visible()
    expect(visitor.page.locator(".tm-side")).to_contain_text("theory/vertical-integration")
    visitor.wait_until_played(3)
    panel = visitor.page.get_by_role("tabpanel", name="Chain")
    check_figures(panel, least=2)
    expect(panel.locator("figcaption").first).to_have_text("A")
    expect(visitor.page.locator(".tm-difference")).to_contain_text("B: ")
    assert "theory/vertical-integration" in visitor.command(panel)
    visitor.page.screenshot(path=screens / "lesson-why.png", full_page=True)


def test_every_lesson_opens_the_view_that_it_names(visitor: Visitor) -> None:
    """Once after the other: a lesson that is left stops, and nothing of it comes into the next."""
    visitor.press("Lessons")
    for name in lessons():
        lesson = read_lesson(name)
        visitor.pick("Lesson", lesson.title)
        box = visitor.page.locator(".tm-lesson", has_text=lesson.question)
        box.get_by_text(lesson.answers[0].says, exact=True).click()
        box.get_by_role("button", name="Run the lesson", exact=True).click()
        expect(visitor.page.locator(".tm-question")).to_contain_text(f"{lesson.run.scenario}:", timeout=60_000)
        expect(visitor.page.get_by_role("tab", selected=True)).to_have_text(lesson.view)
        panel = visitor.page.get_by_role("tabpanel", name=lesson.view, exact=True)
        expect(panel.locator("figure img").first).to_be_visible(timeout=60_000)
        expect(visitor.page.get_by_role("alert")).to_have_count(0)


def test_controls_go_on_from_the_lesson(visitor: Visitor) -> None:
    """What a pupil changes is changed in the lesson's scenario, not in the one the page opened with."""
    box = course(visitor, "Double marginalisation")
    box.get_by_text("It falls", exact=True).click()
    box.get_by_role("button", name="Run the lesson").click()
    expect(visitor.page.locator(".tm-question")).to_contain_text("theory/vertical-integration:")
    visitor.slide("Vendors", 1)
    expect(visitor.page.get_by_role("status")).to_contain_text("nothing played yet")
    visitor.step(1)
    shown = visitor.page.get_by_role("tabpanel", name="Chain").locator("details pre").first
    expect(shown).to_contain_text("theory/vertical-integration --seed 1 --rounds 1 --set vendors.count=2")


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_a_lesson_fits_the_window(browser: Browser, server, screens: Path, width: int) -> None:
    with visiting(browser, server, width=width) as visitor:
        box = course(visitor, "A cartel")
        box.get_by_text("By a fifth to a half", exact=True).click()
        box.get_by_role("button", name="Run the lesson").click()
        expect(box.locator(".tm-answered")).to_contain_text("as you predicted", timeout=60_000)
        assert visitor.page.evaluate("() => document.documentElement.scrollWidth") <= width
        visitor.page.screenshot(path=screens / f"lesson-{width}.png", full_page=True)


def test_a_lesson_of_ones_own_is_shown_and_can_do_no_harm(browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "mine.md").write_text(LESSON.format(title="<b>Mine</b>", text=HOSTILE), encoding="utf-8")
    (folder / "broken.md").write_text(LESSON.format(title="Broken", text=""), encoding="utf-8")
    with running("baseline", cwd=tmp_path) as server, visiting(browser, server) as visitor:
        box = course(visitor, "<b>Mine</b>")
        expect(visitor.page.get_by_role("alert")).to_have_text("lessons/broken.md: ## Predict says nothing")
        expect(box).to_contain_text("<script>window.harmed = 1</script> {{ window.harmed = 1 }}")
        assert box.locator("img, script, iframe").count() == 0
        links = box.locator("a").evaluate_all("links => links.map(link => link.href)")
        assert links == ["http://elsewhere.invalid/picture.png", "https://example.org/a"]
        box.get_by_text("Yes", exact=True).click()
        box.get_by_role("button", name="Run the lesson").click()
        expect(box.locator(".tm-answered")).to_have_text("Came true: Yes (as you predicted).", timeout=60_000)
        assert visitor.page.evaluate("() => window.harmed") is None
