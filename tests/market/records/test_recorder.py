import numpy as np
import pytest

from market import Parameters, TokenMarket
from market.accounts import ledger


@pytest.fixture(scope="module")
def model() -> TokenMarket:
    played = TokenMarket(Parameters(), rng=1)
    for _ in range(4):
        played.step()
    played.round -= 1  # what firms say of themselves is of the month they are in
    return played


def books(firm) -> dict[str, float]:
    statement = firm.statement
    return {
        "revenue": statement.revenue,
        "cost_of_goods": statement.cost_of_goods,
        "depreciation": statement.depreciation,
        "training": statement.training,
        "staff": statement.staff,
        "operating_profit": statement.operating_profit,
        "capitalised_profit": firm.capitalised_profit,
        "cash_profit": firm.cash_profit,
        "cash": firm.cash,
        "funding": firm.model.ledger.received(ledger.FUNDING).get(firm.name, 0.0),
    }


def factory(lab) -> dict[str, float]:
    return {
        "wholesale_price": lab.wholesale_price,
        "quality": lab.quality,
        "capacity": lab.capacity,
        "utilisation": lab.utilisation,
        "accelerators": lab.accelerators,
        "tokens_unserved": max(lab.demanded - lab.served, 0.0),
    }


def test_every_column_of_a_firms_row_holds_what_its_name_says(model):
    rows = model.results().firms.query("round == 3").set_index("firm")
    for firm in model.firms:
        row, (price, cost, quantity) = rows.loc[firm.name], firm.sale()
        assert (row.layer, row.kind, row.alive, row.unit) == (firm.layer, firm.kind, True, firm.unit)
        assert (row.price, row.unit_cost, row.quantity) == (price, cost, quantity)
        assert row.lerner == pytest.approx(1 - cost / price)
        of_kind = [other.sale()[2] for other in model.firms if other.kind == firm.kind]
        assert row.market_share == pytest.approx(quantity / sum(of_kind))
        expected = books(firm) | (factory(firm) if firm in model.labs else {})
        assert {name: row[name] for name in expected} == expected
        assert np.isnan([row[name] for name in factory(model.labs[0])]).all() == (firm not in model.labs)


def test_makers_report_the_means_of_what_they_sold(model):
    """Revenue over accelerators is the mean price; parts, staff and chips add up to the mean cost."""
    rows = model.results().firms.query("kind == 'server maker'")
    np.testing.assert_allclose(rows.price * rows.quantity, rows.revenue, rtol=1e-12)
    share = model.parameters.makers.staff_share
    np.testing.assert_allclose(rows.unit_cost * rows.quantity * (1 - share), rows.cost_of_goods, rtol=1e-12)


def test_a_maker_that_sells_nothing_reports_its_list():
    model = TokenMarket(Parameters(vendors={"capacity": 0.0}), rng=1)
    model.step()
    listed = model.servers.price.reshape(len(model.vendors), -1).mean(axis=0)
    for maker in model.makers:
        assert maker.sale() == (pytest.approx(listed[maker.index]), maker.unit_cost, 0.0)


def test_a_firm_that_left_has_an_empty_row():
    model = TokenMarket(Parameters(), rng=1)
    model.step()
    model.resellers[0].pay(ledger.OUTSIDE, ledger.STAFF, model.resellers[0].cash + 1.0)
    model.labs[4].pay(ledger.OUTSIDE, ledger.STAFF, model.labs[4].cash + 1.0)
    model.step()
    model.step()
    rows = model.results().firms.query("round == 2").set_index("firm")
    for firm in (model.resellers[0], model.labs[4]):
        row = rows.loc[firm.name]
        assert not row.alive
        assert np.isnan([row.price, row.unit_cost, row.lerner]).all()
        empty = row[["quantity", "revenue", "operating_profit", "capitalised_profit", "cash_profit", "cash", "funding"]]
        assert (empty == 0.0).all()
