import csv
import re
from pathlib import Path

import pytest

from market import Parameters
from market.parameters.keys import leaves
from scenarios.files.loading import DATA
from scenarios.files.series import read_series

OF_ACCOUNTS = r"margin|Nvidia Q\d|OpenAI (H\d|R&D)"
"""Words of a source that is the accounts of a firm, and not a price, a contract or a round of funding."""
GRADES = {"A", "B", "C", "M", "CALC"}
COLUMNS = {
    "electricity.csv": "date value unit source grade",
    "chip_prices.csv": "date value unit product source grade",
    "users.csv": "date value unit product source grade",
    "gpu_rental.csv": "date low high unit accelerator offer source grade",
    "throughput.csv": "date accelerator workload speed value cost unit source grade",
    "list_prices.csv": "date dated lab model input_before output_before input output unit change source grade",
    "targets.csv": "layer agent measure low high unit period source grade informs",
}
RANGES = {
    "electricity.csv": ("USD/kWh", 0.05, 0.20),
    "chip_prices.csv": ("USD/accelerator", 2e4, 5e4),
    "users.csv": ("people", 4e7, 2e9),
    "gpu_rental.csv": ("USD/GPU-hour", 1.5, 13),
    "throughput.csv": ("token/s/GPU", 20, 6000),
    "list_prices.csv": ("USD/Mtok", 0.07, 60),
    "targets.csv": ("1", -2, 2),
}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_is_described_here() -> None:
    assert {path.name for path in Path(DATA).iterdir()} == set(COLUMNS)


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_sources_and_dates(name: str) -> None:
    found = rows(name)
    assert list(found[0]) == COLUMNS[name].split()
    assert all(row["source"].strip() and row["grade"] in GRADES for row in found)
    assert all(None not in row for row in found)
    if name != "targets.csv":
        dates = [row["date"] for row in found]
        assert all(re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])(-([0-2]\d|3[01]))?", date) for date in dates)
        assert name == "throughput.csv" or [date[:7] for date in dates] == sorted(date[:7] for date in dates)


@pytest.mark.parametrize("name", RANGES)
def test_units_and_ranges(name: str) -> None:
    unit, low, high = RANGES[name]
    numbers = ("value", "low", "high", "input", "output", "input_before", "output_before")
    for row in rows(name):
        if name == "targets.csv" and row["unit"] == "USD/month":
            assert 1 <= float(row["low"]) <= float(row["high"]) <= 1000
            continue
        assert row["unit"] == unit
        assert all(low <= float(row[key]) <= high for key in numbers if row.get(key))
        assert float(row.get("low") or 0) <= float(row.get("high") or 0)
        if "change" in row:
            assert (row["input_before"] == "") == (row["change"] == "launch")


def test_series_are_complete_and_loadable() -> None:
    months = [str(row["date"]) for row in read_series(DATA / "electricity.csv", "USD/kWh")]
    first, last = ((int(month[:4]) * 12 + int(month[5:])) for month in (months[0], months[-1]))
    assert len(months) == last - first + 1
    mean = sum(float(row["value"]) for row in rows("electricity.csv") if row["date"].startswith("2025")) / 12
    assert mean == pytest.approx(0.0861, abs=5e-5)
    assert len(read_series(DATA / "chip_prices.csv", "USD/accelerator")) == 4


def test_what_is_kept_for_later_comparison_is_not_shipped_for_tuning() -> None:
    for name in ("list_prices.csv", "gpu_rental.csv", "users.csv"):
        assert max(row["date"] for row in rows(name)) <= "2025-09"


def test_targets_name_layers_and_measures() -> None:
    found = rows("targets.csv")
    assert {row["layer"] for row in found} == {"hardware", "labs", "resellers", "outside", "users"}
    assert {row["measure"] for row in found} <= {
        "gross_margin", "operating_margin", "net_margin", "ebitda_margin", "take_rate", "training_share",
        "retail_over_list", "paying_share", "revenue_per_payer",
    }  # fmt: skip
    assert len({(row["agent"], row["measure"], row["period"]) for row in found}) == len(found)


def test_facts_that_parameters_draw_on_are_said_to_be_no_test() -> None:
    """Whatever cites a margin or the accounts of a firm is named beside that firm's margins."""
    informed = {key for row in rows("targets.csv") for key in row["informs"].split()}
    known = {
        leaf.name: str(leaf.facts.get("source", ""))
        for leaf in leaves(Parameters, Parameters().model_dump(mode="json"))
    }
    assert informed <= set(known)
    citing = {name for name, source in known.items() if re.search(OF_ACCOUNTS, source)}
    assert citing == informed
