import numpy as np
import pytest

from market.accounts import ledger
from market.accounts.statement import Statement

RECEIVED = {
    ledger.RETAIL: 1000.0,
    ledger.WHOLESALE: 400.0,
    ledger.FUNDING: 70.0,
    ledger.LOANS: 60.0,
    ledger.SALVAGE: 5.0,
}
PAID = {
    ledger.SERVERS: 300.0,
    ledger.NETWORK: 40.0,
    ledger.FACILITY: 20.0,
    ledger.ELECTRICITY: 80.0,
    ledger.OPERATION: 20.0,
    ledger.RESEARCH: 50.0,
    ledger.STAFF: 90.0,
    ledger.TAX: 11.0,
    ledger.FEES: 7.0,
    ledger.DIVIDENDS: 33.0,
    ledger.REPAYMENT: 22.0,
    ledger.INTEREST: 3.0,
}
CATEGORIES = sorted(set(RECEIVED) | set(PAID) | {ledger.CHIPS, ledger.PARTS, ledger.FUEL, ledger.PLANT})


def test_the_lines_of_a_lab():
    statement = Statement.of((RECEIVED, PAID), depreciation=30.0, write_off=2.0, training_share=0.25, owns_servers=True)
    assert statement.revenue == 1400.0
    assert statement.cost_of_goods == pytest.approx(11.0 + 7.0 + 0.75 * 100.0)
    assert statement.depreciation == pytest.approx(0.75 * 32.0)
    assert statement.training == pytest.approx(50.0 + 0.25 * (100.0 + 32.0))
    assert statement.staff == 90.0
    assert statement.investment == 360.0
    assert statement.total_depreciation == 32.0
    assert statement.research_pay == 50.0
    assert statement.operating_profit == pytest.approx(1400 - 18 - 100 - 32 - 50 - 90)


def test_what_is_investment_for_a_lab_is_cost_of_goods_for_others():
    lab = Statement.of((RECEIVED, PAID), owns_servers=True)
    other = Statement.of((RECEIVED, PAID))
    assert other.investment == 0.0
    assert other.cost_of_goods - lab.cost_of_goods == lab.investment


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_training_moves_costs_between_lines_and_leaves_profit_alone(share):
    common = {"depreciation": 30.0, "write_off": 2.0, "owns_servers": True}
    without = Statement.of((RECEIVED, PAID), **common)
    trained = Statement.of((RECEIVED, PAID), training_share=share, **common)
    assert trained.operating_profit == pytest.approx(without.operating_profit, rel=1e-14)
    assert trained.training - without.training == pytest.approx(share * 132.0)


def test_a_month_without_turnover_is_empty():
    assert Statement.of(({}, {})) == Statement()
    assert Statement().operating_profit == 0.0


@pytest.mark.parametrize("owns_servers", [True, False])
def test_profit_and_cash_are_tied_whatever_was_paid(owns_servers):
    """Δcash = operating profit + depreciation − investment + money raised − money returned, for any set of payments."""
    random = np.random.default_rng(1)
    for _ in range(200):
        received = {name: float(random.uniform(0, 1e6)) for name in random.choice([*ledger.REVENUE, *RECEIVED], 4)}
        spendable = [name for name in CATEGORIES if name not in RECEIVED]
        paid = {name: float(random.uniform(0, 1e6)) for name in random.choice(spendable, 8)}
        total_depreciation = float(random.uniform(0, 1e5)) if owns_servers else 0.0
        share = float(random.uniform())
        statement = Statement.of((received, paid), total_depreciation, 0.0, share, owns_servers)
        raised = sum(received.get(name, 0.0) for name in (ledger.FUNDING, ledger.LOANS, ledger.SALVAGE))
        returned = sum(paid.get(name, 0.0) for name in (ledger.DIVIDENDS, ledger.REPAYMENT, ledger.INTEREST))
        change = statement.operating_profit + statement.total_depreciation - statement.investment + raised - returned
        assert change == pytest.approx(sum(received.values()) - sum(paid.values()), abs=1e-6)
