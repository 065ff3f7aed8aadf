"""The textbook chain: what settles is an equilibrium, money adds up, and what cannot be is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from market import TextbookMarket, TextbookParameters
from market.demand import Linear, Logit
from market.equilibrium import bertrand_nash, chain_equilibrium
from market.records.columns import LAYERS
from market.records.results import Results

BEST, AT_COST, CARTEL = ({"rule": rule} for rule in ("best-response", "marginal-cost", "joint-profit"))


def chain(firms=(1, 1, 1), rules=(BEST, BEST, BEST), **own) -> TextbookParameters:
    layers = {
        name: {"count": count, "pricing": rule}
        for name, count, rule in zip(("vendors", "labs", "resellers"), firms, rules, strict=True)
    }
    return TextbookParameters.model_validate({"chain": own, **layers})


def played(parameters: TextbookParameters, rounds: int = 150) -> Results:
    model = TextbookMarket(parameters, rng=1, collect=False)
    audit = model.audit()
    for _ in range(rounds):
        audit.step()
    return model.results()


def profits(results: Results) -> np.ndarray:
    return results.layers.groupby("layer")["profit"].last()[list(LAYERS)].to_numpy()


firm_counts = st.tuples(*(st.integers(1, 5) for _ in LAYERS))
costs = st.tuples(st.floats(0, 3), st.floats(0, 2), st.floats(0, 2))


@settings(max_examples=25, deadline=None)
@given(firm_counts, costs, st.floats(0.1, 5.0), st.sampled_from(["sequential", "simultaneous"]))
def test_quantity_setters_settle_where_the_chain_is_in_equilibrium(firms, cost, slope, timing):
    names = ("hardware_cost", "lab_cost", "reseller_cost")
    found = played(chain(firms, slope=slope, timing=timing, **dict(zip(names, cost, strict=True))))
    theory = chain_equilibrium(Linear(10, slope), firms, cost, timing=timing)
    last = found.rounds.iloc[-1]
    assert last["price_retail"] == pytest.approx(theory.prices[-1], rel=1e-6)
    assert last["price_wholesale"] == pytest.approx(theory.prices[1], rel=1e-6)
    assert last["consumer_surplus"] == pytest.approx(theory.consumer_surplus, rel=1e-5)
    np.testing.assert_allclose(profits(found), theory.profits, rtol=1e-5)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 12), st.floats(4, 12), st.floats(1, 6), st.floats(0.2, 1.5), st.booleans())
def test_price_setters_settle_in_the_equilibrium_of_logit_demand(sellers, value, coefficient, cost, cartel):
    rules = (AT_COST, AT_COST, CARTEL if cartel else BEST)
    found = played(
        chain((1, 1, sellers), rules, demand="logit", value=value, price_coefficient=coefficient, hardware_cost=cost)
    )
    owned = np.ones((sellers, sellers)) if cartel else None
    theory = bertrand_nash(Logit(np.full(sellers, value), coefficient), np.full(sellers, cost), owned)
    assert found.rounds["price_retail"].iloc[-1] == pytest.approx(theory.prices[0], rel=1e-6)
    assert profits(found)[2] == pytest.approx(theory.profits.sum(), rel=1e-5)


def test_a_lab_between_vendors_and_logit_users_anticipates_nothing_it_need_not():
    found = played(chain((1, 2, 0), (BEST, BEST, BEST), demand="logit", hardware_cost=1.0))
    theory = chain_equilibrium(Logit(np.full(2, 8.0), 4.0), (1, 2), (1.0, 0.0))
    np.testing.assert_allclose(profits(found)[:2], theory.profits, rtol=1e-5)


@pytest.mark.parametrize("timing", ["sequential", "simultaneous"])
def test_a_seller_climbs_to_users_who_would_pay_far_more_than_cost(timing):
    """At cost everybody buys and demand answers to nothing; the way up is taken in steps."""
    own = {"demand": "logit", "value": 20.0, "hardware_cost": 1.0, "timing": timing}
    found = played(chain((1, 1, 1), (AT_COST, BEST, BEST), **own), rounds=400)
    theory = chain_equilibrium(Logit([20.0], 4.0), (1, 1), (1.0, 0.0), timing=timing)
    np.testing.assert_allclose(profits(found)[1:], theory.profits, rtol=1e-4)


def test_margins_taken_as_given_over_logit_users():
    found = played(chain((1, 1, 3), demand="logit", hardware_cost=1.0, timing="simultaneous"))
    theory = chain_equilibrium(Logit(np.full(3, 8.0), 4.0), (1, 1, 3), (1.0, 0.0, 0.0), timing="simultaneous")
    np.testing.assert_allclose(profits(found), theory.profits, rtol=1e-5)


def test_a_cartel_of_labs_earns_what_one_lab_would():
    many, one = (played(chain((2, n, 3), (BEST, CARTEL, BEST))) for n in (4, 1))
    np.testing.assert_allclose(profits(many), profits(one), rtol=1e-8)


def test_vendors_foresee_a_markup_on_cost():
    """Labs sell at 1.25 times the price w of compute, so that demand for it is 10 − 1.25 w: best is w = (8 + 2)/2."""
    found = played(chain((1, 3, 0), (BEST, {"rule": "cost-plus", "markup": 0.25}, BEST)))
    assert found.rounds["unit_cost_token"].iloc[-1] == pytest.approx(5.0)
    assert found.rounds["price_retail"].iloc[-1] == pytest.approx(6.25)


def test_undercutting_drives_margins_of_differing_sellers_out():
    rule = {"rule": "undercut", "cut": 0.05}
    found = played(chain((1, 1, 3), (AT_COST, AT_COST, rule), demand="logit", hardware_cost=1.0))
    assert found.rounds["price_retail"].iloc[-1] == pytest.approx(1.0, rel=1e-9)


def test_the_way_to_the_equilibrium_is_played_not_computed():
    price = played(chain()).rounds["price_retail"]
    assert abs(price.iloc[0] - 9) > 0.1
    assert abs(price.iloc[3] - 9) > 1e-3
    assert price.iloc[-1] == pytest.approx(9)


def test_accounts_balance_and_owners_take_all():
    found = played(chain((2, 3, 5), lab_cost=0.5, reseller_cost=0.25))
    assert found.conservation_error < 1e-9
    assert found.firms["cash"].abs().max() < 1e-9
    last = found.firms[found.firms["round"] == found.firms["round"].max()]
    money = last.groupby("layer")[["revenue", "cost_of_goods", "operating_profit"]].sum()
    np.testing.assert_allclose(money["revenue"] - money["cost_of_goods"], money["operating_profit"])
    assert money.loc["labs", "revenue"] == pytest.approx(
        found.flows.query("payee == 'labs'").groupby("round")["amount"].sum().iloc[-1]
    )


def test_without_resellers_their_layer_is_empty():
    found = played(chain((1, 1, 0)))
    rows = found.layers[found.layers["layer"] == "resellers"]
    assert (rows[["revenue", "profit", "firms"]] == 0).all().all()
    assert found.rounds["price_wholesale"].isna().all()


REFUSED = [
    ({"training": {"model_life": 7}}, "training\n  Extra inputs are not permitted"),
    ({"horizon": {"hours": 700.0}}, "horizon.hours\n  Extra inputs are not permitted"),
    ({"chain": {"demand": "logit", "slope": 2.0}}, "where chain.demand is logit"),
    ({"chain": {"users": 2.0}}, "where chain.demand is linear"),
    ({"labs": {"pricing": {**BEST, "patience": 0.9}}}, "labs.pricing.patience has no effect"),
    ({"labs": {"pricing": {**BEST, "largest_move": 0.1}}}, "labs.pricing.largest_move has no effect"),
]


@pytest.mark.parametrize(("values", "message"), REFUSED)
def test_settings_without_effect_are_refused(values, message):
    with pytest.raises(ValidationError, match=message):
        TextbookParameters.model_validate(values)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((1, 1, 1), ({"rule": "undercut"}, BEST, BEST), {}), "vendors.pricing"),
        (((1, 1, 1), (BEST, {"rule": "penetration"}, BEST), {}), "labs.pricing.rule = penetration needs sellers"),
        (((1, 1, 1), (BEST, {"rule": "cost-plus", "markup": -1.0}, BEST), {}), "labs.pricing.markup must be above"),
        (((1, 1, 0), (AT_COST, {"rule": "capacity"}, BEST), {"demand": "logit"}), "labs.pricing"),
        (((1, 1, 1), (BEST, BEST, {**BEST, "largest_move": 0.1}), {}), "resellers.pricing.largest_move"),
        (((1, 1, 1), (BEST, BEST, BEST), {"hardware_cost": 10.0}), "less than chain.intercept"),
        (((1, 1, 1), (BEST, BEST, BEST), {"demand": "logit"}), "needs vendors or labs on marginal-cost"),
        (((1, 1, 1), (AT_COST, BEST, {"rule": "undercut"}), {"demand": "logit"}), "can be foreseen"),
        (((1, 1, 1), (AT_COST, AT_COST, BEST), {"demand": "logit", "hardware_cost": 100.0}), "nobody would buy"),
        (((1, 2, 1), (AT_COST, BEST, BEST), {"integrated": 2}), "as many labs and resellers"),
        (((1, 2, 1), (AT_COST, BEST, BEST), {"integrated": 1}), "labs without buyers"),
        (((1, 2, 2), (BEST, BEST, BEST), {"integrated": 1}), "vendors on marginal-cost"),
    ],
)
def test_chains_that_cannot_be_are_refused(arguments, message):
    firms, rules, own = arguments
    with pytest.raises(ValidationError, match=message):
        chain(firms, rules, **own)
