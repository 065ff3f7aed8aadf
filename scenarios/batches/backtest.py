"""The experiment of a back-test: the scenario that was calibrated, in every world of the ensemble."""

from scenarios.errors import BadInput
from scenarios.files.ensemble import Ensemble
from scenarios.files.experiment import Experiment, in_worlds
from scenarios.files.loading import load
from scenarios.running import checked_seed

MOST_REPLICATIONS = 10_000


def start_of(ensemble: Ensemble) -> str:
    """Return the month in which the worlds of an ensemble begin."""
    held = ensemble.members[0].get("horizon.start")
    return str(held or load(ensemble.scenario).parameters.horizon.start)


def backtest_experiment(ensemble: Ensemble, rounds: int, replications: int, seed: int) -> Experiment:
    """Return the experiment that plays so many months in every world.

    Args:
        ensemble: Whose members are the worlds.
        rounds: Months.
        replications: Of each world.
        seed: From which the seeds of all runs follow.

    Raises:
        BadInput: If a number will not do.
    """
    record = ensemble.record
    if not 1 <= replications <= MOST_REPLICATIONS:
        raise BadInput(f"--replications {replications} must be an integer from 1 to {MOST_REPLICATIONS:,}")
    experiment = Experiment(
        name="backtest",
        title=f"Back-test: {record.get('title', ensemble.source)}"[:200],
        question="Do the worlds that agree with the record foretell what came after it?",
        scenario=ensemble.scenario,
        rounds=rounds,
        users=record.get("users"),
        replications=replications,
        seed=checked_seed(seed),
    )
    return in_worlds(experiment, ensemble.source)
