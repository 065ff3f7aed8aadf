"""What to run and running it: scenarios, experiments, batches and the command line."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.batches.batch import run_batch
    from scenarios.errors import BadInput
    from scenarios.files.experiment import Experiment
    from scenarios.files.loading import Scenario, load
    from scenarios.running import run

__all__ = ["BadInput", "Experiment", "Scenario", "load", "run", "run_batch"]

_HOMES = {
    "BadInput": "errors",
    "Experiment": "files.experiment",
    "Scenario": "files.loading",
    "load": "files.loading",
    "run": "running",
    "run_batch": "batches.batch",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: the command line must answer at once."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'scenarios' has no attribute {name!r}")
    return getattr(import_module(f"scenarios.{_HOMES[name]}"), name)
