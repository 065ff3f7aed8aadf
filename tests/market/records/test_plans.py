"""Who uses, pays and costs how much, by plan: against numbers worked out by hand, and what the columns mean."""

import numpy as np
import pandas as pd
import pytest

from market import Parameters, TextbookMarket, TextbookParameters, TokenMarket
from market.accounts import ledger
from market.parameters.plans import FREE, SUBSCRIPTION
from market.records.sales import Sales, use_of_plans

MENUS = {
    "tariffs": {"subscription": "flat", "free": {"rule": "fixed"}, "free_allowance": 0.03, "allowances": "tokens"},
    "resellers": {"aggregator_share": 0.25, "wrapper_share": 0.25},
    "population": {"users": 5_000},
}
MONTHS = 5


def played(months: int = MONTHS, **sections: object) -> TokenMarket:
    model = TokenMarket(Parameters(**MENUS | sections), rng=3)
    audit = model.audit()
    for _ in range(months):
        audit.step()
    return model


@pytest.fixture(scope="module")
def model() -> TokenMarket:
    return played()


@pytest.fixture(scope="module")
def last(model: TokenMarket) -> pd.DataFrame:
    plans = model.results().plans
    return plans[plans["round"] == MONTHS - 1].set_index(["seller", "plan"])


def test_rows_are_the_plans_on_offer(model: TokenMarket, last: pd.DataFrame) -> None:
    assert list(last.index) == [
        ("lab", "free"), ("lab", "subscription"), ("lab", "metered"),
        ("channel", "metered"), ("aggregator", "metered"), ("wrapper", "subscription"),
    ]  # fmt: skip
    assert list(last["layer"]) == ["labs"] * 3 + ["resellers"] * 3


def test_by_hand(model: TokenMarket, last: pd.DataFrame) -> None:
    """One type, seller and plan after the other, from who was served, the shares of plans and what each is billed."""
    retail = model.retail
    demand, menu = retail.demand, retail.demand.menu
    users, tokens, revenue = np.zeros(3), np.zeros(3), np.zeros(3)
    for kind in range(len(retail.served)):
        for offer in range(len(model.open_labs)):
            for plan in range(3):
                people = retail.served[kind, offer] * demand.plans[kind, offer, plan]
                used = demand.use.tokens[kind, offer, plan]
                beyond = max(used - menu.allowance[offer, plan], 0.0) if np.isfinite(menu.price[offer, plan]) else 0.0
                price = menu.price[offer, plan] if beyond else 0.0
                users[plan] += people
                tokens[plan] += people * used
                revenue[plan] += people * (menu.fee[offer, plan] + price * beyond)
    of_labs = last.loc["lab"]
    np.testing.assert_allclose(of_labs["users"], users, rtol=1e-12)
    np.testing.assert_allclose(of_labs["tokens"], tokens, rtol=1e-12)
    np.testing.assert_allclose(of_labs["revenue"], revenue, rtol=1e-12)
    assert revenue[FREE] == 0 < users[FREE]
    labs = len(model.open_labs)
    fees = retail.served[:, :labs] * demand.plans[:, :labs, SUBSCRIPTION] * [lab.fee for lab in model.open_labs]
    assert of_labs.loc["subscription", "revenue"] == pytest.approx(fees.sum())


def test_costs_of_labs_are_what_serving_cost_shared_by_tokens(model: TokenMarket, last: pd.DataFrame) -> None:
    """Without taxes and licences all of cost of goods and depreciation; firms have the part of free tokens."""
    firms = model.results().firms.query(f"round == {MONTHS - 1}").set_index("firm")
    labs = firms[firms["kind"] == "lab"]
    spent = (labs["cost_of_goods"] + labs["depreciation"]).sum()
    assert last["serving_cost"].sum() == pytest.approx(spent)
    assert last.loc[("lab", "free"), "cost"] == pytest.approx(labs["cost_of_free"].sum())
    lab, used = model.open_labs[0], model.retail.demand.use.tokens[:, 0, FREE]
    free = float(model.retail.served[:, 0] @ (model.retail.demand.plans[:, 0, FREE] * used))
    row = labs.loc[lab.name]
    expected = (row["cost_of_goods"] + row["depreciation"]) * free / lab.served
    assert row["cost_of_free"] == pytest.approx(expected)


def test_taxes_are_no_part_of_what_tokens_cost() -> None:
    model = played(2, policy={"token_tax": 0.1})
    plans = model.results().plans.query("round == 1")
    labs = model.results().firms.query("round == 1 and kind == 'lab'")
    tax = 0.1 * plans.loc[plans["seller"] == "lab", "revenue"].sum()
    spent = (labs["cost_of_goods"] + labs["depreciation"]).sum()
    assert plans["serving_cost"].sum() == pytest.approx(spent - tax)
    assert tax > 0.01 * spent


