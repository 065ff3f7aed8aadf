import math

import pytest

from analysis.palette import money_step, number, percent, points, span

GAP = "\N{NO-BREAK SPACE}"


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
    assert number(value) == text.replace(" ", GAP)


def test_shares_for_people():
    assert percent(-0.1234) == f"−12.3{GAP}%"
    assert percent(math.nan) == "–"


def test_ranges_say_a_common_unit_once():
    assert span(4.9e10, 5.38e10, number) == f"49.0 to 53.8{GAP}billion"
    assert span(-4.04e8, 1.66e9, number) == f"−404{GAP}million to 1.66{GAP}billion"
    assert span(0.1, 0.25, percent) == f"10.0 to 25.0{GAP}%"
    assert span(1.0, 2.0, number) == "1.00 to 2.00"


def test_differences_of_shares_are_points():
    assert points(-0.0712) == f"−7.1{GAP}points"


def test_money_takes_the_unit_of_the_largest():
    assert money_step(2.5e9) == (1e9, "USD billion")
    assert money_step(-3e4) == (1e3, "USD thousand")
    assert money_step(12) == (1.0, "USD")
