"""The first months of three scenarios as they were when this version was released.

A change that moves them needs an entry under "Results that moved" in CHANGELOG.md, and new reference results:

    python tests/golden/test_reference.py
"""

import json
from functools import cache
from pathlib import Path

import pytest

from market import TokenMarket
from scenarios import load

HERE = Path(__file__).parent
SCENARIOS, ROUNDS = ("baseline", "own-everything", "one-model"), 6
COLUMNS = ("tokens", "price_retail", "price_wholesale", "price_chip", "price_server", "price_kwh", "unit_cost_token",
           "quality_mean", "utilisation", "accelerators", "consumer_surplus", "money_moved")  # fmt: skip


@cache
def early_results(scenario: str) -> dict[str, dict[str, list[float]]]:
    model = TokenMarket(load(scenario).parameters, rng=1)
    for _ in range(ROUNDS):
        model.step()
    results = model.results()
    profit = results.layers.pivot_table(index="round", columns="layer", values="profit")
    return {
        "rounds": {column: results.rounds[column].tolist() for column in COLUMNS},
        "profit": {layer: profit[layer].tolist() for layer in profit},
    }


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("table", ["rounds", "profit"])
def test_the_first_months_are_those_of_the_release(scenario, table):
    expected = json.loads((HERE / f"{scenario}.json").read_text())[table]
    found = early_results(scenario)[table]
    assert found.keys() == expected.keys()
    for column, values in expected.items():
        # Last bits differ between machines; a user who then chooses otherwise moves a sum by a few millionths.
        assert found[column] == pytest.approx(values, rel=1e-4), column


if __name__ == "__main__":
    for name in SCENARIOS:
        (HERE / f"{name}.json").write_text(json.dumps(early_results(name), indent=1) + "\n")