def test_costs_of_resellers_are_purchase_and_support(model: TokenMarket, last: pd.DataFrame) -> None:
    bought, paid, support = dict.fromkeys(("channel", "aggregator", "wrapper"), 0.0), {}, model.now.support_cost
    for reseller in model.open_resellers:
        bought[reseller.form] += reseller.served * (reseller.wholesale_price + support)
        paid[reseller.name] = reseller.served * reseller.wholesale_price
    for form, cost in bought.items():
        assert last.loc[form, "cost"].sum() == pytest.approx(cost)
    firms = model.results().firms.query(f"round == {MONTHS - 1}").set_index("firm")
    wholesale = model.results().flows.query(f"round == {MONTHS - 1} and category == 'wholesale tokens'")["amount"].sum()
    assert firms["cost_of_tokens"].sum() == pytest.approx(wholesale)
    for name, amount in paid.items():
        assert firms.loc[name, "cost_of_tokens"] == pytest.approx(amount)


def test_per_user_is_over_users(last: pd.DataFrame) -> None:
    sold = last[last["users"] > 0]
    np.testing.assert_allclose(sold["revenue_per_user"], sold["revenue"] / sold["users"])
    np.testing.assert_allclose(sold["cost_per_user"], sold["cost"] / sold["users"])
    assert len(sold) >= 5


def test_columns_of_the_market(model: TokenMarket, last: pd.DataFrame) -> None:
    row = model.results().rounds.iloc[-1]
    free, paying = last.loc[("lab", "free")], last.drop(index=("lab", "free"))
    assert row["paying_share"] == pytest.approx(paying["users"].sum() / last["users"].sum())
    assert row["free_token_share"] == pytest.approx(free["tokens"] / row["tokens"])
    assert row["revenue_per_payer"] == pytest.approx(last["revenue"].sum() / paying["users"].sum())
    assert row["free_allowance"] == pytest.approx(0.03)
    assert 0 < row["paying_share"] < 1
    assert 0 < row["free_token_share"] < row["paying_share"] + 1


def test_firms_say_on_what_terms_they_trade(model: TokenMarket) -> None:
    firms = model.results().firms.query(f"round == {MONTHS - 1}").set_index("firm")
    for lab in model.open_labs:
        row = firms.loc[lab.name]
        assert (row["form"], row["fee"], row["free_allowance"]) == ("", lab.fee, lab.free_allowance)
        assert row["list_price"] == lab.retail_price
        assert np.isnan(row["cost_of_tokens"])
    for reseller in model.open_resellers:
        row = firms.loc[reseller.name]
        assert row["form"] == reseller.form
        flat = reseller.form == "wrapper"
        np.testing.assert_equal(row["fee"], reseller.price if flat else np.nan)
        np.testing.assert_equal(row["list_price"], np.nan if flat else model.labs[reseller.lab].retail_price)
        assert np.isnan([row["free_allowance"], row["cost_of_free"]]).all()
    others = firms[firms["layer"] == "hardware"]
    assert (others["form"] == "").all()
    assert others[["fee", "list_price", "cost_of_tokens", "free_allowance", "cost_of_free"]].isna().all(axis=None)


def test_conversion_is_what_last_months_free_users_are_expected_to_do() -> None:
    """Against every way from one provider to another in full."""
    model = TokenMarket(Parameters(**MENUS), rng=3)
    model.step()
    sales = model.recorder.sales
    before, sellers = sales._free.copy(), sales.sellers
    assert np.isnan(sales.conversion)
    model.step()
    choice, (shares, _, _, payment) = model.retail.demand.choice, use_of_plans(model.retail.demand)
    assert model.retail.demand.offers.sellers == sellers
    pays, free = 0.0, 0.0
    for kind in range(len(before)):
        ways = choice.probabilities.of_types(slice(kind, kind + 1)).dense(choice.nest)[0]
        paying = (shares[kind] * (payment[kind] > 0)).sum(axis=1)
        pays += float(before[kind] @ ways[:-1, :-1] @ paying)
        free += float(before[kind].sum())
    found = model.results().rounds["conversion"]
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(pays / free)
    assert 0 < found[1] < 1


