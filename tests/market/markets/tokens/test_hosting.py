"""Hosts serve what labs sold some months ago, on rented servers, and compete on price."""

from dataclasses import replace
from math import log2

import numpy as np
import pytest

from market import TokenMarket
from market.markets.tokens.entering import month_with
from market.markets.tokens.hosting import admit_host
from market.parameters.overriding import overridden
from market.records.identities import Audit
from scenarios import BadInput, load

LARGE = {"population.users": 10**9, "population.engine": "cohort", "clouds.count": 3, "hosts.count": 4}


def market(months=0, scenario="baseline", events=(), **changes) -> TokenMarket:
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    given = load(scenario, LARGE | changes).parameters
    if events:
        given = type(given).model_validate(given.model_dump() | {"events": list(events)})
    model = TokenMarket(given, rng=1)
    for _ in range(months):
        model.step()
    return model


def test_what_is_open_is_what_the_best_lab_sold_some_months_ago_less_what_age_took():
    model, sold = market(labs__opens_after=5, labs__salvage=0.0), []
    aged = log2(1 - model.parameters.training.decay)
    for _ in range(12):
        sold.append(model.progress)
        model.step()
    was = [quality + 5 * aged for quality in sold]
    opened = model.results().rounds.quality_open
    assert opened[5:].tolist() == pytest.approx(was[:7])


def test_before_the_first_month_models_got_better_at_the_pace_of_the_frontier():
    model = market(labs__opens_after=12, training__frontier_pace=3.0, training__algorithmic_growth=0.1)
    aged = 12 * log2(1 - model.parameters.training.decay)
    assert model.open_weights.best.size == pytest.approx(-2.0)  # four times as much compute in a year
    assert model.open_weights.best.quality == pytest.approx(-2.0 - 12 * log2(1.1) + aged)


@pytest.mark.parametrize(("exponent", "times"), [(0.0, 1.0), (0.5, 2.0), (1.0, 4.0)])
def test_a_smaller_model_takes_fewer_servers(exponent, times):
    model = market(
        scenario="one-model", labs__opens_after=12, training__frontier_pace=3.0, hosts__size_exponent=exponent
    )
    for host in model.hosts:
        assert host.lightness == pytest.approx(times)
        assert host.marginal_cost(1.0) == pytest.approx(host.user_cost / (0.5 * times), rel=0.2)


@pytest.mark.parametrize(("behind", "lightness"), [(1.5, 12.0), (3.0, 12.0), (3.0, 6.0)])
def test_where_labs_make_small_models_what_is_open_is_as_light_as_one_so_good(behind, lightness):
    model = market(small_models__behind=behind, small_models__lightness=lightness)
    gap = model.labs[0].quality - model.open_weights.best.quality
    assert gap > 1.5
    for host in model.hosts:
        assert host.lightness == pytest.approx(lightness ** (gap / behind))


def test_who_turns_to_another_model_sets_its_price_anew_and_expects_to_fill_its_servers():
    model = market(2)
    host = model.hosts[0]
    level, light = host.forecast.level, host.lightness
    host.serve(host.quality + 1.0, light / 5, another=True)
    assert host.forecast.level == pytest.approx(level / 5)
    assert host.reconsiders(undercut=False)
    host.serve(host.quality, light / 5, another=False)
    assert host.forecast.level == pytest.approx(level / 5)
    assert not host.reconsiders(undercut=False)


def test_all_hosts_sell_one_model():
    model = market()
    labs, product = len(model.labs), model.retail.offers.product
    assert product[: labs + 4].tolist() == [*range(labs), labs, labs, labs, labs]
    assert len(set(model.retail.offers.quality[labs : labs + 4])) == 1


def test_hosts_own_nothing_and_rent_all():
    results = market(6).results()
    hosts = results.firms[results.firms.kind == "host"]
    assert set(hosts.layer) == {"labs"}
    assert (hosts.depreciation == 0).all()
    assert (hosts.training == 0).all()
    assert (hosts.cost_of_goods > 0).all()
    assert (hosts.quantity > 0).all()
    assert results.plans.query("seller == 'host'").tokens.sum() == pytest.approx(hosts.quantity.sum())


def test_without_hosts_the_weights_are_of_no_account():
    prices = [market(4, hosts__count=0, labs__opens_after=months).results().rounds for months in (1, 12)]
    assert prices[0].equals(prices[1])


