"""Batches of runs that never lose one: spread over workers, streamed to disk, resumed where they stopped."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from scenarios import schema
from scenarios.batches.dispatch import Dispatcher
from scenarios.batches.interrupts import stop_requested
from scenarios.batches.plan import Plan
from scenarios.batches.pool import LentPool, LocalPool, Pool, available_cores, memory_share
from scenarios.batches.worker import Batch, Simulate, Task, Work
from scenarios.errors import BadInput, quoted
from scenarios.files.experiment import Experiment, in_worlds, load_experiment, replicated
from scenarios.provenance import provenance
from scenarios.results.parts import Finished, Key
from scenarios.results.store import Store, opened

Watch = Callable[["Count"], None]


@dataclass(frozen=True)
class Count:
    """How far a batch is, in runs on disk.

    Attributes:
        done: Finished well, those of an earlier start included.
        failed: Recorded as failed.
        left: Still to be run, as far as is known.
        fresh: Finished since this start.
        seconds: Since this start.
    """

    done: int
    failed: int
    left: int
    fresh: int
    seconds: float


@dataclass(frozen=True)
class Summary:
    """What came of a batch.

    Attributes:
        folder: Where the results are.
        done: Runs finished well, those of an earlier start included.
        failures: What went wrong in each failed run, by setting and replication.
        fresh: Runs done or failed since this start.
        notes: What was mended on opening the folder.
    """

    folder: Path
    done: int
    failures: Mapping[Key, str]
    fresh: int
    notes: tuple[str, ...]


class Stopped(KeyboardInterrupt):
    """A batch was stopped by Ctrl-C; every finished run is on disk.

    Attributes:
        summary: What there is so far.
    """

    def __init__(self, summary: Summary) -> None:
        super().__init__(f"stopped; {summary.done} runs are kept in {summary.folder}")
        self.summary = summary


def run_batch(
    experiment: Experiment | str | os.PathLike[str],
    replications: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    watch: Watch | None = None,
    simulate: Simulate | None = None,
    about: Mapping[str, Any] | None = None,
    ensemble: str | None = None,
) -> Summary:
    """Run an experiment into a folder of results.

    Args:
        experiment: An experiment, or what ``load_experiment`` takes.
        replications: Instead of the experiment's.
        workers: Processes on this machine, or chunks at a time on ``executor``; one per core if omitted.
        executor: Does the runs instead of processes on this machine.
        out: Folder; ``results/`` and the experiment's name if omitted.
        resume: Go on with what the folder holds: exactly what is missing is run.
        watch: Told of progress several times a second.
        simulate: Plays a run instead of the model its scenario names; must be importable by its name.
        about: Further keys of the manifest: what the batch is for, where it is more than an experiment.
        ensemble: Run every setting in each world of it, instead of the experiment's.

    Raises:
        BadInput: If the experiment or the folder will not do; nothing has been run.
        WorkFailed: If the disk or the workers fail; finished runs are kept.
        Stopped: On Ctrl-C; finished runs are kept.
    """
    if not isinstance(experiment, Experiment):
        experiment = load_experiment(experiment)
    plan = Plan(in_worlds(replicated(experiment, replications), ensemble))
    number = checked_workers(workers)
    folder = Path(out) if out is not None else Path("results") / experiment.name
    with opened(folder, manifest(plan) | dict(about or {}), resume) as store:
        return _Run(plan, store, watch).through(executor, number, simulate or _models())


def manifest(plan: Plan) -> dict[str, Any]:
    """Return what a folder of results says of itself."""
    return {
        "schema": schema.VERSION,
        "kind": "batch",
        "experiment": plan.experiment.model_dump(mode="json"),
        "scenarios": {name: scenario.about() for name, scenario in plan.scenarios.items()},
        "settings": [
            {"name": setting.name, "title": setting.title, "scenario": setting.scenario, "set": dict(setting.changes)}
            for setting in plan.settings
        ],
        "rules": plan.rules,
        **plan.worlds.about(),
        **provenance(),
        "tables": None,
    }


def checked_workers(workers: object) -> int:
    """Return the number of workers, one per core if None is given.

    Raises:
        BadInput: If it is no integer from 1 up.
    """
    if workers is None:
        return available_cores()
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= 4096:
        raise BadInput(f"workers = {quoted(workers)} must be an integer from 1 to 4096")
    return workers


class _Run:
    """One start of a batch, from what is on disk to all there should be."""

    def __init__(self, plan: Plan, store: Store, watch: Watch | None) -> None:
        self.plan = plan
        self.store = store
        self.watch = watch
        self.before = len(store.finished)
        self.started = time.monotonic()
        self.kinds = {name: _kind(values) for name, values in plan.varied.items()}
        self.varied = {
            name: [None if value is None else self.kinds[name](value) for value in values]
            for name, values in plan.varied.items()
        }
        self.place = {setting.name: place for place, setting in enumerate(plan.settings)}

    def through(self, executor: Executor | None, workers: int, simulate: Simulate) -> Summary:
        if self.store.compact:
            if not self._missing():
                return self.summary()
            self.store.reopen()
        limits, stop = self.plan.experiment.limits, self.plan.experiment.stop
        memory = int(limits.memory * 2**30) if limits.memory else memory_share(workers)
        work = Work(simulate, limits.seconds, (stop.measure, stop.layer) if stop else None)
        with stop_requested() as stopping:
            pool: Pool = LentPool(executor, workers) if executor else LocalPool(workers, memory)
            alone = None if executor else (lambda: LocalPool(1, memory))
            finished_well = False
            try:
                self._work(Dispatcher(pool, work, stopping, alone))
                finished_well = not stopping()
            finally:
                pool.close(now=not finished_well)
            if stopping():
                raise Stopped(self.summary())
            self.store.finish(self._order(self.store.finished))
        return self.summary()

    def summary(self) -> Summary:
        """Return what there is on disk."""
        failures = {key: run.error for key, run in self.store.finished.items() if run.status == "failed"}
        finished = len(self.store.finished)
        notes = tuple(self.store.notes)
        return Summary(self.store.folder, finished - len(failures), failures, finished - self.before, notes)

    def _work(self, dispatcher: Dispatcher) -> None:
        """Run what is missing; with a stopping rule, what is missing next, until the rule is met everywhere."""
        while missing := self._missing():
            target = len(self.store.finished) + len(missing)
            try:
                for batch in dispatcher.results(self._tasks(missing)):
                    if batch is not None:
                        self._keep(batch)
                    self.store.write_if_due()
                    self._report(target - len(self.store.finished))
            finally:
                self.store.write()
            self._report(target - len(self.store.finished))
            if dispatcher.stopping():
                return

    def _missing(self) -> list[Key]:
        finished = self.store.finished
        wanted = {name: self.plan.replications(name, finished) for name in self.place}
        keys = ((name, replication) for name, number in wanted.items() for replication in range(number))
        return self._order(key for key in keys if key not in finished)

    def _order(self, keys: Any) -> list[Key]:
        """Return runs in the order of the files: replication by replication, so that a part of a batch is balanced."""
        return sorted(keys, key=lambda key: (key[1], self.place[key[0]]))

    def _tasks(self, missing: list[Key]) -> Iterator[Task]:
        for name, replication in missing:
            setting = self.plan.settings[self.place[name]]
            yield Task(name, replication, self.plan.seed(replication), self.plan.parameters(setting, replication))

    def _keep(self, batch: Batch) -> None:
        runs = {
            (item.setting, item.replication): Finished(item.status, item.error, item.precision)
            for item in batch.outcomes
        }
        rows = [{**item.rows, "runs": 1, "timings": 1} for item in batch.outcomes]
        records = [
            {
                "setting": item.setting,
                "replication": item.replication,
                "seed": item.seed,
                "status": item.status,
                "error": item.error,
                "rounds": item.rounds,
                "conservation_error": item.conservation_error,
                "precision": item.precision,
                "seconds": item.seconds,
                **{name: values[self.place[item.setting]] for name, values in self.varied.items()},
            }
            for item in batch.outcomes
        ]
        tables = {name: pa.ipc.open_stream(content).read_all() for name, content in batch.tables.items()}
        for name in ("runs", "timings"):
            tables[name] = pa.Table.from_pylist(records, schema=schema.schema(name, self.kinds))
        self.store.add(runs, rows, tables)

    def _report(self, left: int) -> None:
        if self.watch is None:
            return
        finished, failed = len(self.store.finished), self.store.failed
        self.watch(Count(finished - failed, failed, left, finished - self.before, time.monotonic() - self.started))


def _kind(values: list[Any]) -> type:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return float
    return kinds.pop() if len(kinds) == 1 else str


def _models() -> Simulate:
    from scenarios.simulation import simulate

    return simulate
