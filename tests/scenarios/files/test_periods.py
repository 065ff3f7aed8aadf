import pytest

from scenarios.files.periods import first_and_last_month


@pytest.mark.parametrize(
    ("period", "months"),
    [
        ("2025", ("2025-01", "2025-12")),
        ("2025Q3", ("2025-07", "2025-09")),
        ("2025H1", ("2025-01", "2025-06")),
        ("2025-2026", ("2025-01", "2026-12")),
        ("FY26Q3-FY27Q1", ("2025-08", "2026-04")),
        ("FY26", ("2025-02", "2026-01")),
        ("2024-03", ("2024-03", "2024-03")),
    ],
)
def test_periods(period, months):
    assert first_and_last_month(period) == months


@pytest.mark.parametrize("period", ["spring", "2025H3", "2025Q5", "2025-13", "٢٠٢٥", "", "2026-2025"])
def test_a_period_that_is_none_is_refused(period):
    with pytest.raises(ValueError, match=r"is no year|ends before it begins"):
        first_and_last_month(period)
