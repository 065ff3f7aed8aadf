"""Every check of the validation ladder holds, and the command says so."""

import subprocess
import sys

import pytest

from analysis.validation import GROUPS, Check, Outcome, ladder
from analysis.validation.check import tried

CHECKS = [(group, check) for group, checks in GROUPS.items() for check in checks]


@pytest.mark.parametrize(("group", "check"), CHECKS, ids=[f"{group}: {check.claim}" for group, check in CHECKS])
def test_a_claim_of_theory_holds(group: str, check: Check) -> None:
    outcome = tried(group, check)
    assert outcome.passed, (outcome.obtained, check.expected, outcome.failure)


def test_claims_of_a_group_differ() -> None:
    for checks in GROUPS.values():
        assert len({check.claim for check in checks}) == len(checks)


def test_what_is_off_or_cannot_be_computed_fails() -> None:
    assert Outcome("g", Check("c", "s", 1.0, lambda: 0.0, 1e-3), 1.001).passed
    assert not Outcome("g", Check("c", "s", 1.0, lambda: 0.0, 1e-3), 1.002).passed
    broken = tried("g", Check("c", "s", 1.0, lambda: 1 / 0, 1e9))
    assert not broken.passed
    assert "ZeroDivisionError" in broken.failure


def validate(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "scenarios.cli", "validate", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_command_shows_the_ladder() -> None:
    """Of two groups: what the others say is tested claim by claim."""
    done = validate("--quick", "--group", "demand", "--group", "capacity")
    assert (done.returncode, done.stderr) == (0, "")
    assert "PASS" in done.stdout
    assert "FAIL" not in done.stdout
    quick = sum(not check.slow for group in ("demand", "capacity") for check in GROUPS[group])
    assert f"{quick} of {quick} claims hold" in done.stdout


def test_all_groups_are_run_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "tried", lambda group, check: (group, check))
    assert list(ladder.run_checks()) == CHECKS
    assert list(ladder.run_checks(groups=("race", "demand"))) == [
        item for item in CHECKS if item[0] in ("race", "demand")
    ]


def test_a_group_that_there_is_not_is_named() -> None:
    done = validate("--group", "tarifs")
    assert (done.returncode, done.stdout) == (2, "")
    assert "unknown group 'tarifs'; did you mean tariffs?" in done.stderr
