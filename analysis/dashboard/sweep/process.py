"""The batch of a sweep in a process of its own: ``python -m analysis.dashboard.sweep.process ROOT NAME WORKERS``.

It tells how far it is on standard output, a line of JSON each, and ends when its standard input is closed: by the
page, or by the end of the page's process. Unless all runs were played, nothing of it stays on the disk.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from analysis.dashboard.sweep.place import Place, discard, put
from scenarios.errors import BadInput, WorkFailed

if TYPE_CHECKING:
    from scenarios.batches.batch import Count, Summary

NICE = 10
"""The page goes before."""


def main(root: str, name: str, workers: str) -> int:
    """Run the batch and return the exit status: 0 if its results are in place."""
    say = Sayings(private_output())
    place = Place(Path(root), name)
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    threading.Thread(target=end_with_input, daemon=True).start()
    try:
        summary = played(place, int(workers), say)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        put(place)
    except (BadInput, WorkFailed) as problem:
        say(error=str(problem))
        return 1
    except KeyboardInterrupt:  # stopped
        return 1
    finally:
        discard(place)
    say(finished=True, failures=[f"{key[0]}, replication {key[1]}: {why}" for key, why in summary.failures.items()])
    return 0


def played(place: Place, workers: int, say: "Sayings") -> "Summary":
    """Run the batch of the experiment that lies aside."""
    from scenarios.batches.batch import run_batch

    return run_batch(place.aside.experiment, workers=workers, out=place.aside.results, watch=say.count)


class Sayings:
    """Tells the page."""

    def __init__(self, output: TextIO) -> None:
        self.output = output

    def __call__(self, **words: Any) -> None:
        """Write a line; nobody who reads it is no fault."""
        try:
            print(json.dumps(words), file=self.output, flush=True)
        except BrokenPipeError:
            os.kill(os.getpid(), signal.SIGTERM)

    def count(self, count: "Count") -> None:
        """Tell how far the batch is."""
        from scenarios.command.progress import progress_line

        self(done=count.done + count.failed, left=count.left, line=progress_line(count))


def private_output() -> TextIO:
    """Return standard output for this process alone: what models and their workers print goes with the messages."""
    private = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return private


def end_with_input() -> None:
    """Ask this process to end once standard input is closed."""
    while os.read(0, 4096):  # not by way of sys.stdin, whose lock the end of the interpreter would wait for
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def leave(*_: object) -> NoReturn:
    """End where no batch is running that would have to be stopped first."""
    raise SystemExit(1)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
