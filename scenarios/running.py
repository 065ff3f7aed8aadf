"""One run of a scenario, with everything needed to repeat it."""

import platform
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from market import Parameters, TokenMarket
from market.measures import Results
from scenarios.errors import BadInput, quoted
from scenarios.loading import Scenario, override

HIGHEST_SEED = 2**63 - 1
PACKAGES = ("tokenmarket", "mesa", "numpy", "pandas", "numba", "scipy", "pyarrow")

Watch = Callable[[int, int], None]
"""Called after every round with the rounds played and the rounds to play."""


@dataclass(frozen=True)
class RunResults(Results):
    """The tables of a run and what it takes to repeat it.

    Attributes:
        metadata: ``scenario``, ``question``, ``seed``, ``parameters`` (all in effect), ``versions``, ``commit``.
    """

    metadata: Mapping[str, Any] = field(default_factory=dict)


def run(
    scenario: Scenario | Parameters,
    seed: int = 1,
    rounds: int | None = None,
    users: int | None = None,
    watch: Watch | None = None,
) -> RunResults:
    """Play a scenario from its first round to its last.

    Args:
        scenario: A loaded scenario, or parameters alone.
        seed: The same seed and parameters give the same bytes.
        rounds: Instead of ``horizon.rounds``.
        users: Instead of ``population.users``.
        watch: Told of every round played.

    Raises:
        BadInput: If the seed is no integer from 0 up, or rounds or users are out of range.
    """
    seed = checked_seed(seed)
    parameters = scenario.parameters if isinstance(scenario, Scenario) else scenario
    question = scenario.question if isinstance(scenario, Scenario) else ""
    parameters = resized(parameters, rounds, users)
    played = simulate(parameters, seed, watch)
    about = {
        "scenario": parameters.name,
        "question": question,
        "seed": seed,
        "parameters": parameters.model_dump(mode="json"),
        **provenance(),
    }
    tables = {item.name: getattr(played, item.name) for item in fields(Results)}
    return RunResults(**tables, metadata=about)


def simulate(parameters: Parameters, seed: int, watch: Watch | None = None) -> Results:
    """Play all rounds of the parameters' horizon and return the tables."""
    model = TokenMarket(parameters, rng=seed)
    rounds = parameters.horizon.rounds
    for played in range(1, rounds + 1):
        model.step()
        if watch:
            watch(played, rounds)
    return model.results()


def resized(parameters: Parameters, rounds: int | None, users: int | None) -> Parameters:
    """Return the parameters with another number of rounds or users where one is given."""
    for option, name, value in (("--rounds", "horizon.rounds", rounds), ("--users", "population.users", users)):
        if value is not None:
            parameters = override(parameters, {name: value}, option)
    return parameters


def checked_seed(seed: object) -> int:
    """Return the seed.

    Raises:
        BadInput: If it is not an integer from 0 up: "42" and 42 would start different runs.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= HIGHEST_SEED:
        raise BadInput(f"seed = {quoted(seed)} must be an integer from 0 to {HIGHEST_SEED}")
    return seed


@cache
def _provenance() -> tuple[dict[str, str], str | None]:
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}, _commit()


def provenance() -> dict[str, Any]:
    """Return the versions of everything that decides the numbers, and the commit if this is a checkout."""
    versions, commit = _provenance()
    return {"versions": dict(versions), "commit": commit}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _commit() -> str | None:
    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return None
    try:
        head = _git(root, "rev-parse", "HEAD")
        return head + ("+changes" if _git(root, "status", "--porcelain", "--", "market", "scenarios") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True, timeout=10
    ).stdout.strip()
