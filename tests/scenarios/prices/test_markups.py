"""Markups by hand: two labs, a cheap and a dear channel, one model that no lab lists."""

from collections import Counter

import pytest

from scenarios.errors import BadInput
from scenarios.prices.listing import OTHERWISE, TWICE, Listed, one_each
from scenarios.prices.markups import markups, spreads
from scenarios.prices.table import FREE, TOKENS, Prices, TokenPrice, on_day, selected, table_of


def price(
    model: str, lab: str, channel: str, read: float, written: float, region: str = "", day: str = ""
) -> TokenPrice:
    return TokenPrice(day, model, lab, channel, region, "closed", read, written)


def table(*rows: TokenPrice) -> Prices:
    return table_of(TOKENS, rows, "here", Counter())


def test_markups_are_ratios_of_blended_prices() -> None:
    found = table(
        price("a-1", "A", "A", 1.0, 5.0),  # (3 + 5) / 4 = 2
        price("a-1", "A", "Cheap", 1.0, 1.0),  # 1
        price("a-1", "A", "Dear", 2.0, 2.0, "eu"),  # 2, of other parts
        price("b-1", "B", "B", 4.0, 4.0),
        price("b-1", "B", "Dear", 5.0, 9.0, "eu"),  # 6
        price("c-1", "C", "Dear", 9.0, 9.0),
    )
    assert found.frame.loc[found.frame["channel"] == "A", "blended"].item() == 2.0
    pairs = markups(found.frame)
    assert dict(zip(zip(pairs["model"], pairs["channel"], strict=True), pairs["markup"], strict=True)) == {
        ("a-1", "Cheap"): 0.5,
        ("a-1", "Dear"): 1.0,
        ("b-1", "Dear"): 1.5,
    }
    by_channel = spreads(pairs, "markup", ["channel", "region"]).to_dict("records")
    assert by_channel[0] == {
        "channel": "Dear", "region": "eu", "n": 2, "min": 1.0, "q1": 1.125, "median": 1.25, "q3": 1.375, "max": 1.5,
        "above": 0.5, "equal": 0.5, "below": 0.0,
    }  # fmt: skip
    assert by_channel[1]["below"] == 1.0


def test_no_pairs_have_no_spread() -> None:
    pairs = markups(table(price("a-1", "A", "A", 1.0, 1.0)).frame)
    assert len(pairs) == len(spreads(pairs, "markup", ["channel"])) == 0


def test_a_version_counts_where_the_lab_asks_another_price_for_it() -> None:
    left_out = Counter[str]()
    found = one_each(
        [
            Listed("gpt-4o-2024-05-13", "OpenAI", "", 5.0, 15.0),
            Listed("gpt-4o-2024-11-20", "OpenAI", "", 2.5, 10.0),
            Listed("gpt-4o", "OpenAI", "", 2.5, 10.0),
            Listed("azure/gpt-4o-2024-05-13", "Azure", "", 5.0, 15.0),
            Listed("azure/gpt-4o-2024-11-20", "Azure", "", 2.5, 10.0),
            Listed("azure/gpt-4o-2024-08-06", "Azure", "", 3.0, 10.0),
            Listed("gpt-4o:free", "Azure", "", 0.0, 0.0),
        ],
        "2026-01-01",
        left_out,
    )
    assert {(row.channel, row.model, row.input) for row in found} == {
        ("OpenAI", "gpt-4o", 2.5), ("OpenAI", "gpt-4o-2024-05-13", 5.0),
        ("Azure", "gpt-4o", 2.5), ("Azure", "gpt-4o-2024-05-13", 5.0),
    }  # fmt: skip
    assert left_out == {TWICE: 1, OTHERWISE: 1, FREE: 1}


def test_a_host_is_not_taken_for_a_lab() -> None:
    found = one_each([Listed("hoster/some-model-7b", "hoster", "", 1.0, 1.0)], "", Counter())
    assert [(row.lab, row.channel) for row in found] == [("unknown", "hoster")]


def test_a_price_holds_until_the_next() -> None:
    from datetime import date

    history = table(
        price("a-1", "A", "A", 4.0, 4.0, day="2024-01-01"),
        price("a-1", "A", "A", 2.0, 2.0, day="2025-01-01"),
        price("b-1", "B", "B", 1.0, 1.0, day="2024-06-01"),
    )
    for day, expected in (("2024-03-01", [4.0]), ("2024-12-31", [4.0, 1.0]), ("2025-01-01", [2.0, 1.0])):
        assert on_day(history, date.fromisoformat(day)).frame["input"].tolist() == expected
    assert on_day(history, None).frame["input"].tolist() == [2.0, 1.0]
    with pytest.raises(BadInput, match=r"no price of 2023-12-31 or before; the first is of 2024-01-01"):
        on_day(history, date(2023, 12, 31))
    undated = table(price("a-1", "A", "A", 4.0, 4.0))
    assert on_day(undated, date(2024, 1, 1)).frame["date"].tolist() == ["2024-01-01"]


def test_models_and_labs_are_picked_whatever_the_case() -> None:
    prices = table(price("gpt-5", "OpenAI", "OpenAI", 1.0, 1.0), price("grok-4", "xAI", "xAI", 1.0, 1.0))
    assert selected(prices, "GPT", None).frame["model"].tolist() == ["gpt-5"]
    assert selected(prices, None, "XAI").frame["model"].tolist() == ["grok-4"]
    with pytest.raises(BadInput, match=r"there is no lab 'OpenAIs'; did you mean OpenAI\?"):
        selected(prices, None, "OpenAIs")
    with pytest.raises(BadInput, match=r"no model is called 'gpt-6'; did you mean gpt-5\?"):
        selected(prices, "gpt-6", None)
