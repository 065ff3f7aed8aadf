"""Money is conserved, and every firm's statement ties its profit to its cash and its assets, round by round."""

from math import fsum

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market import Parameters, TokenMarket
from market.accounts import ledger
from market.accounts.ledger import Ledger
from market.records.identities import Audit

ACCOUNTS = ("outside", "investors", "lab 1", "lab 2", "reseller 1", "users")
AMOUNTS = st.floats(0, 1e12)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), st.sampled_from("ab"), AMOUNTS)))
def test_any_payments_leave_the_sum_of_balances_alone(payments):
    accounts = Ledger()
    for name in ACCOUNTS[2:]:
        accounts.open(name, name.split()[0])
    for payer, payee, category, amount in payments:
        accounts.pay(payer, payee, category, amount)
    rounding = 1e-15 * len(payments) * (1 + fsum(amount for *_, amount in payments))
    assert accounts.imbalance <= rounding
    assert accounts.money_moved == pytest.approx(fsum(amount for *_, amount in payments), rel=1e-12)
    assert fsum(accounts.flows().values()) == pytest.approx(accounts.money_moved, rel=1e-12)
    for name, (received, paid) in accounts.turnover().items():
        change = fsum(received.values()) - fsum(paid.values())
        assert accounts.balance[name] == pytest.approx(change, rel=1e-9, abs=rounding)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), AMOUNTS), max_size=20),
    st.floats(max_value=-1e-300),
)
def test_a_payment_refused_changes_nothing(payments, amount):
    accounts = Ledger()
    for name in ACCOUNTS[2:]:
        accounts.open(name, name.split()[0])
    for payer, payee, paid in payments:
        accounts.pay(payer, payee, "a", paid)
    before = dict(accounts.balance)
    with pytest.raises(ValueError, match="cannot pay"):
        accounts.pay("users", "lab 1", "a", amount)
    assert accounts.balance == before


# a market, round by round -------------------------------------------------------------------------------------------


def numbers(low, high):
    """Numbers a scenario would hold: hundredths of a range, without the smallest floats there are."""
    return st.integers(0, 100).map(lambda part: low + (high - low) * part / 100)


SECTIONS = st.fixed_dictionaries(
    {
        "labs": st.fixed_dictionaries(
            {
                "count": st.integers(1, 6),
                "wholesale": st.sampled_from(["bargained", "chosen", "discount"]),
                "salvage": numbers(0, 1),
                "repricing_hazard": numbers(0, 1),
            }
        ),
        "resellers": st.fixed_dictionaries(
            {"count": st.integers(0, 8), "entry": st.booleans(), "opening_months": numbers(0, 6)}
        ),
        "vendors": st.fixed_dictionaries({"count": st.integers(1, 4), "capacity": numbers(0, 1e5)}),
        "makers": st.fixed_dictionaries({"count": st.integers(1, 4)}),
        "power": st.fixed_dictionaries({"count": st.integers(1, 4), "capacity": numbers(1, 500)}),
        "fleet": st.fixed_dictionaries(
            {
                "lead_time": st.integers(0, 6),
                "server_life": st.integers(1, 60),
                "facility_life": st.integers(1, 60),
                "failure_hazard": numbers(0, 0.3),
            }
        ),
        "funding": st.fixed_dictionaries(
            {
                "loan_to_value": numbers(0, 0.9),
                "opening_months": numbers(0, 24),
                "appetite": numbers(0, 3),
                "buffer": numbers(0, 24),
            }
        ),
        "training": st.fixed_dictionaries(
            {
                "budget": st.sampled_from(
                    [{"rule": name} for name in ("race", "truce", "match-the-frontier", "runway", "fixed-share")]
                )
            }
        ),
        "policy": st.fixed_dictionaries({"token_tax": numbers(0, 0.3)}),
    }
)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(SECTIONS, st.integers(0, 1000))
def test_every_statement_reconciles_with_cash_and_assets_in_any_setting(sections, seed):
    audit = Audit(TokenMarket(Parameters(population={"users": 2000}, **sections), rng=seed))
    for _ in range(8):
        audit.step()


SETTINGS = {
    "baseline": {},
    "labs run out of money": {
        "funding": {"opening_months": 0.0, "appetite": 0.0},
        "labs": {"lowest_runway": 0.0, "overhead_share": 0.6},
    },
    "resellers come and go": {"resellers": {"entry": True, "opening_months": 1.0, "staff": 1e6}},
    "shortage": {"power": {"capacity": 40.0}, "vendors": {"capacity": 5000.0}},
    "licences": {"commons": {"mode": "on", "licence_share": 0.1}, "policy": {"token_tax": 0.1}},
}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_statement_reconciles_over_three_years(name):
    model = TokenMarket(Parameters(**SETTINGS[name]), rng=2)
    audit = Audit(model)
    for _ in range(36):
        audit.step()
    assert model.results().conservation_error < 1e-12
    left = [firm for firm in model.firms if not firm.alive]
    assert bool(left) or name not in ("labs run out of money", "resellers come and go")


# tables -------------------------------------------------------------------------------------------------------------

