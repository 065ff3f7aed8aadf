"""What an economist would test first: the same seeds under two settings, and an interval on the difference."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from market import TokenMarket
from market.measures import Results
from scenarios import load

SEEDS = range(1, 7)
ROUNDS = 24


@cache
def outcome(setting: str, seed: int, rounds: int = ROUNDS) -> Results:
    model = TokenMarket(load(setting).parameters, rng=seed)
    for _ in range(rounds):
        model.step()
    return model.results()


def layer_profit(results: Results, layer: str) -> float:
    layers = results.layers
    return float(layers.loc[layers.layer == layer, "profit"].sum())


def kind_profit(results: Results, kind: str) -> float:
    firms = results.firms
    return float(firms.loc[firms.kind == kind, "operating_profit"].sum())


def last_year(results: Results, column: str) -> float:
    return float(results.rounds[column].tail(12).mean())


def markup_of_resellers(results: Results) -> float:
    firms = results.firms[(results.firms.kind == "reseller") & results.firms.alive]
    return float(np.average(firms.price / firms.unit_cost - 1, weights=firms.quantity))


def difference(measure, setting: str, against: str = "baseline") -> tuple[float, float]:
    """Return the 95 % interval of the mean paired difference."""
    pairs = pd.Series([measure(outcome(setting, seed)) - measure(outcome(against, seed)) for seed in SEEDS])
    if pairs.std() == 0:
        return float(pairs.mean()), float(pairs.mean())
    return stats.t.interval(0.95, len(pairs) - 1, loc=pairs.mean(), scale=stats.sem(pairs))


def rises(measure, setting: str) -> None:
    low, high = difference(measure, setting)
    assert low > 0, f"{setting}: expected a rise, the interval is {low:.4g} to {high:.4g}"


def falls(measure, setting: str) -> None:
    low, high = difference(measure, setting)
    assert high < 0, f"{setting}: expected a fall, the interval is {low:.4g} to {high:.4g}"


def test_chips_at_cost_leave_vendors_nothing_and_make_tokens_cheaper():
    for seed in SEEDS:
        vendors = outcome("chips-at-cost", seed).firms.query("kind == 'chip vendor'")
        assert abs(vendors.operating_profit.sum()) < 1e-9 * vendors.revenue.sum()
    falls(lambda results: last_year(results, "price_retail"), "chips-at-cost")


def test_a_chip_monopoly_earns_more_than_competing_vendors():
    rises(lambda results: kind_profit(results, "chip vendor"), "chip-monopoly")


def test_many_vendors_of_like_chips_earn_less():
    falls(lambda results: kind_profit(results, "chip vendor"), "many-chip-vendors")


def test_more_labs_earn_less():
    low, _ = difference(lambda results: layer_profit(results, "labs"), "lab-duopoly", against="crowded-labs")
    assert low > 0
    falls(lambda results: layer_profit(results, "labs"), "crowded-labs")
    rises(lambda results: layer_profit(results, "labs"), "lab-monopoly")


def test_a_cartel_of_labs_earns_more_and_sells_fewer_tokens():
    rises(lambda results: layer_profit(results, "labs"), "lab-cartel")
    falls(lambda results: float(results.rounds.tokens.sum()), "lab-cartel")


def test_more_resellers_mark_up_less():
    falls(markup_of_resellers, "many-resellers")


def test_a_power_shortage_raises_the_price_of_power_and_the_suppliers_profit():
    rises(lambda results: last_year(results, "price_kwh"), "power-shortage")
    rises(lambda results: kind_profit(results, "power supplier"), "power-shortage")


def test_a_chip_shortage_means_fewer_tokens_at_higher_prices():
    falls(lambda results: float(results.rounds.tokens.sum()), "chip-shortage")
    rises(lambda results: last_year(results, "price_retail"), "chip-shortage")


def test_training_for_profit_spends_less_in_the_long_run_than_racing_for_the_frontier():
    for seed in SEEDS:
        racing, prudent = outcome("baseline", seed, 48), outcome("training-for-profit", seed, 48)
        assert prudent.firms.training.sum() < racing.firms.training.sum()
        assert layer_profit(prudent, "labs") > layer_profit(racing, "labs")


@pytest.mark.parametrize("setting", ["baseline", "power-shortage", "lab-price-war", "funding-dries-up", "no-resellers"])
def test_money_is_conserved(setting):
    assert outcome(setting, 1).conservation_error < 1e-12


def test_prices_fleets_and_utilisation_stay_in_the_calibrated_ranges_for_three_years():
    """Ranges of the calibration table: list prices of frontier models, industrial tariffs, chip prices, utilisation."""
    for seed in range(1, 21):
        model = TokenMarket(load("baseline").parameters, rng=seed)
        for _ in range(36):
            model.step()
        rounds = model.results().rounds
        assert rounds.price_kwh.between(0.060, 0.173).all()
        assert rounds.price_chip.between(20_000, 45_000).all()
        assert rounds.utilisation.between(0.30, 0.82).all()
        assert rounds.price_retail.between(0.15, 11.3).all()
        assert rounds.price_retail.iloc[0] > 2.0
        assert (rounds.unserved_share < 0.1).all()
        assert (rounds.labs >= 3).all()
        growth = rounds.accelerators.pct_change().dropna()
        assert growth.between(-0.05, 0.30).all()
