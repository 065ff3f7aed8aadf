import pytest

from market import Parameters
from market.firms.technology import capital_charge, quality
from market.month import Calendar


def test_the_first_month_is_what_the_parameters_say():
    fleet = Parameters().fleet
    first = Calendar(Parameters()).technology(0, 0)
    assert first.mtok == pytest.approx(fleet.throughput * 3600 * 730.5 / 1e6, rel=1e-15)
    assert (first.performance, first.power, first.algorithms) == (1.0, fleet.power_draw, 1.0)


@pytest.mark.parametrize("months", [1, 12, 37])
def test_software_and_algorithms_grow_by_the_month_hardware_and_power_by_the_year(months):
    parameters = Parameters()
    now, then = Calendar(parameters).technology(0, 6), Calendar(parameters).technology(0, 6 + months)
    fleet = parameters.fleet
    assert then.mtok / now.mtok == pytest.approx((1 + fleet.software_growth) ** months, rel=1e-12)
    assert then.algorithms / now.algorithms == pytest.approx(
        (1 + parameters.training.algorithmic_growth) ** months, rel=1e-12
    )
    assert (then.performance / now.performance) ** (12 / months) == pytest.approx(1 + fleet.hardware_growth, rel=1e-12)
    assert (then.power / now.power) ** (12 / months) == pytest.approx(1 + fleet.power_growth, rel=1e-12)


@pytest.mark.parametrize(
    "fleet",
    [
        {},
        {"failure_hazard": 0.02, "hardware_growth": 0.0},
        {"cost_of_capital": 0.0},
        {"server_life": 12, "facility_life": 240, "hardware_growth": 0.6},
    ],
)
def test_the_user_cost_over_a_life_pays_the_price_back(fleet):
    """Month by month: what survives earns the charge, at the worth newer servers leave it, discounted."""
    parameters = Parameters(fleet=fleet)
    settings, charge = parameters.fleet, capital_charge(parameters)
    server = facility = 0.0
    for month in range(settings.facility_life):
        discount = (1 + settings.cost_of_capital) ** (-month / 12)
        facility += charge.facility * discount
        if month < settings.server_life:
            alive = (1 - settings.failure_hazard) ** month
            worth = (1 + settings.hardware_growth) ** (-month / 12)
            server += charge.server * alive * worth * discount
    assert server == pytest.approx(1.0, rel=1e-12)
    assert facility == pytest.approx(1.0, rel=1e-12)


def test_without_interest_failures_and_progress_the_user_cost_is_straight_line():
    fleet = {"cost_of_capital": 0.0, "failure_hazard": 0.0, "hardware_growth": 0.0}
    charge = capital_charge(Parameters(fleet=fleet))
    assert charge.server == pytest.approx(1 / 60)
    assert charge.facility == pytest.approx(1 / 168)


def test_quality_counts_doublings():
    assert quality(1.0, 1.0) == 0.0
    assert quality(2.0, 4.0) == pytest.approx(3.0)
    assert quality(0.125, 1.0) == pytest.approx(-3.0)
    assert quality(7.0, 1.3) - quality(3.5, 1.3) == pytest.approx(1.0)
