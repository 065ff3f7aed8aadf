import numpy as np
import pytest

from market import Parameters, TokenMarket
from market.accounts import ledger
from market.firms import Reseller
from market.markets.tokens.resale import admit_reseller, profits_of_carrying


def open_market(**sections) -> TokenMarket:
    return TokenMarket(Parameters(**sections), rng=1)


def margin(reseller: Reseller) -> float:
    """USD per Mtok that a reseller keeps after what it pays the lab, support, fees, staff and tax."""
    return reseller.price * reseller.net_share - reseller.wholesale_price - reseller.model.now.support_cost


def test_at_marginal_cost_a_reseller_earns_nothing_but_its_fixed_staff():
    model = open_market(policy={"token_tax": 0.05})
    reseller = model.resellers[0]
    reseller.price = reseller.marginal_cost(reseller.wholesale_price)
    before = reseller.cash
    model.ledger.pay(model.segments[0].account, reseller.name, ledger.RETAIL, 1000.0 * reseller.price)
    reseller.sell(1000.0, 1000.0 * reseller.price, model.labs[0].name)
    assert reseller.cash - before == pytest.approx(-model.parameters.resellers.staff, abs=1e-6)


def test_what_a_sale_pays_for():
    model = open_market(policy={"token_tax": 0.05})
    reseller, settings = model.resellers[0], model.parameters.resellers
    model.ledger.start_round()
    reseller.sell(2000.0, 2000.0 * reseller.price, model.labs[0].name)
    received, paid = model.ledger.turnover()[reseller.name]
    revenue = 2000.0 * reseller.price
    assert not received
    assert paid == pytest.approx(
        {
            ledger.WHOLESALE: 2000.0 * reseller.wholesale_price,
            ledger.OPERATION: 2000.0 * settings.support_cost,
            ledger.FEES: 0.03 * revenue,
            ledger.STAFF: 0.04 * revenue + settings.staff,
            ledger.TAX: 0.05 * revenue,
        }
    )


def test_a_new_wholesale_price_leaves_the_margin_in_dollars():
    reseller = open_market().resellers[0]
    before = margin(reseller)
    for change in (0.7, -1.1):
        reseller.pass_on(reseller.wholesale_price + change)
        assert margin(reseller) == pytest.approx(before, rel=1e-12)


def test_passing_on_the_same_price_changes_nothing():
    reseller = open_market().resellers[0]
    before = reseller.price
    reseller.pass_on(reseller.wholesale_price)
    assert reseller.price == before


def test_a_new_lab_leaves_the_margin_in_proportion():
    model = open_market()
    reseller, lab = model.resellers[0], model.labs[3]
    ratio = reseller.price / reseller.marginal_cost(reseller.wholesale_price)
    reseller.carry(lab)
    assert (reseller.lab, reseller.wholesale_price) == (3, lab.wholesale_price)
    assert reseller.price / reseller.marginal_cost(reseller.wholesale_price) == pytest.approx(ratio)


def test_support_gets_cheaper_with_software():
    model = open_market(fleet={"software_growth": 0.03})
    model.now = model.calendar.month(24)
    assert model.now.support_cost == pytest.approx(0.10 / 1.03**24)


# which lab to carry -------------------------------------------------------------------------------------------------


def worth(model: TokenMarket, reseller: Reseller) -> np.ndarray:
    return profits_of_carrying(model, reseller, model.open_labs)


def test_a_sharp_choice_is_the_lab_that_earns_most():
    model = open_market(resellers={"switching_hazard": 1.0, "choice_sharpness": 1000.0})
    best = [int(np.argmax(worth(model, reseller))) for reseller in model.resellers]
    model.enter_and_exit()
    assert [reseller.lab for reseller in model.resellers] == best


def test_choices_are_drawn_with_the_odds_of_a_logit_in_relative_profit():
    model = open_market(resellers={"switching_hazard": 1.0, "choice_sharpness": 3.0, "count": 1})
    reseller = model.resellers[0]
    profits = worth(model, reseller)
    odds = np.exp(3.0 * profits / np.abs(profits).max())
    start = (reseller.price, reseller.wholesale_price, reseller.lab)
    draws, picked = 4000, np.zeros(len(model.labs))
    for _ in range(draws):
        reseller.price, reseller.wholesale_price, reseller.lab = start
        model.enter_and_exit()
        picked[reseller.lab] += 1
    expected = odds / odds.sum()
    np.testing.assert_allclose(picked / draws, expected, atol=4 * np.sqrt(0.25 / draws))


@pytest.mark.parametrize("hazard", [0.0, 0.25])
def test_resellers_reconsider_with_the_hazard_given(hazard):
    """Who reconsiders without preferences lands on each lab alike: a share hazard × (1 − 1/labs) moves."""
    model = open_market(resellers={"switching_hazard": hazard, "choice_sharpness": 0.0, "count": 1})
    reseller, rounds = model.resellers[0], 4000
    start, moved = (reseller.price, reseller.wholesale_price, reseller.lab), 0
    for _ in range(rounds):
        reseller.price, reseller.wholesale_price, reseller.lab = start
        model.enter_and_exit()
        moved += reseller.lab != start[2]
    assert moved / rounds == pytest.approx(hazard * 0.8, abs=4 * np.sqrt(0.2 / rounds) if hazard else 0.0)


