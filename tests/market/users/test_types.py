import subprocess
import sys

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.integrate import quad, solve_ivp
from scipy.stats.qmc import Sobol

from market import Parameters, TokenMarket
from market.month import Calendar
from market.parameters import Segment
from market.users.types import POINTS, Types, types_of

SEGMENTS = Parameters().population.segments
MOST = 1024
"""Types that a segment may have."""


@pytest.mark.parametrize("name", list(SEGMENTS))
def test_types_keep_the_means_of_their_segment(name):
    segment, types = SEGMENTS[name], types_of(SEGMENTS[name], Parameters())
    assert types.people.sum() == pytest.approx(segment.people, rel=1e-14)
    for trait in ("need", "price_sensitivity", "quality_taste", "base_value", "reseller_taste", "loyalty"):
        assert getattr(types, trait).mean() == pytest.approx(getattr(segment, trait), rel=1e-13), trait


def test_spread_of_many_types_is_lognormal_with_the_deviation_given():
    segment = Segment(taste_spread=0.5, need_spread=1.2)
    types = types_of(segment, Parameters(population={"types": 1024}))
    assert np.log(types.price_sensitivity).std() == pytest.approx(0.5, rel=0.01)
    assert np.log(types.quality_taste).std() == pytest.approx(0.5, rel=0.01)
    assert np.log(types.need).std() == pytest.approx(1.2, rel=0.01)
    tastes = np.log([types.price_sensitivity, types.quality_taste, types.need])
    np.testing.assert_allclose(np.corrcoef(tastes), np.eye(3), atol=0.02)


def test_without_spread_all_types_are_alike():
    types = types_of(Segment(taste_spread=0.0, need_spread=0.0), Parameters())
    for trait in ("need", "price_sensitivity", "quality_taste", "fertility"):
        assert np.ptp(getattr(types, trait)) == 0.0


@pytest.mark.parametrize("count", [16, 256])
def test_languages_get_their_share_of_types(count):
    """Stratified points: up to any language in the alphabet, the share of types is within one point of that of use."""
    parameters = Parameters(population={"types": count})
    for segment in SEGMENTS.values():
        types = types_of(segment, parameters)
        found = wanted = 0.0
        for language in sorted(segment.languages):
            found += np.mean(types.fertility == parameters.tokens.fertility[language])
            wanted += segment.languages[language]
            assert abs(found - wanted) <= 1 / count + 1e-12, language


def test_the_order_of_languages_is_of_no_consequence():
    languages = {"english": 0.5, "german": 0.3, "chinese": 0.2}
    one = types_of(Segment(languages=languages), Parameters())
    other = types_of(Segment(languages=dict(reversed(languages.items()))), Parameters())
    np.testing.assert_array_equal(one.fertility, other.fertility)


def test_stacked_segments_follow_one_another():
    parts = [types_of(segment, Parameters()) for segment in SEGMENTS.values()]
    whole = Types.stack(parts)
    np.testing.assert_array_equal(whole.need[64:128], parts[1].need)
    assert whole.people.sum() == pytest.approx(sum(segment.people for segment in SEGMENTS.values()))


def calendar(**of_all) -> Calendar:
    """Return the months of a scenario whose people are all of one segment."""
    return Calendar(Parameters(population={"segments": {"all": Segment(**of_all)}}))


def test_adoption_is_the_logistic_curve_through_its_start():
    """Solves a' = s a (1 − a), whose logistic solution passes through ``adopted`` at round 0."""
    people = calendar(adopted=0.055, adoption_speed=0.105)
    solved = solve_ivp(lambda _, a: 0.105 * a * (1 - a), (0, 60), [0.055], t_eval=[0, 12, 24, 60], rtol=1e-10, atol=0)
    found = [people.adopted("all", month) for month in (0, 12, 24, 60)]
    np.testing.assert_allclose(found, solved.y[0], rtol=1e-7)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_nobody_and_everybody_stay_so(share):
    assert calendar(adopted=share).adopted("all", 500) == share


def test_adoption_ends_with_everybody_at_any_speed_and_length_allowed():
    assert calendar(adopted=0.5, adoption_speed=2.0).adopted("all", 1199) == pytest.approx(1.0)


def test_need_grows_at_the_rate_that_fades():
    population = Parameters().population
    extra, fades = population.need_growth - population.need_growth_later, population.need_growth_fades
    for month in (0, 1, 24, 120):
        integral, _ = quad(lambda t: population.need_growth_later + extra * np.exp(-t / fades), 0, month)
        assert Calendar(Parameters()).month(month).need_factor == pytest.approx(np.exp(integral), rel=1e-10)


def most_lost(segment) -> float:
    """Return the people that whole users may stand for too many or too few: half a user of each size of type."""
    return segment.weight.max()


def test_active_people_follow_adoption():
    """Whole users stand for people: a few of them are all that rounding may cost."""
    model = TokenMarket(Parameters(population={"users": 1_000_000}), rng=1)
    for segment in model.segments:
        for month in (0, 10, 40):
            segment.adopt(month)
            expected = model.calendar.adopted(segment.name, month) * segment.traits.people
            assert segment.mass().sum() == pytest.approx(expected, abs=most_lost(segment))


def test_fewer_users_than_types_still_stand_for_all_people():
    segments = {"all": Segment(people=1e6, adopted=1.0)}
    model = TokenMarket(Parameters(population={"users": 1000, "types": 1024, "segments": segments}), rng=1)
    assert model.segments[0].mass().sum() == pytest.approx(1e6)


@pytest.mark.parametrize("users", [1000, 3000, 100_000])
def test_the_number_of_simulated_users_does_not_set_the_size_of_the_market(users):
    """A segment's active people follow adoption to within a few simulated users."""
    model = TokenMarket(Parameters(population={"users": users}), rng=1)
    for segment in model.segments:
        expected = model.calendar.adopted(segment.name, 0) * segment.traits.people
        assert segment.mass().sum() == pytest.approx(expected, abs=most_lost(segment))


def test_a_number_of_types_that_sobol_points_cannot_have_is_refused():
    with pytest.raises(ValidationError, match="power of two"):
        Parameters(population={"types": 10})


def test_a_language_without_fertility_is_refused():
    with pytest.raises(ValidationError, match="klingon"):
        Parameters(population={"segments": {"all": {"languages": {"klingon": 1.0}}}})


def test_the_points_kept_are_those_of_scipy():
    np.testing.assert_array_equal(np.load(POINTS), Sobol(d=4, scramble=True, rng=20240101).random(MOST))


def test_a_market_opens_without_the_slow_imports_of_statistics():
    said = subprocess.run(
        [sys.executable, "-c", "import sys, market.model; print('scipy.stats' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "False\n"
