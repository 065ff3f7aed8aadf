"""The section of a report on plans."""

from collections.abc import Callable

from matplotlib.figure import Figure
from small_economy import batch

from analysis.report.plans import plans_section
from analysis.results import BatchResults


def named(draw: Callable[..., Figure], _: BatchResults, setting: str) -> str:
    return f"[{draw.__name__} of {setting}]"


def test_there_is_none_where_all_is_sold_by_the_token() -> None:
    assert plans_section(batch({"baseline": {}}, 1, 6), "baseline", named, "") == ""


def test_the_figure_is_of_the_main_setting_or_the_first_with_plans() -> None:
    results = batch({"baseline": {}, "generous": {"free": 0.4}, "more": {"free": 0.6}}, 2, 6)
    assert "[who_pays_for_whom of generous]" in plans_section(results, "baseline", named, "")
    assert "[who_pays_for_whom of more]" in plans_section(results, "more", named, "")


def test_the_table_has_what_free_users_cost() -> None:
    page = plans_section(batch({"baseline": {}, "generous": {"free": 0.4}}, 2, 6), "baseline", named, "")
    assert "Labs: serving free users, cents" in page
    assert "generous" in page.partition("<table")[2]
    assert "baseline" not in page.partition("<table")[2]
    assert "28.0" in page
