"""Several threads want the large packages at once: each finds them whole."""

import subprocess
import sys
import threading

import pytest

from analysis.dashboard import loaded, server

TOGETHER = """
import threading
from analysis.dashboard.choice import Choice
from analysis.dashboard.engine import Engine
from analysis.dashboard.painter import Painter
from analysis.dashboard.server import warm_up
from analysis.dashboard.snapshot import Snapshot

told, done = [], threading.Event()
def tell(snapshot):
    told.append(snapshot)
    if snapshot.rounds or snapshot.error:
        done.set()

Painter("Profit", print).start()
threading.Thread(target=warm_up).start()
Engine(Choice("baseline"), tell).start()
assert done.wait(120)
assert not told[-1].error, told[-1].error
"""


def test_a_market_is_built_while_others_load() -> None:
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", TOGETHER], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr


def test_work_waits_until_another_thread_has_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    lock = threading.Lock()
    monkeypatch.setattr(loaded, "LOADING", lock)
    began = threading.Event()
    thread = threading.Thread(target=loaded.when_loaded(began.set))
    with lock:  # somebody is halfway through an import
        thread.start()
        assert not began.wait(0.2)
    thread.join(60)
    assert began.is_set()


def test_nothing_loads_beside_the_page_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the page's modules take, warming up begins behind them."""
    order: list[str] = []
    warmed = threading.Event()

    def application(scenario: str, results_folder: object) -> object:
        warmed.wait(0.5)
        order.append("page")
        return object()

    def warm_up() -> None:
        order.append("others")
        warmed.set()

    monkeypatch.setattr(server, "HEAD_START", 0.0)
    monkeypatch.setattr(server, "application", application)
    monkeypatch.setattr(server, "warm_up", warm_up)
    monkeypatch.setattr(server, "let_go", lambda: None)
    monkeypatch.setattr(server, "run", lambda app, listener: listener.close())
    server.start("baseline", "127.0.0.1", 0, None)
    assert warmed.wait(60)
    assert order == ["page", "others"]
