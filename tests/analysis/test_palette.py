import math

import pytest

from analysis.palette import money_step, number, percent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1.2345, "1.23"),
        (-1.2345, "−1.23"),
        (0.0807, "0.0807"),
        (12.34, "12.3"),
        (27_500.4, "27,500"),
        (999_999.0, "999,999"),
        (-1.5e6, "−1.50 million"),
        (2.346e9, "2.35 billion"),
        (1e12, "1.00 trillion"),
        (3.2e-6, "3.20e-06"),
        (math.nan, "–"),
    ],
)
def test_numbers_for_people(value, text):
    assert number(value) == text


def test_shares_for_people():
    assert percent(-0.1234) == "−12.3 %"
    assert percent(math.nan) == "–"


def test_money_takes_the_unit_of_the_largest():
    assert money_step(2.5e9) == (1e9, "USD billion")
    assert money_step(-3e4) == (1e3, "USD thousand")
    assert money_step(12) == (1.0, "USD")
