"""What the figures stand at in the month under the pointer: the numbers that were recorded."""

from playwright.sync_api import Locator, expect
from visitor import Visitor

from market import TokenMarket
from scenarios import load

MONTHS = 14


def point(visitor: Visitor, image: Locator, across: float, down: float) -> None:
    """Move the pointer to a place of a figure, in parts of its width and height."""
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    assert box is not None
    visitor.page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])


def test_values_are_read_where_the_pointer_is(visitor: Visitor) -> None:
    visitor.step(MONTHS)
    panel = visitor.tab("Verdict")
    visitor.wait_for_figures(panel, "2025-02")
    image, told = panel.locator("figure img").first, panel.locator(".tm-values")
    expect(told).to_have_count(0)
    point(visitor, image, 0.2, 0.5)
    expect(told).to_be_visible()
    early = told.inner_text()
    point(visitor, image, 0.95, 0.5)  # the year is not over: the last month there is
    expect(told).to_contain_text("2025-02")
    expect(panel.locator(".tm-cross")).to_be_visible()
    assert "2024" in early
    assert "operating margin" in early

    model = TokenMarket(load("baseline").parameters, rng=1)
    for _ in range(MONTHS):
        model.step()
    layers = model.results().layers
    last = layers[layers["round"] == MONTHS - 1].set_index("layer")["margin"]
    for layer, margin in last.items():
        expect(told).to_contain_text(f"{layer} {100 * float(margin):.4g}%".replace("-", "\N{MINUS SIGN}"))
    point(visitor, image, 0.5, 0.01)
    expect(told).to_have_count(0)


def test_what_is_told_stays_on_the_page_while_it_plays(visitor: Visitor) -> None:
    visitor.step(2)
    panel = visitor.tab("Market")
    visitor.wait_for_figures(panel, "2024-02")
    for across in (0.1, 0.3, 0.5, 0.95):
        point(visitor, panel.locator("figure img").first, across, 0.4)
        told = panel.locator(".tm-values")
        expect(told).to_be_visible()
        frame, box = panel.locator("figure").first.bounding_box(), told.bounding_box()
        assert frame is not None
        assert box is not None
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    visitor.page.get_by_role("button", name="Play", exact=True).press("Enter")  # the pointer stays where it is
    visitor.wait_until_played(8)
    expect(panel.locator(".tm-values")).to_contain_text("2024-0")
    visitor.page.get_by_role("button", name="Pause", exact=True).press("Enter")
