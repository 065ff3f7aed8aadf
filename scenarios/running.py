"""One run of a scenario, with everything needed to repeat it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from market.conduct.own_rules import checksums
from market.parameters.run import RunParameters
from market.records.results import Results
from scenarios.errors import BadInput, quoted
from scenarios.files.loading import Scenario, override
from scenarios.provenance import provenance
from scenarios.simulation import Watch, simulate

Told = TypeVar("Told", bound=RunParameters)

HIGHEST_SEED = 2**63 - 1


@dataclass(frozen=True, repr=False)
class RunResults(Results):
    """The tables of a run and what it takes to repeat it.

    Attributes:
        metadata: ``scenario``, ``title``, ``question``, ``seed``, ``parameters`` (all in effect), ``rules``
            (checksums of those from outside), ``versions``, ``commit``.
    """

    metadata: Mapping[str, Any] = field(default_factory=dict)


def run(
    scenario: Scenario | RunParameters,
    seed: int = 1,
    rounds: int | None = None,
    users: int | None = None,
    watch: Watch | None = None,
    debug: bool = False,
) -> RunResults:
    """Play a scenario from its first round to its last.

    Args:
        scenario: A loaded scenario, or parameters alone.
        seed: The same seed and parameters give the same bytes.
        rounds: Instead of ``horizon.rounds``.
        users: Instead of ``population.users``.
        watch: Told of every round played.
        debug: Whether every identity is checked in every round.

    Raises:
        BadInput: If the seed is no integer from 0 up, or rounds or users are out of range.
        ArithmeticError: If something does not add up.
    """
    seed = checked_seed(seed)
    parameters = scenario.parameters if isinstance(scenario, Scenario) else scenario
    title, question = (scenario.title, scenario.question) if isinstance(scenario, Scenario) else (scenario.name, "")
    parameters = resized(parameters, rounds, users)
    return described(simulate(parameters, seed, watch, debug), parameters, title, question)


def described(played: Results, parameters: RunParameters, title: str, question: str) -> RunResults:
    """Return the tables of a run with what it takes to repeat it.

    Args:
        played: The tables, and the seed.
        parameters: With which a run from the first month to the last gives these tables.
        title: Of the scenario.
        question: That it answers.
    """
    about = {
        "scenario": parameters.name,
        "title": title,
        "question": question,
        "seed": played.seed,
        "parameters": parameters.model_dump(mode="json"),
        "rules": checksums(parameters),
        **provenance(),
    }
    tables = {item.name: getattr(played, item.name) for item in fields(Results)}
    return RunResults(**tables | {"parameters": parameters}, metadata=about)


def resized(parameters: Told, rounds: int | None, users: int | None) -> Told:
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
