"""The figure of plans, and the part of free users in that of a dollar."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from small_economy import batch
from written import assert_apart, words

from analysis.figures import investment_and_the_dollar, waterfall_of_a_dollar, who_pays_for_whom
from analysis.figures.dollar import part_label
from analysis.palette import PLAN_COLOURS
from analysis.results import BatchResults

LONG = "a setting whose title takes more than a line and goes on"


def drawn(results: BatchResults, setting: str | None = None) -> Figure:
    figure = who_pays_for_whom(results, setting)
    assert_apart(figure)
    return figure


def heights(figure: Figure, panel: int) -> list[float]:
    """The upper edges of a stack in the last month."""
    found = []
    for area in figure.axes[panel].collections:
        points = area.get_paths()[0].vertices
        found.append(float(points[points[:, 0] == points[:, 0].max(), 1].max()))
    return found


@pytest.mark.parametrize(("replications", "rounds"), [(1, 1), (1, 2), (3, 36)])
def test_all_that_is_written_lies_apart(replications: int, rounds: int) -> None:
    drawn(batch({LONG: {"free": 0.4}}, replications, rounds))


def test_panels_show_people_tokens_and_money() -> None:
    figure = drawn(batch({"baseline": {}, "generous": {"free": 0.4}}, 2, 12), "generous")
    stacks = [heights(figure, panel) for panel in range(3)]
    np.testing.assert_allclose(stacks, [[0.75, 5 / 6, 1.0], [0.28, 0.7, 1.0], [0.0, 0.7, 1.0]], atol=1e-12)
    colours = [area.get_facecolor()[0][:3] for area in figure.axes[0].collections]
    np.testing.assert_allclose(colours, [to_rgb(PLAN_COLOURS[plan]) for plan in ("free", "subscription", "metered")])
    said = words(figure)
    assert "generous: in 2024-12 those who pay nothing are 75 % of the people and use 28 % of the tokens" in said
    assert "subscribers (70 %) and those who pay by the token (30 %)" in said


def test_what_a_user_brings_and_costs_is_drawn_by_plan() -> None:
    results = batch({"generous": {"free": 0.4}}, 1, 6)
    figure = drawn(results)
    for panel, plan in zip(figure.axes[3:], ("free", "subscription", "metered"), strict=True):
        rows = results.plans[results.plans["plan"] == plan].groupby("round")[["revenue", "cost", "users"]].sum()
        for line, column in zip(panel.lines, ("revenue", "cost"), strict=True):
            np.testing.assert_allclose(line.get_ydata(), rows[column] / rows["users"])
        assert panel.get_ylim()[0] == 0


def test_two_plans_have_two_panels() -> None:
    figure = drawn(batch({"alone": {"free": 0.4, "resold": 0.0}}, 1, 6))
    assert len(figure.axes) == 5


def test_free_users_stand_beside_the_dollar_where_there_are_any() -> None:
    plain, generous = (waterfall_of_a_dollar(batch({"s": {"free": free}}, 1, 12)) for free in (0.0, 0.4))
    for figure in (plain, generous):
        assert_apart(figure)
    labels = [tick.get_text().replace("\n", " ") for tick in generous.axes[0].get_xticklabels()]
    assert labels[-2:] == ["of it, labs: serving who pays", "of it, labs: serving free users"]
    assert "serving" not in words(plain).replace("What serving users used up", "")
    assert len(labels) == len(plain.axes[0].get_xticklabels()) + 2
    bars = [bar.get_height() for bar in generous.axes[0].patches]
    assert bars[-1] / (bars[-1] + bars[-2]) == pytest.approx(0.28)
    assert "serving free users" not in words(investment_and_the_dollar(batch({"s": {"free": 0.4}}, 1, 12)))
    assert part_label("labs costs", " ") in " ".join(labels)