def test_resellers_of_a_lab_that_is_gone_find_another_at_once():
    model = open_market(resellers={"switching_hazard": 0.0})
    stranded = [reseller for reseller in model.resellers if reseller.lab == 1]
    others = {reseller.name: reseller.lab for reseller in model.resellers if reseller.lab != 1}
    assert stranded
    model.labs[1].wind_up(0)
    model.enter_and_exit()
    assert all(model.labs[reseller.lab].alive for reseller in stranded)
    assert {r.name: r.lab for r in model.resellers if r.name in others} == others


def test_a_model_is_worth_what_it_is_though_a_lab_before_it_has_closed():
    """The demand that resellers look at still has the offers of last month, and labs move up when one is gone."""
    model = open_market()
    reseller = next(reseller for reseller in model.resellers if reseller.lab == 4)
    before = worth(model, reseller)
    model.labs[1].wind_up(0)
    np.testing.assert_array_equal(worth(model, reseller), np.delete(before, 1))


# coming and going ---------------------------------------------------------------------------------------------------


def test_a_reseller_without_money_leaves():
    model = open_market()
    reseller = model.resellers[2]
    reseller.pay(ledger.OUTSIDE, ledger.STAFF, reseller.cash + 5.0)
    model.step()
    assert not reseller.alive
    assert reseller.cash == 0.0
    assert model.results().rounds.resellers.iloc[0] == len(model.resellers) - 1
    assert reseller.name not in model.retail.offers.sellers


def profitable(share: float, **resellers) -> TokenMarket:
    """A market whose resellers had this operating margin last month."""
    model = open_market(resellers={"entry": True, "entry_return": 0.15, **resellers})
    for reseller in model.resellers:
        reseller.statement = type(reseller.statement)(revenue=1e6, cost_of_goods=1e6 * (1 - share))
    return model


@pytest.mark.parametrize(("share", "entrants"), [(0.149, 0), (0.151, 1), (-0.2, 0)])
def test_one_reseller_enters_where_margins_are_above_what_entry_needs(share, entrants):
    model = profitable(share)
    admit_reseller(model)
    assert len(model.resellers) == 12 + entrants


def test_nobody_enters_where_entry_is_closed():
    model = profitable(0.5, entry=False)
    admit_reseller(model)
    assert len(model.resellers) == 12


def test_a_newcomer_has_its_staff_for_months_and_the_terms_of_an_incumbent():
    model = profitable(0.5)
    admit_reseller(model)
    newcomer = model.resellers[-1]
    settings = model.parameters.resellers
    assert newcomer.cash == settings.staff * settings.opening_months
    terms = {(other.price, other.wholesale_price, other.lab) for other in model.resellers[:-1]}
    assert (newcomer.price, newcomer.wholesale_price, newcomer.lab) in terms
    model.step()
    assert newcomer.name in model.retail.offers.sellers


def test_without_labs_there_is_nothing_to_resell():
    model = open_market(labs={"count": 1})
    model.labs[0].wind_up(0)
    model.enter_and_exit()
    assert model.open_resellers == []


# what policy allows -------------------------------------------------------------------------------------------------


def test_no_lab_asks_more_than_the_price_cap():
    model = open_market(policy={"price_cap": 3.0})
    for _ in range(12):
        model.step()
        assert all(lab.retail_price <= 3.0 for lab in model.labs)


def test_no_reseller_asks_more_than_the_price_cap():
    model = open_market(policy={"price_cap": 3.0})
    for _ in range(12):
        model.step()
        assert all(reseller.price <= 3.0 for reseller in model.resellers)


def test_wholesale_is_never_above_retail():
    for terms in ("bargained", "chosen", "discount"):
        model = open_market(labs={"wholesale": terms})
        for _ in range(6):
            model.step()
            assert all(lab.wholesale_price <= lab.retail_price for lab in model.labs), terms


def test_a_discount_off_the_list_is_what_resellers_pay():
    model = open_market(labs={"wholesale": "discount", "wholesale_discount": 0.3})
    for _ in range(6):
        model.step()
        for reseller in model.resellers:
            assert reseller.wholesale_price == pytest.approx(0.7 * model.labs[reseller.lab].retail_price)


def test_a_wholesale_cap_of_one_is_the_labs_marginal_cost_on_the_day_it_prices():
    model = open_market(policy={"wholesale_cap": 1.0}, labs={"repricing_hazard": 1.0})
    for _ in range(4):
        model.turn_the_page()
        model.adopt()
        model.post_prices()
        for lab in model.labs:
            assert lab.wholesale_price <= lab.marginal_cost(model.technology.mtok) * (1 + 1e-12)
        model.round += 1


@pytest.mark.parametrize("wholesale", ["chosen", "bargained", "discount"])
def test_prices_stay_above_zero_under_a_cap_far_below_cost(wholesale):
    """A cap of a tenth of marginal cost: everybody loses, labs may give tokens away, and the market goes on."""
    model = open_market(
        policy={"price_cap": 0.5},
        labs={"wholesale": wholesale},
        resellers={"count": 30, "pricing": {"rule": "joint-profit"}},
        population={"quantity_elasticity": 1.5},
    )
    for _ in range(3):
        model.step()
    assert all(0 < lab.wholesale_price <= lab.price <= 0.5 for lab in model.open_labs)
    assert all(0 < reseller.price <= 0.5 for reseller in model.open_resellers)
