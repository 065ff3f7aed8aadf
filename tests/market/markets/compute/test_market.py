import numpy as np
import pytest

from market import TokenMarket
from market.records.identities import Audit
from scenarios import load

LARGE = {"population.users": 10**9, "population.engine": "cohort"}


def market(months=0, **changes) -> TokenMarket:
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    model = TokenMarket(load("baseline", LARGE | {"clouds.count": 3} | changes).parameters, rng=1)
    for _ in range(months):
        model.step()
    return model


def test_without_clouds_nothing_is_let_and_nobody_owns_more():
    model = market(3, clouds__count=0)
    assert model.operators == model.labs
    assert not any(lab.rented for lab in model.labs)
    assert np.isnan(model.results().rounds.price_gpu_hour).all()


def test_labs_open_with_the_part_that_they_rent_let_to_them():
    model = market(1)
    for lab in model.labs:
        assert lab.rented / lab.running == pytest.approx(lab.rented_share, abs=0.02)


def test_what_tenants_pay_and_what_renting_costs_for_good_are_known():
    model = market(9)
    rents = model.results().flows.query("category == 'rented compute' and round == 8").groupby("payer").amount.sum()
    assert sum(lab.rent for lab in model.labs) == pytest.approx(rents.sum())
    assert {lab.renting for lab in model.labs} == {model.compute.long_run}


@pytest.mark.parametrize(("substitution", "appeal"), [(4.0, 1.4), (0.0, 0.5), (10.0, 0.0)])
def test_the_part_that_is_rented_follows_what_renting_costs(substitution, appeal):
    model = market(clouds__substitution=substitution, clouds__appeal=appeal)
    dearer = model.compute.long_run / 1000.0
    odds = np.exp(appeal) * dearer**-substitution
    assert model.compute.rented_share(1000.0) == pytest.approx(odds / (1 + odds))


def test_contracts_end_and_are_never_more_than_clouds_have():
    model = market(clouds__contract_months=4)
    for _ in range(12):
        model.step()
        for cloud in model.compute.clouds:
            held = sum(
                deals.units[:, cloud.index].sum() for deals in model.compute.contracts if deals.until > model.round
            )
            assert held <= cloud.lettable * (1 + 1e-9)
        assert all(deal.until <= model.round + 4 for deal in model.compute.contracts)
    assert model.compute.contracts


def test_clouds_are_hardware_with_rows_of_their_own():
    results = market(6).results()
    clouds = results.firms[results.firms.kind == "cloud"]
    assert set(clouds.layer) == {"hardware"}
    assert (clouds.revenue > 0).all()
    rent = results.flows[results.flows.category == "rented compute"]
    assert rent.amount.sum() == pytest.approx(clouds.revenue.sum())
    hardware = results.layers[results.layers.layer == "hardware"]
    assert hardware.margin.between(0, 0.8).all()
    servers = results.firms[results.firms.kind == "server maker"].revenue.sum()
    power = results.flows[(results.flows.category == "electricity") & (results.flows.payer == "labs")].amount.sum()
    assert hardware.revenue.sum() == pytest.approx(servers + rent.amount.sum() + power)
    rounds = results.rounds
    hours = rounds.price_gpu_hour
    assert hours.between(0.1, 30).all()
    assert (rounds.price_gpu_hour_new / hours).iloc[-1] == pytest.approx(model_performance(5))


def model_performance(month: int) -> float:
    return market().calendar.technology(0, month).performance


def test_books_and_machines_add_up_through_the_failure_of_clouds_and_labs():
    model = market(population__users=20_000, funding__opening_months=2.0, funding__appetite=0.2)
    audit, clouds, labs = Audit(model), 3, 5
    for _ in range(48):
        audit.step()
        clouds, labs = len(model.compute.clouds), len(model.open_labs)
    assert clouds < 3 or labs < 5


def test_the_fleet_of_a_cloud_that_fails_goes_to_another_for_a_share_of_its_book_value():
    model = market(6)
    failed, buyer, other = model.clouds
    book, units = failed.book_value(model.round), failed.accelerators
    had, worth, idle = buyer.accelerators, buyer.book_value(model.round), other.accelerators
    failed.wind_up(model.round)
    assert buyer.accelerators - had == pytest.approx(units)
    assert buyer.book_value(model.round) - worth == pytest.approx(0.3 * book)
    assert other.accelerators == pytest.approx(idle)
    assert failed.accelerators == 0
    assert failed.cash == 0
    assert model.ledger.imbalance < 1e-3


def wanted_from(model) -> float:
    """Return the reference accelerators that clouds will have at delivery, orders included, over what they can let."""
    compute, delay = model.compute, model.parameters.fleet.lead_time + 1
    there = [cloud.expected_at(model.round + delay, model.round) for cloud in model.clouds]
    ordered = [order.training for order in compute.orders()]
    assert all(units == 0 or have > 0 for have, units in zip(there, ordered, strict=True))
    return sum(have + units for have, units in zip(there, ordered, strict=True)) * model.parameters.clouds.uptime


def test_clouds_build_what_their_tenants_expect_to_rent():
    """Of the same needs at delivery that labs order servers of their own for: each has its part."""
    model = market(6)
    now, delay = model.round, model.parameters.fleet.lead_time + 1
    needs = {lab: sum(lab.needs(now, delay)) for lab in model.labs}
    assert wanted_from(model) == pytest.approx(sum(lab.rented_share * units for lab, units in needs.items()))
    for lab, units in needs.items():
        own = lab.expected_at(now + delay, now)
        order = lab.wants(now, lab.earns)
        assert order.serving + order.training == pytest.approx(max((1 - lab.rented_share) * units - own, 0.0))


def test_clouds_stop_building_as_soon_as_their_tenants_expect_less():
    """Not when the growth that they had seen themselves has faded: by then they would have built for it."""
    model = market(12)
    assert sum(order.training for order in model.compute.orders()) > 0
    for lab in model.labs:
        lab.plans.growth = lab.forecast.growth = 0.0
    assert sum(order.training for order in model.compute.orders()) == 0


def test_accelerators_in_service_are_those_of_labs_and_clouds():
    model = market(3)
    results, last = model.results(), 2
    owned = {operator.name: operator.accelerators for operator in model.operators}
    firms = results.firms.query(f"round == {last}").set_index("firm").accelerators.dropna()
    assert firms.to_dict() == pytest.approx(owned)
    assert results.rounds.accelerators.iloc[last] == pytest.approx(sum(owned.values()))
    assert min(owned.values()) > 0
