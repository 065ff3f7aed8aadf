"""Who gets chips that are short, and what large buyers get back."""

import numpy as np
import pytest

from market import TokenMarket
from market.accounts import ledger
from market.markets.servers import shipping
from market.markets.servers.rebates import Rebates
from scenarios import load

SMALL = {"population.users": 10**9, "population.engine": "cohort"}


def market(months: int, **changes) -> TokenMarket:
    model = TokenMarket(load("baseline", SMALL | changes).parameters, rng=1, collect=False)
    for _ in range(months):
        model.step()
    return model


def test_rebates_follow_what_each_orders():
    found = Rebates.of(0.4, np.array([30.0, 10.0, 0.0]))
    np.testing.assert_allclose(found.share, [0.3, 0.1, 0.0])
    assert found.mean == pytest.approx((30 * 0.3 + 10 * 0.1) / 40)
    assert Rebates.of(0.4, np.zeros(3)).mean == 0.0


def test_rebates_are_paid_and_make_servers_cheaper_on_the_books():
    model = market(4, **{"vendors.volume_discount": 0.5})
    flows = {(payer, payee): amount for payer, payee, category, amount in model.ledger.payments
             if category == ledger.REBATE}  # fmt: skip
    vendor, lab = model.vendors[0], model.labs[0]
    given = flows[vendor.name, lab.name]
    assert given > 0
    books = vendor.statement
    sold = sum(amount for _, payee, category, amount in model.ledger.payments
               if payee == vendor.name and category == ledger.CHIPS)  # fmt: skip
    assert books.revenue == pytest.approx(sold - sum(back for (who, _), back in flows.items() if who == vendor.name))
    coming = model.assets.under_way
    newest = coming.since == coming.since.max()
    costs = {int(owner): cost for owner, cost, of in zip(coming.owner[newest], coming.table[3, newest],
                                                         coming.vendor[newest], strict=True) if of == 0}  # fmt: skip
    assert costs[lab.owner] < min(cost for owner, cost in costs.items() if owner != lab.owner)


def test_prepaid_chips_go_to_the_richest_in_full_before_the_next():
    model = market(1, **{"vendors.allocation": "prepaid", "makers.count": 1})
    queue = np.full((len(model.operators), len(model.vendors)), 100.0)
    model.servers.could[:] = 250.0
    got = shipping.granted(model.servers, queue) * queue
    by_money = sorted(model.operators, key=lambda operator: -operator.money)
    expected = [100, 100, 50] + [0] * (len(by_money) - 3)
    np.testing.assert_allclose([got[operator.owner, 0] for operator in by_money], expected)
    pro_rata = market(1, **{"makers.count": 1})
    pro_rata.servers.could[:] = 250.0
    np.testing.assert_allclose(shipping.granted(pro_rata.servers, queue) * queue, 250.0 / len(by_money))


@pytest.mark.parametrize("preset", ["volume-discount", "prepaid-chips"])
def test_every_month_of_it_adds_up(preset):
    audit = TokenMarket(load(preset, {"population.users": 5_000, "clouds.count": 2}).parameters, rng=3).audit()
    for _ in range(15):
        audit.step()
