import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from market import Parameters, TokenMarket
from scenarios.errors import BadInput
from scenarios.files.loading import load
from scenarios.running import run

TABLES = ("rounds", "firms", "layers", "flows", "plans", "commons")


def test_a_run_carries_what_it_takes_to_repeat_it() -> None:
    scenario = load("lab-duopoly")
    first = run(scenario, seed=3, rounds=4, users=5_000)
    about = first.metadata
    assert (about["scenario"], about["seed"], about["question"]) == ("lab-duopoly", 3, scenario.question)
    assert about["parameters"]["horizon"]["rounds"] == len(first.rounds) == 4
    assert set(about["versions"]) >= {"python", "mesa", "numpy", "pandas", "numba", "tokenmarket"}
    again = run(Parameters.model_validate(about["parameters"]), seed=about["seed"])
    for table in TABLES:
        pd.testing.assert_frame_equal(getattr(first, table), getattr(again, table), check_exact=True)


def test_run_is_the_model_stepped_to_its_horizon() -> None:
    parameters = load("baseline", ["horizon.rounds=3"]).parameters
    model = TokenMarket(parameters, rng=2)
    for _ in range(3):
        model.step()
    expected = model.results()
    for table in TABLES:
        pd.testing.assert_frame_equal(getattr(run(parameters, 2), table), getattr(expected, table), check_exact=True)


def test_a_run_is_the_same_in_every_process() -> None:
    code = "import hashlib\nfrom scenarios import load, run\nresults = run(load('baseline'), 1641411168, 4, 2000)\n"
    code += f"for name in {TABLES}: print(name, hashlib.md5(getattr(results, name).to_csv().encode()).hexdigest())"
    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},  # the order of sets of names must not matter
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "3")
    ]
    assert printed[0] == printed[1]


def test_the_seed_changes_the_run() -> None:
    parameters = load("baseline", ["horizon.rounds=3"]).parameters
    first, second = (run(parameters, seed).rounds["tokens"].to_numpy() for seed in (1, 2))
    assert not np.array_equal(first, second)


def test_every_round_is_reported() -> None:
    seen: list[tuple[int, int]] = []
    run(load("baseline"), rounds=3, watch=lambda played, rounds: seen.append((played, rounds)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("seed", ["42", 1.0, True, -1, None, 2**63])
def test_a_seed_that_is_no_natural_number_is_refused(seed: object) -> None:
    with pytest.raises(BadInput, match="seed"):
        run(Parameters(), seed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rounds", "users", "part"), [(0, None, "--rounds"), (None, 0, "--users"), (1.5, None, "whole")]
)
def test_a_size_out_of_range_is_refused(rounds: int | None, users: int | None, part: str) -> None:
    with pytest.raises(BadInput, match=part):
        run(Parameters(), rounds=rounds, users=users)
