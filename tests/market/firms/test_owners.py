"""Who puts money into a firm shares in what it pays out; vendors put it into those who run their chips."""

import numpy as np
import pytest

from market import Parameters, TokenMarket
from market.accounts import ledger
from market.parameters.overriding import overridden

SMALL = {"population.users": 2_000, "population.types": 4}
POOR = {"funding.opening_months": 3.0, "funding.appetite": 0.3}


def market(**changes) -> TokenMarket:
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return TokenMarket(overridden(Parameters(), SMALL | named), rng=1, collect=False)


def played(changes, months=24, seed=1):
    audit = TokenMarket(overridden(Parameters(), SMALL | changes), rng=seed, collect=False).audit()
    for _ in range(months):
        audit.step()
    return audit.model.results()


def paid(flows, payer, payee, category) -> float:
    chosen = (flows.payer == payer) & (flows.payee == payee) & (flows.category == category)
    return float(flows[chosen].amount.sum())


def test_owners_share_dividends_as_they_put_money_in():
    model = market()
    lab, vendor = model.labs[0], model.vendors[0]
    lab.put_in = {ledger.INVESTORS: 30.0}
    vendor.raise_money(10.0)
    lab.raise_money(10.0, vendor.name)
    vendors, investors = vendor.cash, model.ledger.balance[ledger.INVESTORS]
    lab.pay_owners(8.0)
    assert vendor.cash == pytest.approx(vendors + 2.0)
    assert model.ledger.balance[ledger.INVESTORS] == pytest.approx(investors + 6.0)


def test_an_account_that_is_paid_out_is_empty_to_the_last_digit():
    model = market()
    lab, names = model.labs[0], [vendor.name for vendor in model.vendors]
    draw = np.random.default_rng(5)
    for _ in range(200):
        lab.put_in = dict(zip([ledger.INVESTORS, *names], draw.lognormal(0, 5, 1 + len(names)).tolist(), strict=True))
        lab.raise_money(float(draw.lognormal(10, 3)))
        lab.pay_owners(lab.cash)
        assert lab.cash == 0.0


def test_without_owners_investors_get_all():
    model = market()
    vendor = model.vendors[0]
    vendor.put_in.clear()
    before = model.ledger.balance[ledger.INVESTORS]
    vendor.pay_owners(3.0)
    assert model.ledger.balance[ledger.INVESTORS] == pytest.approx(before + 3.0)


def test_a_vendor_pledges_to_those_who_run_its_chips_in_proportion():
    model = market(vendors__investing=0.5, clouds__count=2)
    vendor = model.vendors[1]
    vendor.usual_spending = 0.0
    vendor.raise_money(100.0)
    spare = vendor.cash
    vendor.settle()
    assert vendor.cash == pytest.approx(0.5 * spare)
    chips = model.assets.servers.by_vendor(len(model.vendors))[:, 1]
    offered = np.array([operator.pledged[vendor] for operator in model.operators])
    np.testing.assert_allclose(offered, 0.5 * spare * chips / chips.sum(), rtol=1e-12)


def test_pledges_are_drawn_before_credit_and_as_far_as_the_vendor_has_them():
    model = market()
    lab, vendor = model.labs[0], model.vendors[0]
    lab.credit, lab.pledged = 50.0, {vendor: 40.0}
    vendor.raise_money(30.0 - vendor.cash)
    money, before = lab.money, lab.cash
    assert money == pytest.approx(before + 90.0)
    lab.draw(60.0)
    assert lab.cash == pytest.approx(before + 60.0)
    assert vendor.cash == pytest.approx(0.0)
    assert lab.credit == pytest.approx(20.0)
    assert lab.pledged[vendor] == pytest.approx(10.0)
    assert lab.put_in[vendor.name] == pytest.approx(30.0)


@pytest.mark.parametrize("clouds", [0, 3])
def test_money_of_vendors_goes_round(clouds):
    """What vendors put into labs and clouds shows in flows, and in the funding of these beside that of investors."""
    alone, backed = (played(POOR | {"clouds.count": clouds, "vendors.investing": share}) for share in (0.0, 0.6))
    funding = [run.flows[run.flows.category == ledger.FUNDING].groupby("payer").amount.sum() for run in (alone, backed)]
    assert set(funding[0].index) == {"investors"}
    assert set(funding[1].index) == {"investors", "hardware"}
    assert (paid(backed.flows, "hardware", "hardware", ledger.FUNDING) > 0) == bool(clouds)
    assert backed.firms.funding.sum() == pytest.approx(funding[1].sum(), rel=1e-9)


def test_labs_short_of_money_buy_more_chips_with_that_of_vendors():
    seeds = range(1, 5)
    bought = np.array([
        [played(POOR | {"vendors.investing": share}, seed=seed).flows.query("category == 'chips'").amount.sum()
         for share in (0.0, 0.8)]
        for seed in seeds
    ])  # fmt: skip
    assert (bought[:, 1] > bought[:, 0]).all()


def test_a_windfall_tax_on_hardware_moves_nothing_but_money():
    """Vendors pay out what they do not need, so that no decision knows of it."""
    tax = {"policy.windfall_tax": 0.5, "policy.windfall_margin": 0.1}
    untaxed, taxed = played({}), played(tax | {"policy.windfall_on": "hardware"})
    kept = [name for name in untaxed.rounds if name not in ("money_moved", "conservation_error")]
    assert taxed.rounds[kept].equals(untaxed.rounds[kept])
    firms = taxed.firms
    due = 0.5 * (firms.operating_profit - 0.1 * firms.revenue).clip(lower=0.0) * (firms.layer == "hardware")
    np.testing.assert_allclose(firms.windfall_tax, due, rtol=1e-12)
    assert firms.windfall_tax.sum() == pytest.approx(taxed.layers.windfall_tax.sum(), rel=1e-12)
    assert firms.windfall_tax.sum() > 0
    assert paid(taxed.flows, "hardware", "outside", ledger.WINDFALL) == pytest.approx(firms.windfall_tax.sum())


@pytest.mark.parametrize("layer", ["hardware", "labs", "resellers"])
def test_a_windfall_tax_is_paid_by_those_it_is_laid_on(layer):
    tax = {"policy.windfall_tax": 0.5, "policy.windfall_margin": 0.0}
    each, everybody = played(tax | {"policy.windfall_on": layer}, 6).layers, played(tax, 6).layers
    assert set(each[each.windfall_tax > 0].layer) == {layer}
    assert {layer} <= set(everybody[everybody.windfall_tax > 0].layer)