RUNNING_COSTS_OF_OWN_PEOPLE = {ledger.STAFF, ledger.RESEARCH}


@pytest.fixture(scope="module", params=sorted(SETTINGS))
def results(request):
    model = TokenMarket(Parameters(**SETTINGS[request.param]), rng=2)
    for _ in range(18):
        model.step()
    return model.results()


def total(flows, **where) -> np.ndarray:
    """Return USD by round of the flows that match."""
    for column, allowed in where.items():
        flows = flows[flows[column].isin([allowed] if isinstance(allowed, str) else list(allowed))]
    return flows.groupby("round").amount.sum().reindex(range(18), fill_value=0.0).to_numpy()


@pytest.mark.parametrize("name", ["labs run out of money", "licences"])
def test_funding_in_the_firms_table_is_what_investors_gave(name):
    model = TokenMarket(Parameters(**SETTINGS[name]), rng=2)
    for _ in range(18):
        model.step()
    firms, flows = model.results().firms, model.results().flows
    given = total(flows, payer="investors", category=ledger.FUNDING)
    np.testing.assert_allclose(firms.groupby("round").funding.sum(), given, rtol=1e-9)


def test_layers_add_up_their_firms(results):
    firms = results.firms.groupby(["round", "layer"])
    for column, source in (("profit", "operating_profit"), ("cash_profit",) * 2, ("capitalised_profit",) * 2):
        expected = firms[source].sum().reset_index()
        merged = results.layers.merge(expected, on=["round", "layer"], suffixes=("", "_of_firms"))
        found = merged[source if column == "profit" else f"{column}_of_firms"]
        np.testing.assert_allclose(merged[column], found, rtol=1e-9, atol=1e-3)
    np.testing.assert_allclose(results.layers.revenue - results.layers.cost, results.layers.profit, rtol=1e-9)


def test_the_revenue_of_firms_is_what_flows_to_them(results):
    for layer in ("hardware", "labs", "resellers"):
        firms = results.firms[results.firms.layer == layer].groupby("round").revenue.sum().to_numpy()
        np.testing.assert_allclose(firms, total(results.flows, payee=layer, category=ledger.REVENUE), rtol=1e-9)


def test_the_revenue_of_a_layer_is_what_others_pay_it(results):
    for layer in ("hardware", "labs", "resellers"):
        sold = results.flows[results.flows.payer != layer]
        expected = total(sold, payee=layer, category=ledger.REVENUE)
        np.testing.assert_allclose(results.layers[results.layers.layer == layer].revenue, expected, rtol=1e-9)


def test_value_added_is_sales_less_purchases_from_others(results):
    """Own people's pay is part of it, and so is the wear of own assets; what labs invest in is no purchase."""
    for layer in ("hardware", "labs", "resellers"):
        bought = results.flows[(results.flows.payer == layer) & (results.flows.payee != layer)]
        left_out = ledger.FINANCING | RUNNING_COSTS_OF_OWN_PEOPLE | (ledger.INVESTMENT if layer == "labs" else set())
        purchases = total(bought[~bought.category.isin(left_out)])
        rows = results.layers[results.layers.layer == layer]
        np.testing.assert_allclose(rows.value_added, rows.revenue - purchases, rtol=1e-9, atol=1e-3)


def test_all_that_users_pay_ends_as_profit_or_as_outside_cost(results):
    """Σ profit = paid by users (less paid to them for text) − running costs paid outside + servers sold − wear."""
    flows, firms = results.flows, results.firms
    layers = ("hardware", "labs", "resellers")
    retail = total(flows, payer="users") - total(flows, payee="users")
    spent = flows[(flows.payee == "outside") & flows.payer.isin(layers)]
    running = total(spent[~spent.category.isin(ledger.FINANCING | ledger.INVESTMENT)])
    servers = total(flows, category=ledger.SERVERS)
    invested = total(flows, payer="labs", category=ledger.INVESTMENT)
    lab = firms[firms.kind == "lab"].groupby("round")
    total_depreciation = (lab.cash_profit.sum() - lab.operating_profit.sum()).to_numpy() + invested
    profit = results.layers.groupby("round").profit.sum().to_numpy()
    np.testing.assert_allclose(profit, retail - running + servers - total_depreciation, rtol=1e-9, atol=1.0)


def test_the_market_pays_for_the_tokens_it_gets(results):
    """Average price times tokens is what users pay, and firms of a kind share all of their market."""
    rounds = results.rounds
    paid = total(results.flows, category=ledger.RETAIL)
    np.testing.assert_allclose((rounds.price_retail * rounds.tokens).fillna(0.0), paid, rtol=1e-9)
    wholesale = total(results.flows, category=ledger.WHOLESALE)
    resold = rounds.resold_share * rounds.tokens * rounds.price_wholesale
    np.testing.assert_allclose(resold.fillna(0.0), wholesale, rtol=1e-9)
    sold = results.firms[results.firms.quantity > 0].groupby(["round", "kind"]).market_share.sum()
    np.testing.assert_allclose(sold, 1.0, rtol=1e-9)
