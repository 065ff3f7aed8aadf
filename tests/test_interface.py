"""What programs outside rely on, however the files inside are laid out."""

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]

NAMES = {
    "market": "TokenMarket Parameters TextbookMarket TextbookParameters LearningMarket LearningParameters",
    "scenarios": "load run run_batch BadInput Experiment Scenario",
    "analysis": "read_results profit_by_layer waterfall compare write_report claims",
    "market.demand": "Logit NestedLogit MixedLogit Linear",
    "market.equilibrium": "bertrand_nash joint_profit chain_equilibrium vertical_bargaining",
    "market.fields": "quantity",
    "market.conduct": "Rule Layer Vector Budget Outlook BestResponse CapacityPricing",
    "market.firms": "Firm ChipVendor ServerMaker PowerSupplier Lab Reseller",
    "market.records.collecting": "MARKET MONEY FIRMS collector",
}


@pytest.mark.parametrize(("module", "name"), [(module, name) for module in NAMES for name in NAMES[module].split()])
def test_public_names_are_where_they_were(module: str, name: str) -> None:
    assert getattr(import_module(module), name) is not None


@pytest.mark.parametrize("module", ["market", "scenarios", "analysis"])
def test_a_package_offers_what_it_lists(module: str) -> None:
    package = import_module(module)
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        package.nothing_of_the_kind  # noqa: B018


def test_the_command_is_where_it_is_installed_from() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    module, _, function = settings["project"]["scripts"]["tokenmarket"].partition(":")
    assert callable(getattr(import_module(module), function))


@pytest.mark.parametrize("program", ["scenarios.cli", "analysis.dashboard"])
def test_programs_are_run_by_name(program: str) -> None:
    command = [sys.executable, "-W", "error", "-m", program, "--help"]
    assert "Usage" in subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_a_market_is_played_and_a_scenario_run() -> None:
    from market import Parameters, TokenMarket
    from scenarios import load, run

    model = TokenMarket(Parameters(), rng=1)
    model.step()
    assert len(model.results().layers) == 3
    layers = run(load("baseline", {"population.users": 1000, "horizon.rounds": 2}), seed=1).layers
    assert isinstance(layers, pd.DataFrame)
    assert len(layers) == 6
