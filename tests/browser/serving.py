"""Starting the server, and opening its page as somebody new."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from visitor import Visitor

ROOT = Path(__file__).parents[2]


@contextmanager
def running(*arguments: str, cwd: Path = ROOT) -> Iterator["Server"]:
    """Start ``tokenmarket`` with these arguments, or a script, and stop it at the end."""
    script = arguments[0].endswith(".py")
    command = list(arguments) if script else ["-m", "scenarios.cli", "serve", *arguments, "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=cwd
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.startswith("http://"):
                process.kill()
                pytest.fail(f"the server did not start: {line}{process.communicate()[1]}")
            yield Server(line.split()[0], process)
        finally:
            process.terminate()
            try:
                process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


class Server:
    """Where a server listens, and its process."""

    def __init__(self, url: str, process: "subprocess.Popen[str]") -> None:
        self.url = url
        self.process = process
        self.port = int(url.rpartition(":")[2])


@contextmanager
def visiting(browser: Browser, server: Server, height: int = 1000) -> Iterator[Visitor]:
    """Open the page as somebody new."""
    context = browser.new_context(viewport={"width": 1440, "height": height}, reduced_motion="reduce")
    try:
        found = Visitor(context.new_page(), server.url)
        found.open()
        yield found
        found.check()
    finally:
        context.close()