def test_free_users_of_a_lab_that_left_choose_as_if_new() -> None:
    model = TokenMarket(Parameters(**MENUS), rng=3)
    model.step()
    first = model.recorder.sales
    gone = first.sellers[0]
    model.labs[0].pay(ledger.OUTSIDE, ledger.STAFF, model.labs[0].cash + 1.0)
    model.step()
    demand = model.retail.demand
    assert gone not in demand.offers.sellers
    shares, _, _, payment = use_of_plans(demand)
    paying = (shares * (payment > 0)).sum(axis=2)
    mass = np.zeros((len(paying), len(demand.offers) + 1))
    for number, name in enumerate(first.sellers):
        place = demand.offers.sellers.index(name) if name in demand.offers.sellers else -1
        mass[:, place] += first._free[:, number]
    assert mass[:, -1].sum() > 0
    expected = (demand.choice.of(mass).users * paying).sum() / mass.sum()
    assert model.results().rounds["conversion"].iloc[-1] == pytest.approx(expected)


def test_where_all_is_sold_by_the_token_there_is_one_plan() -> None:
    model = TokenMarket(Parameters(population={"users": 5_000}), rng=3)
    audit = model.audit()
    for _ in range(3):
        audit.step()
    results = model.results()
    assert set(zip(results.plans["seller"], results.plans["plan"], strict=True)) == {
        ("lab", "metered"), ("channel", "metered")
    }  # fmt: skip
    rounds, firms = results.rounds, results.firms
    assert (rounds["paying_share"] == 1).all()
    assert (rounds["free_token_share"] == 0).all()
    assert rounds[["conversion", "free_allowance"]].isna().all(axis=None)
    assert firms[["fee", "free_allowance"]].isna().all(axis=None)
    assert (firms.loc[firms["kind"] == "lab", "cost_of_free"] == 0).all()
    by_month = results.plans.groupby("round")
    np.testing.assert_allclose(by_month["tokens"].sum(), rounds["tokens"])
    np.testing.assert_allclose(rounds["revenue_per_payer"] * by_month["users"].sum(), by_month["revenue"].sum())


def test_a_free_plan_that_comes_at_a_date() -> None:
    """Before there is one, nothing is said of it; the month after the first there are users to convert."""
    event = {"round": 2, "set": {"tariffs.free": {"rule": "fixed"}}}
    model = TokenMarket(Parameters(events=(event,), population={"users": 5_000}), rng=3)
    audit = model.audit()
    for _ in range(5):
        audit.step()
    rounds = model.results().rounds
    assert list(rounds["free_allowance"].notna()) == [False, False, True, True, True]
    assert list(rounds["conversion"].notna()) == [False, False, False, True, True]
    assert list(rounds["free_token_share"] > 0) == [False, False, True, True, True]
    plans = model.results().plans
    assert list(plans.loc[plans["plan"] == "free", "round"]) == [2, 3, 4]


@pytest.mark.parametrize("resellers", [0, 3])
@pytest.mark.parametrize("demand", ["linear", "logit"])
def test_the_textbook_chain_has_one_plan(resellers: int, demand: str) -> None:
    conduct = {"pricing": {"rule": "marginal-cost"}}
    chain = {"vendors": conduct, "labs": conduct if resellers else {}, "chain": {"demand": demand}}
    model = TextbookMarket(TextbookParameters(resellers={"count": resellers}, **chain))
    for _ in range(3):
        model.step()
    results = model.results()
    plans, last = results.plans, results.rounds.iloc[-1]
    assert list(plans["seller"]) == ["channel" if resellers else "lab"] * 3
    assert (plans["plan"] == "metered").all()
    assert plans["tokens"].iloc[-1] == pytest.approx(last["tokens"])
    assert plans["revenue"].iloc[-1] == pytest.approx(last["tokens"] * last["price_retail"])
    paid = last["price_wholesale"] if resellers else last["unit_cost_token"]
    own = model.parameters.chain.reseller_cost if resellers else 0.0
    assert plans["cost"].iloc[-1] == pytest.approx(last["tokens"] * (paid + own))
    assert plans["serving_cost"].iloc[-1] == pytest.approx(last["tokens"] * last["unit_cost_token"])
    assert plans["users"].isna().all() == (demand == "linear")


def test_months_do_not_pile_up(model: TokenMarket) -> None:
    """A month holds nothing of the months before."""
    assert [name for name, value in vars(model.recorder.sales).items() if isinstance(value, Sales)] == []


def test_of_what_rounding_has_left_of_sales_nothing_is_reckoned() -> None:
    """Demand at a forbidding price is below what numbers hold digits of: no load, no cost per token."""
    model = played(2)
    served = model.retail.served.copy()
    served[:, model.retail.offers.lab == 0] = 0.0
    served[0, 0] = 1e-316
    model.retail.bill(served)
    assert model.labs[0].load == 1.0
    with np.errstate(all="raise", under="ignore"):
        found = Sales(model)
    assert np.isfinite(found.cost).all()
    assert found.serving[0].sum() == 0.0
