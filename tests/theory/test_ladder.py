"""Every rung of the validation ladder holds, and the command says so."""

import subprocess
import sys

import pytest

from analysis.validation import GROUPS, Outcome, Rung
from analysis.validation.rung import tried

RUNGS = [(group, rung) for group, rungs in GROUPS.items() for rung in rungs]


@pytest.mark.parametrize(("group", "rung"), RUNGS, ids=[f"{group}: {rung.claim}" for group, rung in RUNGS])
def test_a_claim_of_theory_holds(group: str, rung: Rung) -> None:
    outcome = tried(group, rung)
    assert outcome.passed, (outcome.obtained, rung.expected, outcome.failure)


def test_claims_of_a_group_differ() -> None:
    for rungs in GROUPS.values():
        assert len({rung.claim for rung in rungs}) == len(rungs)


def test_what_is_off_or_cannot_be_computed_fails() -> None:
    assert Outcome("g", Rung("c", "s", 1.0, lambda: 0.0, 1e-3), 1.001).passed
    assert not Outcome("g", Rung("c", "s", 1.0, lambda: 0.0, 1e-3), 1.002).passed
    broken = tried("g", Rung("c", "s", 1.0, lambda: 1 / 0, 1e9))
    assert not broken.passed
    assert "ZeroDivisionError" in broken.failure


def test_the_command_shows_the_ladder() -> None:
    command = [sys.executable, "-m", "scenarios.cli", "validate", "--quick"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "PASS" in done.stdout
    assert "FAIL" not in done.stdout
