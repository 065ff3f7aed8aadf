"""A market of no substance for tests of batches: quick, the same for the same seed, and ill-behaved where asked to be.

``resellers.count`` tells a run what to do; see ``misbehave``. Runs are logged in the folder PRETEND_LOG names.
"""

import ctypes
import gc
import itertools
import os
import signal
import struct
import time
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from market import Parameters
from market.records.columns import LAYERS, TABLES
from market.table import Heading

RAISE, SEGFAULT, LOOP, LOOP_IN_C, GREEDY, KILLED, SLOW, OTHER_COLUMNS, AT_FIRST = range(901, 910)
ROWS = {"rounds": 1, "firms": 4, "layers": 3, "flows": 5, "plans": 2, "commons": 1, "sessions": 0}


def simulate(parameters: Parameters, seed: int) -> Any:
    log = os.environ.get("PRETEND_LOG")
    if log:
        with (Path(log) / f"{os.getpid()}").open("a") as file:
            file.write(f"{parameters.resellers.count} {seed}\n")
    misbehave(parameters.resellers.count)
    rng = np.random.default_rng([seed, parameters.labs.count])
    tables = {name: table(name, rows, parameters.horizon.rounds, rng) for name, rows in ROWS.items()}
    if parameters.resellers.count == OTHER_COLUMNS:
        tables["rounds"]["surprise"] = 1.0
    return SimpleNamespace(**tables, parameters=parameters, seed=seed, conservation_error=0.0)


def table(name: str, rows: int, rounds: int, rng: np.random.Generator) -> pd.DataFrame:
    length = rows * rounds
    frame = pd.DataFrame({column.name: values(column, length, rng) for column in TABLES[name].columns})
    if "round" in frame:
        frame["round"] = np.repeat(np.arange(rounds), rows)
    if "layer" in frame:
        frame["layer"] = np.resize(np.array(LAYERS), length)
    frame.attrs["units"] = TABLES[name].units
    return frame


def values(column: Heading, length: int, rng: np.random.Generator) -> Any:
    if column.type is str:
        return np.resize(np.array([f"{column.name} 1", f"{column.name} 2"]), length)
    if column.type is int:
        return rng.integers(0, 9, length)
    return rng.random(length) < 0.5 if column.type is bool else rng.normal(size=length)


def half_send(seconds: float) -> None:
    """Begin to send a result, as a worker process does, and end after a while without having sent the rest."""
    (results,) = (item for item in gc.get_objects() if isinstance(item, SimpleQueue))
    results._writer._send(struct.pack("!i", 2**20))
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def misbehave(how: int) -> None:  # noqa: C901 - a list
    if how == AT_FIRST:
        fail_once()
    if how == RAISE:
        raise FloatingPointError("overflow in exp")
    if how == SEGFAULT:
        ctypes.string_at(0)
    if how == LOOP:
        while True:
            time.sleep(0.01)
    if how == LOOP_IN_C:
        any(itertools.repeat(0))
    if how == GREEDY:
        blocks = []
        while True:
            blocks.append(np.empty(2**25))
    if how == KILLED:
        os.kill(os.getpid(), signal.SIGKILL)
    if how == SLOW:
        time.sleep(0.15)


def fail_once() -> None:
    """Fail, unless it has happened before."""
    healed = Path(os.environ["PRETEND_LOG"]) / "healed"
    if not healed.exists():
        healed.write_text("")
        raise TimeoutError("too slow at first")


def runs_logged(folder: Path) -> list[tuple[int, int]]:
    """Return count and seed of every run that was started."""
    lines = [line for file in folder.iterdir() for line in file.read_text().splitlines()]
    return [(int(count), int(seed)) for count, seed in (line.split() for line in lines)]