def test_the_newer_what_is_open_the_less_labs_sell_and_earn():
    """What they ask need not fall: who stays with them minds prices less."""
    worlds = [market(1, "stationary", labs__opens_after=months).results().firms for months in (1, 12, 24)]
    sold, earned = np.array([firms[firms.kind == "lab"][["quantity", "operating_profit"]].sum() for firms in worlds]).T
    assert sold[0] < sold[1] < sold[2]
    assert earned[0] < earned[1] < earned[2]


def test_a_lab_may_keep_its_weights():
    of_all = market()
    withholds = market(labs__firms=[{"firm": 1, "set": {"opens_after": 120}}])
    second = of_all.labs[1].quality
    assert withholds.open_weights.best.quality - of_all.open_weights.best.quality == pytest.approx(second)


def test_a_mandate_opens_at_once_what_has_been_sold_for_so_long():
    mandate = [{"round": 6, "set": {"labs": {"opens_after": 1}}}]
    without, under = market(), market(events=mandate)
    for month in range(12):
        without.step()
        under.step()
        more = under.open_weights.best.quality - without.open_weights.best.quality
        assert more > 0.5 if month >= 6 else more == 0.0


def left_alone(**changes) -> TokenMarket:
    """A market whose hosts have all just gone."""
    model = market(6, hosts__entry=True, hosts__entry_return=0.1, **changes)
    for host in model.open_hosts:
        host.close_down()
    model.ledger.start_round()
    return model


def test_where_no_host_is_left_one_enters_at_the_best_price():
    model = left_alone()
    admit_host(model)
    (host,) = model.open_hosts
    found, posted = [], host.price
    for factor in (0.95, 1.0, 1.05):
        host.retail_price = factor * posted
        found.append(month_with(model, [*model.open_labs, host], host).profit)
    assert max(found) == found[1]
    assert host.price < model.labs[0].retail_price
    assert host.forecast.level > 0
    assert host.wholesale_price == model.hosts[-2].wholesale_price > 0
    assert host.cash > host.own.staff
    model.ledger.start_round()
    admit_host(model)
    assert len(model.open_hosts) == 1  # another one comes once this one has earned


@pytest.mark.parametrize("changes", [{"hosts__staff": 1e9}, {"hosts__entry_return": 0.99}, {"hosts__entry": False}])
def test_the_first_host_stays_away_where_it_would_not_pay(changes):
    model = left_alone()
    in_force = {name.replace("__", "."): value for name, value in changes.items()}
    model.now = replace(model.now, parameters=overridden(model.parameters, in_force))
    admit_host(model)
    assert not model.open_hosts


def test_the_first_host_serves_and_books_add_up():
    model = left_alone(population__users=10**6)
    audit = Audit(model)
    for _ in range(6):
        audit.step()
    assert sum(host.served for host in model.open_hosts) > 0


def test_hosts_enter_while_they_earn_and_books_add_up():
    model = market(hosts__entry=True, hosts__entry_return=0.0)
    audit = Audit(model)
    for _ in range(18):
        audit.step()
    assert len(model.hosts) > 4
    newcomer = model.hosts[4]
    assert newcomer.served > 0


def test_hosts_without_clouds_have_nothing_to_serve_with():
    model = market(2, clouds__entry=False)
    for cloud in model.clouds:
        cloud.wind_up(model.round)
    audit = Audit(model)
    audit.step()
    assert [host.served for host in model.hosts] == [0.0] * 4
    assert all(host.alive for host in model.hosts)


def test_hosts_need_clouds():
    with pytest.raises(BadInput, match=r"hosts.count = 4 needs clouds.count ≥ 1"):
        load("own-everything", {"hosts.count": 4})


def test_a_cloud_that_fails_is_followed_by_another_that_buys_its_fleet():
    model = market(3, clouds__count=1, hosts__count=2)
    audit, failed = Audit(model), model.clouds[0]
    before = failed.reference
    model.ledger.pay(failed.name, "outside", "staff", failed.cash + 1e12)
    audit.step()
    assert not failed.alive
    follower = model.clouds[1]
    assert follower.alive
    assert follower.reference > 0.95 * before  # and what was on its way
    audit.step()
    assert follower.let > 0


def test_each_cloud_that_fails_has_a_follower_of_its_own():
    model = market(3, clouds__count=3, hosts__count=2)
    audit, failed = Audit(model), list(model.clouds)
    for cloud in failed:
        model.ledger.pay(cloud.name, "outside", "staff", cloud.cash + 1e12)
    before = [cloud.reference for cloud in failed]
    audit.step()
    assert [cloud.alive for cloud in model.clouds] == [False] * 3 + [True] * 3
    assert all(cloud.reference > 0.95 * had for cloud, had in zip(model.clouds[3:], before, strict=True))
