"""What is told of a figure is what it draws."""

from datetime import datetime

import numpy as np
import pytest
from matplotlib.figure import Figure

from analysis.dashboard.hover import MISSING, MOST_MONTHS, hover_of
from analysis.figures.drawing import month_axis, share_axis
from analysis.figures.saving import image

MONTHS = [datetime(2024, month, 1) for month in (1, 2, 3)]


def drawn() -> Figure:
    figure = Figure()
    lines, stack = figure.subplots(1, 2)
    lines.plot(MONTHS, [1.0, np.nan, 0.123456], label="labs", color="#d55e00")
    lines.plot(MONTHS, [0.2, 0.4, 0.5], label="_an edge")
    lines.axvline(MONTHS[1], label="a mark")
    lines.set_title("Margins")
    share_axis(lines.yaxis, "margin")
    stack.stackplot(MONTHS, [1, 2, 3], [4, 4, 0], labels=["first", "second"])
    for ax in (lines, stack):
        month_axis(ax)
    image(figure)
    return figure


def test_lines_and_areas_with_a_name_are_told() -> None:
    lines, stack = hover_of(drawn())
    assert lines["what"] == "Margins, margin (%)"
    assert lines["months"] == ["2024-01", "2024-02", "2024-03"]
    assert lines["series"] == [{"name": "labs", "colour": "#d55e00", "values": ["100%", MISSING, "12.35%"]}]
    assert [one["name"] for one in stack["series"]] == ["first", "second"]
    assert [[float(value) for value in one["values"]] for one in stack["series"]] == [[1, 2, 3], [4, 4, 0]]


def test_places_are_those_of_the_drawing() -> None:
    figure = drawn()
    lines, _ = hover_of(figure)
    left, top, width, height = lines["box"]
    box = figure.axes[0].get_position()
    assert (left, left + width, 1 - top, 1 - top - height) == pytest.approx((box.x0, box.x1, box.y1, box.y0), abs=2e-4)
    low, high = figure.axes[0].get_xlim()
    shown = [low + at * (high - low) for at in lines["at"]]
    assert np.diff(shown) == pytest.approx([31, 29], abs=0.1)


def test_lines_are_named_by_the_legend_where_it_tells_colours() -> None:
    figure = Figure()
    ax = figure.subplots()
    (line,) = ax.plot(MONTHS, [1, 2, 3], color="#0072b2")
    figure.legend([line], ["hardware"])
    month_axis(ax)
    image(figure)
    assert [one["name"] for one in hover_of(figure)[0]["series"]] == ["hardware"]


def test_of_a_long_run_a_part_of_the_months_is_told() -> None:
    figure = Figure()
    ax = figure.subplots()
    months = [datetime(2024 + month // 12, month % 12 + 1, 1) for month in range(600)]
    ax.plot(months, range(600), label="price")
    month_axis(ax)
    image(figure)
    (told,) = hover_of(figure)
    assert len(told["months"]) == len(told["series"][0]["values"]) == 200 <= MOST_MONTHS


def test_what_is_not_over_months_is_not_told() -> None:
    figure = Figure()
    figure.subplots().plot([1, 2], [3, 4], label="no time")
    assert hover_of(figure) == []
