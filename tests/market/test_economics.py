"""What an economist would test first: the same seeds under two settings, and an interval on the difference."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from market import TokenMarket
from market.records.results import Results
from scenarios import load

SEEDS = range(1, 7)
ROUNDS = 24


@cache
def outcome(setting: str, seed: int, rounds: int = ROUNDS, owned: bool = False) -> Results:
    """Return what came of a run; where all compute is ``owned``, of one without clouds."""
    model = TokenMarket(load(setting, {"clouds.count": 0} if owned else {}).parameters, rng=seed)
    for _ in range(rounds):
        model.step()
    return model.results()


def layer_profit(results: Results, layer: str) -> float:
    layers = results.layers
    return float(layers.loc[layers.layer == layer, "profit"].sum())


def kind_profit(results: Results, kind: str) -> float:
    firms = results.firms
    return float(firms.loc[firms.kind == kind, "operating_profit"].sum())


def kind_revenue(results: Results, kind: str) -> float:
    firms = results.firms
    return float(firms.loc[firms.kind == kind, "revenue"].sum())


def last_year(results: Results, column: str) -> float:
    return float(results.rounds[column].tail(12).mean())


def markup_of_resellers(results: Results) -> float:
    firms = results.firms[(results.firms.kind == "reseller") & results.firms.alive]
    return float(np.average(firms.price / firms.unit_cost - 1, weights=firms.quantity))


def lerner_of_labs(results: Results) -> float:
    firms = results.firms[(results.firms.kind == "lab") & results.firms.alive]
    return float(np.average(firms.lerner, weights=firms.quantity))


def training_of_labs(results: Results) -> float:
    labs = results.firms[results.firms.kind == "lab"]
    return float(labs.training.sum() / labs.revenue.sum())


def gross_margin_of_labs(results: Results) -> float:
    labs = results.firms[results.firms.kind == "lab"]
    return float(1 - labs.cost_of_goods.sum() / labs.revenue.sum())


def difference(
    measure, setting: str, against: str = "baseline", seeds=SEEDS, rounds: int = ROUNDS
) -> tuple[float, float]:
    """Return the 95 % interval of the mean paired difference."""
    found = [[measure(outcome(which, seed, rounds)) for seed in seeds] for which in (setting, against)]
    return interval(*map(np.array, found))


def interval(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of the mean difference of pairs."""
    pairs = one - other
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


def test_a_chip_monopoly_earns_more_of_a_dollar_than_competing_vendors():
    rises(lambda results: kind_profit(results, "chip vendor") / kind_revenue(results, "chip vendor"), "chip-monopoly")


def test_many_vendors_of_like_chips_keep_less_of_a_dollar():
    falls(
        lambda results: kind_profit(results, "chip vendor") / kind_revenue(results, "chip vendor"), "many-chip-vendors"
    )


def test_more_labs_mark_up_less():
    low, _ = difference(lerner_of_labs, "lab-duopoly", against="crowded-labs")
    assert low > 0


def test_a_monopolist_asks_more_and_sells_fewer_tokens():
    """Its mean margin says little: it sells another mix of its two models than five labs do."""
    rises(lambda results: last_year(results, "price_frontier"), "lab-monopoly")
    rises(lambda results: last_year(results, "price_retail"), "lab-monopoly")
    falls(lambda results: float(results.rounds.tokens.sum()), "lab-monopoly")


def test_a_cartel_of_labs_marks_up_more_and_sells_fewer_tokens():
    low, _ = difference(lerner_of_labs, "lab-cartel", seeds=range(1, 13))
    assert low > 0
    _, high = difference(lambda results: float(results.rounds.tokens.sum()), "lab-cartel", seeds=range(1, 13))
    assert high < 0


def test_what_a_cartel_wins_is_raced_away_while_the_market_grows():
    """In a contest for a growing market a larger prize draws more training than it adds to gross profit.

    Where labs own their compute, so that what they train with costs the same whatever others do.
    """

    def raced_away(setting: str, seed: int) -> float:
        firms = outcome(setting, seed, owned=True).firms
        labs = firms[firms.kind == "lab"]
        return float((labs.training - (labs.revenue - labs.cost_of_goods)).sum())

    cartel, baseline = (
        np.array([raced_away(setting, seed) for seed in range(1, 25)]) for setting in ("lab-cartel", "baseline")
    )
    low, _ = interval(cartel, baseline)
    assert low > 0


def test_a_cartel_of_labs_that_rent_wins_a_larger_prize_and_trains_more():
    for measure in (gross_margin_of_labs, training_of_labs):
        low, _ = difference(measure, "lab-cartel", seeds=range(1, 13))
        assert low > 0


def test_more_resellers_mark_up_less():
    falls(markup_of_resellers, "many-resellers")


def test_a_power_shortage_raises_the_price_of_power_and_the_suppliers_margin():
    def margin(results: Results) -> float:
        return kind_profit(results, "power supplier") / kind_revenue(results, "power supplier")

    for measure in (lambda results: last_year(results, "price_kwh"), margin):
        low, _ = difference(measure, "power-shortage", rounds=36)  # in the second year power is short without it
        assert low > 0


