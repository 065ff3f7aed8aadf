import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from market.users.choice import Cohorts, Individuals, Probabilities, individual, probabilities, staged

USERS = np.array([1_500, 0, 70_001, 3, 20_000])
OFFERS = 5
NEST = np.array([0, 1, 1, 0, 1])


def rounds_of(people, count=3):
    """Every user's provider after some rounds in which users join, leave and are turned away."""
    draw = np.random.default_rng(2)
    utility, loyalty = draw.normal(size=(USERS.size, OFFERS)), draw.uniform(0, 3, USERS.size)
    history = []
    for round in range(count):
        people.adopt(USERS // 2 if round == 1 else USERS)
        history.append(people.choose(probabilities(utility, loyalty, NEST, 0.5), NEST, round))
        history.append(people.turn_away([1.0, 0.7, 0.99, 0.2, 0.5], round))
    return history, people.last.copy()


def assert_same(one, other):
    np.testing.assert_array_equal(one[1], other[1])
    for left, right in zip(one[0], other[0], strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.fixture
def always_threads(monkeypatch):
    monkeypatch.setattr(individual, "USERS_WORTH_THREADS", 0)


@pytest.mark.usefixtures("always_threads")
@pytest.mark.parametrize("threads", [2, 3, 16])
def test_choices_are_the_same_for_any_number_of_threads(threads):
    one = rounds_of(Individuals(USERS, OFFERS, 7, threads=1))
    assert_same(one, rounds_of(Individuals(USERS, OFFERS, 7, threads=threads)))


@pytest.mark.usefixtures("always_threads")
def test_choices_in_arrays_are_those_of_the_compiled_pass(monkeypatch):
    compiled = rounds_of(Individuals(USERS, OFFERS, 7, threads=1))
    monkeypatch.setattr(individual, "_move", lambda: staged.move)
    assert_same(compiled, rounds_of(Individuals(USERS, OFFERS, 7, threads=2)))


WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
sys.path.insert(0, sys.argv[1])
from test_individual import Individuals, OFFERS, USERS, rounds_of
history, last = rounds_of(Individuals(USERS, OFFERS, 7), count=2)
print(sum(last.tolist()), *history[-1].ravel().tolist())
"""


def run_script(script, *arguments):
    command = [sys.executable, "-W", "error", "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_without_numba_the_choices_are_the_same():
    history, last = rounds_of(Individuals(USERS, OFFERS, 7), count=2)
    printed = run_script(WITHOUT_NUMBA, str(Path(__file__).parent))
    assert [int(word) for word in printed] == [last.sum(dtype=int), *history[-1].ravel()]


def test_numba_is_only_imported_when_somebody_chooses():
    script = "import sys, market.users.choice; print('numba' in sys.modules)"
    assert run_script(script) == ["False"]


def test_choices_do_not_depend_on_the_block_of_users_done_at_once(monkeypatch):
    monkeypatch.setattr(individual, "_move", lambda: staged.move)
    whole = rounds_of(Individuals(USERS, OFFERS, 7))
    monkeypatch.setattr(staged, "BLOCK", 999)
    assert_same(whole, rounds_of(Individuals(USERS, OFFERS, 7)))


def test_counts_are_those_of_the_users_after_everything_that_can_happen():
    people = Individuals(USERS, OFFERS, 3)

    def check():
        first = np.cumsum(USERS) - USERS
        for t, active in enumerate(people.active):
            users = people.last[first[t] : first[t] + active]
            np.testing.assert_array_equal(np.bincount(users, minlength=people.offers + 1), people.counts[t])

    people.adopt(USERS // 2)
    people.settle(np.full((USERS.size, OFFERS), 0.15))
    check()
    people.choose(probabilities(np.zeros((USERS.size, OFFERS)), 1.0, NEST, 0.3), NEST, 0)
    check()
    people.turn_away(0.5, 0)
    people.adopt(USERS // 3)
    check()
    people.adopt(USERS)
    people.reindex([3, -1, 0, 0, 1], offers=4)
    check()


def test_the_counter_hash_is_splitmix64():
    # First outputs of SplitMix64 from seed 1234567, as published with the reference implementation.
    counters = np.uint64(1234567) + np.arange(1, 6, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    wanted = [
        6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821,
    ]  # fmt: skip
    from market.users.choice import draw_kernels

    assert [int(draw_kernels.mix(counter)) for counter in counters] == wanted
    assert staged.mix(counters).tolist() == wanted


def test_users_choose_independently_of_each_other_and_of_the_round_before():
    people = Individuals([200_000], 1, 5)
    people.adopt([200_000])
    taken = []
    for round in range(3):
        people.choose(probabilities([[0.0]], 0.0, [0], 0.0), [0], round)
        taken.append(people.last == 0)
    for one, other in [(taken[0], taken[1]), (taken[1], taken[2]), (taken[0][1:], taken[0][:-1])]:
        together = np.array(
            [[(one & other).sum(), (one & ~other).sum()], [(~one & other).sum(), (~one & ~other).sum()]]
        )
        assert stats.chi2_contingency(together).pvalue > 0.001


@pytest.mark.parametrize("stay", [0.0, 1e-17, 1e-9, 0.5, 1 - 1e-9, 1 - 2**-53, 1.0])
def test_the_last_possible_random_number_stays_within_its_row(stay):
    table, offers = staged_table(stay)
    draw = staged.choice_draw(table, np.array([0, 0, 1]))
    for u in [0.0, np.nextafter(stay, 0), stay, 1 - 2.0**-53]:
        if 0 <= u < 1:
            for last in range(offers + 1):
                at = 4 * last + int(u >= draw.start[0, 4 * last + 1]) + int(u >= draw.start[0, 4 * last + 2])
                x = (u - draw.start[0, at]) * draw.scale[0, at]
                assert 0 <= x < offers + 1


def staged_table(stay):
    share = np.full((1, 3), stay)
    return (
        Probabilities(
            within=np.array([[0.3, 0.7, 1.0]]), stay=share, leave=1 - share, captive=np.full((1, 3), 0.9),
            free=np.full((1, 3), 0.1), elsewhere=np.array([[[0, 0.5, 0.5], [0.4, 0, 0.6]]]),
            fresh=np.array([[0.2, 0.3, 0.5]]), log_sum=np.zeros((1, 4)),
        ),
        3,
    )  # fmt: skip


def test_both_engines_start_from_the_same_places():
    people = [engine(USERS, OFFERS, 1) for engine in (Individuals, Cohorts)]
    shares = np.random.default_rng(1).dirichlet(np.ones(OFFERS + 1), USERS.size)[:, :-1]
    for one in people:
        one.adopt(USERS)
        one.settle(shares)
        one.adopt(USERS // 3)
    np.testing.assert_array_equal(people[0].counts, people[1].counts)


def test_more_offers_than_a_short_number_holds_are_refused():
    with pytest.raises(ValueError, match="65535"):
        Individuals([1], 70_000, 1)
    with pytest.raises(ValueError, match="65535"):
        Individuals([1], 1, 1).reindex([0], offers=70_000)


def test_ten_million_users_take_little_memory():
    import psutil

    process = psutil.Process()
    before = process.memory_info().rss
    people = Individuals(np.full(16, 625_000), 12, 1)
    people.adopt(people.users_per_type)
    people.choose(probabilities(np.zeros((16, 12)), 1.0, np.arange(12) % 2, 0.5), np.arange(12) % 2, 0)
    assert process.memory_info().rss - before < 100 * 2**20
    assert people.counts.sum() == 10**7
