"""The same seed gives the same bytes, another seed other ones, and nothing depends on the order of the agents."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market import Parameters, TokenMarket
from market.records.results import Results

TABLES = ("rounds", "firms", "layers", "flows", "plans", "commons")
ROUNDS = 10

SETTINGS: dict[str, dict[str, Any]] = {
    "individual users": {"population": {"users": 5000, "engine": "individual"}},
    "cohorts": {"population": {"users": 5000, "engine": "cohort"}},
    "entry": {"population": {"users": 5000}, "resellers": {"entry": True, "count": 4, "switching_hazard": 0.5}},
    "hill climbing": {
        "population": {"users": 5000},
        "labs": {"pricing": {"rule": "hill-climbing"}, "repricing_hazard": 0.5},
        "vendors": {"pricing": {"rule": "hill-climbing"}},
    },
    "sellers try markups": {
        "population": {"users": 5000},
        "labs": {"pricing": {"rule": "bandit", "explore": 0.5}},
        "makers": {"pricing": {"rule": "q-learning"}},
    },
    "bankruptcies": {
        "population": {"users": 5000},
        "funding": {"opening_months": 0.0, "appetite": 0.0},
        "labs": {"lowest_runway": 0.0},
    },
}


def play(model: TokenMarket, rounds: int = ROUNDS) -> TokenMarket:
    for _ in range(rounds):
        model.step()
    return model


def fingerprint(results: Results) -> str:
    """Return a hash of every value of every table, to the last bit."""
    digest = hashlib.sha256()
    for name in TABLES:
        table = getattr(results, name)
        for column in table.columns:
            values = table[column]
            if pd.api.types.is_float_dtype(values):
                digest.update(values.to_numpy().tobytes())
            else:
                digest.update("|".join(map(str, values)).encode())
    return digest.hexdigest()


def run(setting: str, seed: int, market: type[TokenMarket] = TokenMarket) -> Results:
    return play(market(Parameters(**SETTINGS[setting]), rng=seed)).results()


@pytest.mark.parametrize("setting", sorted(SETTINGS))
def test_the_same_seed_gives_the_same_bytes_and_another_does_not(setting):
    assert fingerprint(run(setting, 1)) == fingerprint(run(setting, 1))
    assert fingerprint(run(setting, 1)) != fingerprint(run(setting, 2))


def test_labs_go_and_resellers_come_where_the_settings_say_so():
    assert run("bankruptcies", 2).rounds.labs.iloc[-1] < 5
    assert run("entry", 1).rounds.resellers.iloc[-1] > 4


def test_markets_played_in_turns_do_not_disturb_each_other():
    parameters = Parameters(**SETTINGS["cohorts"])
    one, other = TokenMarket(parameters, rng=1), TokenMarket(parameters, rng=2)
    for _ in range(ROUNDS):
        one.step()
        np.random.default_rng().random(7)
        other.step()
    assert fingerprint(one.results()) == fingerprint(run("cohorts", 1))
    assert fingerprint(other.results()) == fingerprint(run("cohorts", 2))


def test_processes_with_other_hash_seeds_give_the_same_bytes():
    """Sets of names iterate in another order in every process; nothing may be added up in that order."""
    script = "from test_reproducible import fingerprint, run; print(fingerprint(run('entry', 3)))"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parent,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("0", "77")
    ]
    found = [process.communicate()[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert found[0] == found[1]


# the order of agents ------------------------------------------------------------------------------------------------


def shuffled(seed: int) -> type[TokenMarket]:
    """Return a market that creates its agents in another order."""

    class Shuffled(TokenMarket):
        def creation_order(self, plans: list[Callable[[], Any]]) -> list[Callable[[], Any]]:
            order = np.random.default_rng(seed).permutation(len(plans))
            assert (order != np.arange(len(plans))).any()
            return [plans[place] for place in order]

    return Shuffled


@pytest.mark.parametrize("setting", sorted(SETTINGS))
@pytest.mark.parametrize("order", [1, 2])
def test_the_order_in_which_agents_are_created_is_of_no_consequence(setting, order):
    assert fingerprint(run(setting, 4, shuffled(order))) == fingerprint(run(setting, 4))


def test_the_last_agents_may_come_first():
    class Backwards(TokenMarket):
        def creation_order(self, plans: list[Callable[[], Any]]) -> list[Callable[[], Any]]:
            return plans[::-1]

    backwards = Backwards(Parameters(**SETTINGS["entry"]), rng=4)
    first = next(iter(backwards.agents))
    assert first is backwards.segments[-1]
    assert fingerprint(play(backwards).results()) == fingerprint(run("entry", 4))


# a stream of random numbers for each agent --------------------------------------------------------------------------


def states(model: TokenMarket, kind: str) -> list[dict[str, Any]]:
    """Return where the random streams of the firms of a kind stand."""
    return [firm.draws.bit_generator.state for firm in model.firms if firm.kind == kind]


@pytest.mark.parametrize("rounds", [0, 6])
def test_one_reseller_more_changes_no_other_firms_draws(rounds):
    few = play(TokenMarket(Parameters(resellers={"count": 3}), rng=5), rounds)
    more = play(TokenMarket(Parameters(resellers={"count": 4}), rng=5), rounds)
    for kind in ("chip vendor", "server maker", "power supplier", "lab"):
        assert states(few, kind) == states(more, kind), kind
    assert states(few, "reseller") == states(more, "reseller")[:3]


def test_one_lab_more_changes_no_other_firms_draws():
    few, more = (TokenMarket(Parameters(labs={"count": count}), rng=5) for count in (2, 3))
    assert states(few, "lab") == states(more, "lab")[:2]
    for kind in ("chip vendor", "server maker", "power supplier", "reseller"):
        assert states(few, kind) == states(more, kind), kind


def test_a_reseller_that_enters_later_draws_from_a_stream_of_its_own():
    """The fourth reseller draws the same whether it was there from the start or enters."""
    there = TokenMarket(Parameters(resellers={"count": 4}), rng=5)
    enters = TokenMarket(Parameters(resellers={"count": 3, "entry": True}), rng=5)
    newcomer = type(enters.resellers[0])(enters, 3)
    assert newcomer.draws.bit_generator.state == there.resellers[3].draws.bit_generator.state


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**63))
def test_no_two_agents_share_a_stream(seed):
    model = TokenMarket(Parameters(population={"users": 1000}), rng=seed)
    drawn = [float(firm.draws.random()) for firm in model.firms]
    assert len(set(drawn)) == len(drawn)
    assert len({segment.people.seed for segment in model.segments}) == len(model.segments)


def test_one_segment_more_changes_no_other_segments_users():
    names = list(Parameters().population.segments)
    every = {name: segment.model_dump() for name, segment in Parameters().population.segments.items()}
    some = {name: every[name] for name in names[:3]}
    few = TokenMarket(Parameters(population={"segments": some}), rng=5)
    more = TokenMarket(Parameters(population={"segments": every}), rng=5)
    assert [s.people.seed for s in few.segments] == [s.people.seed for s in more.segments][:3]


def test_firms_that_reprice_by_chance_do_so_with_the_hazard_given():
    model = TokenMarket(Parameters(), rng=6)
    times = sum(model.vendors[0].may_reprice(0.33) for _ in range(5000))
    assert times / 5000 == pytest.approx(0.33, abs=4 * np.sqrt(0.33 * 0.67 / 5000))
    assert not any(model.vendors[0].may_reprice(0.0) for _ in range(100))
    assert all(model.vendors[0].may_reprice(1.0) for _ in range(100))