def test_a_chip_shortage_means_fewer_tokens_at_higher_prices():
    falls(lambda results: float(results.rounds.tokens.sum()), "chip-shortage")
    low, _ = difference(lambda results: last_year(results, "price_retail"), "chip-shortage", seeds=range(1, 13))
    assert low > 0


def test_labs_that_train_for_todays_market_spend_less_and_earn_more():
    falls(training_of_labs, "training-for-profit")
    seeds = range(1, 13)  # a market here and there earns four times what others do
    low, _ = difference(lambda results: layer_profit(results, "labs"), "training-for-profit", seeds=seeds, rounds=48)
    assert low > 0


@cache
def resold(nests: str, correlation: float, seed: int) -> tuple[float, float]:
    """Return resellers' markup and their price over the list price of the same model, in the mean over tokens."""
    changes = {"population.nests": nests, "population.nest_correlation": correlation, "small_models.plans": "none"}
    model = TokenMarket(load("own-everything", changes).parameters, rng=seed, collect=False)
    for _ in range(ROUNDS):
        model.step()
    sold, labs = model.open_resellers, model.labs
    found = [(seller.price / seller.sale()[1] - 1, seller.price / labs[seller.lab].price) for seller in sold]
    markup, over_list = np.average(found, axis=0, weights=[seller.served for seller in sold])
    return float(markup), float(over_list)


def test_resellers_of_one_model_earn_little_and_sell_near_its_list_price():
    """Where the offers of one model are close substitutes whoever sells them, a reseller competes with its own lab."""
    of_model, of_channel = (
        np.array([resold(*nests, seed) for seed in range(1, 13)]) for nests in (("model", 0.95), ("channel", 0.5))
    )
    _, high = interval(of_model[:, 0], of_channel[:, 0])
    assert high < 0
    assert np.median(of_model[:, 0]) < 0.6 * np.median(of_channel[:, 0])  # in some runs a wrapper few use earns much
    _, high = interval(np.abs(of_model[:, 1] - 1), np.abs(of_channel[:, 1] - 1))
    assert high < 0


def test_the_closer_the_offers_of_a_model_the_less_resellers_earn():
    loose, close = (np.array([resold("model", rho, seed)[0] for seed in SEEDS]) for rho in (0.5, 0.95))
    _, high = interval(close, loose)
    assert high < 0


@pytest.mark.parametrize("setting", ["baseline", "power-shortage", "lab-price-war", "funding-dries-up", "no-resellers"])
def test_money_is_conserved(setting):
    assert outcome(setting, 1).conservation_error < 1e-12


def three_years(preset: str, seed: int) -> pd.DataFrame | None:
    """Return the months of a run whose servers are in use, as far as orders placed in a shortage let them be.

    None where a leader failed that had nearly all servers: the others build anew, as fast as they can.
    """
    model = TokenMarket(load(preset).parameters, rng=seed)
    for _ in range(36):
        model.step()
    rounds = model.results().rounds
    assert (rounds.utilisation <= 0.82 * (1 + 1e-9)).all()
    growth = rounds.accelerators.pct_change(fill_method=None).dropna()
    if growth.min() < -0.9:
        return None
    assert (rounds.utilisation > 0.2).mean() >= 0.75  # what was ordered in a shortage idles for some months
    assert (rounds.utilisation > 0.1).all()
    assert (growth < 0.40).all()
    return rounds


def test_prices_fleets_and_utilisation_stay_in_the_calibrated_ranges_for_three_years():
    """Ranges of the calibration table: list prices of frontier models, industrial tariffs, chip prices, utilisation."""
    played = [three_years("one-model", seed) for seed in range(1, 21)]
    whole = [rounds for rounds in played if rounds is not None]
    assert len(whole) >= len(played) - 1
    for rounds in whole:
        assert rounds.price_kwh.between(0.060, 0.173).mean() > 0.55  # fleets outgrow plants in the boom of 2025
        assert rounds.price_chip.between(20_000, 60_000).mean() > 0.95
        assert rounds.price_chip.between(15_000, 60_000).all()
        assert rounds.price_retail.between(0.15, 11.3).all()
        assert rounds.price_retail.iloc[0] > 2.0
        assert (rounds.unserved_share < 0.25).all()
    assert np.mean([rounds.labs.min() >= 2 for rounds in whole]) >= 0.7  # in one of ten runs a single lab is left


@pytest.mark.parametrize(("scenario", "at_usual_tariffs", "left"), [("own-everything", 0.5, 3), ("baseline", 0.4, 2)])
def test_with_small_models_power_is_short_for_longer_and_prices_of_the_best_model_are_those_of_the_record(
    scenario, at_usual_tariffs, left
):
    for seed in range(1, 11):
        rounds = three_years(scenario, seed)
        assert rounds is not None
        assert rounds.price_kwh.between(0.060, 0.173).mean() > at_usual_tariffs
        assert rounds.price_chip.between(20_000, 60_000).all()
        assert rounds.price_frontier.between(1.0, 11.3).all()
        assert rounds.price_frontier.iloc[0] > 2.0
        assert (rounds.price_retail < rounds.price_frontier).all()
        assert (rounds.unserved_share < 0.3).all()
        assert (rounds.labs >= left).all()
