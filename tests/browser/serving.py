"""Starting the server, and opening its page as somebody new."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from visitor import Visitor

ROOT = Path(__file__).parents[2]
START = 60.0
"""Seconds a server may take to start on a busy machine."""
TRACEBACK = "Traceback (most recent call last)"


class Server:
    """A process that serves, and what it says.

    Attributes:
        faults: A word of every fault that the test puts into the server on purpose; other faults fail the test.
    """

    started: "list[Server]" = []  # noqa: RUF012 - all of this process

    def __init__(self, process: "subprocess.Popen[bytes]", said: Path, faults: str) -> None:
        self.process = process
        self.said = said
        self.faults = faults
        self.checked = 0
        self.url = self._address()
        self.port = int(self.url.rpartition(":")[2])
        Server.started.append(self)

    def _address(self) -> str:
        """Wait until the server says where it listens."""
        deadline = time.monotonic() + START
        while time.monotonic() < deadline:
            for line in self.output().splitlines(keepends=True):  # a library may have warned of something before
                if line.startswith("http://") and line.endswith("\n"):
                    return line.split()[0]
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        self.process.kill()
        pytest.fail(f"the server did not start: {self.output()}")

    def output(self) -> str:
        """Everything it has said so far."""
        return self.said.read_text(encoding="utf-8", errors="replace")

    def check(self) -> None:
        """Since the last check it has said nothing of a fault but of those that the test put into it."""
        output = self.output()
        said, self.checked = output[self.checked :], len(output)
        for fault in said.split(TRACEBACK)[1:]:
            assert self.faults, TRACEBACK + fault
            assert self.faults in fault, TRACEBACK + fault


@contextmanager
def running(*arguments: str, cwd: Path = ROOT, faults: str = "", **environment: str) -> Iterator[Server]:
    """Start ``tokenmarket`` with these arguments, or a script, and stop it at the end."""
    script = arguments[0].endswith(".py")
    command = list(arguments) if script else ["-m", "scenarios.cli", "serve", *arguments, "--port", "0"]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | environment
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "output"
        with said.open("wb") as output, subprocess.Popen(
            [sys.executable, *command], stdout=output, stderr=subprocess.STDOUT, env=surroundings, cwd=cwd
        ) as process:  # fmt: skip
            try:
                server = Server(process, said, faults)
                yield server
                server.check()
            finally:
                stop(process)
                Server.started[:] = [other for other in Server.started if other.process is not process]


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a server."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()


@contextmanager
def visiting(browser: Browser, server: Server, height: int = 1000, width: int = 1440) -> Iterator[Visitor]:
    """Open the page as somebody new; at the end nothing may have gone wrong there or in the server."""
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    try:
        found = Visitor(context.new_page(), server.url)
        found.open()
        yield found
        found.check()
        server.check()
    finally:
        context.close()
