"""One of a thing is not many."""

import pytest

from analysis.dashboard.panel import left_out
from analysis.dashboard.side import in_units
from market.wording import counted


@pytest.mark.parametrize(("count", "said"), [(0, "0 months"), (1, "1 month"), (2, "2 months"), (1200, "1,200 months")])
def test_counts(count, said):
    assert counted(count, "month") == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (1, "firms", "1 firm"),
        (12, "firms", "12 firms"),
        (1, "month", "1 month"),
        (60, "month", "60 months"),
        (1.0, "accelerators/month", "1 accelerator/month"),
        (1.5, "accelerators/month", "1.5 accelerators/month"),
        (0.5, "USD/kWh", "0.5 USD/kWh"),
        (2, "kWh", "2 kWh"),
        (2, "h/month", "2 h/month"),
        (2, "1/month", "2 1/month"),
        (0.25, "", "0.25 (pure number)"),
    ],
)
def test_units(value, unit, said):
    assert in_units(value, unit) == said


def test_folders_left_out():
    assert left_out({"a": "is damaged"}) == "Left out, 1 folder that cannot be read: a (is damaged)."
    many = left_out({str(place): "is damaged" for place in range(7)})
    assert many.startswith("Left out, 7 folders that cannot be read: 0 (is damaged); ")
    assert many.endswith("; 2 more.")
