"""Who leaves while the page is being drawn is no fault; anything else stays one."""

import gc
import logging
import threading
import weakref

import pytest
from solara.server.kernel import send_websockets

from analysis.dashboard import leaving
from analysis.dashboard.leaving import let_go


class Gone:
    def send(self, _: bytes) -> None:
        raise RuntimeError("This task group is not active; no new tasks can be started.")

    def close(self) -> None:
        raise RuntimeError("This portal is not running")


class Broken:
    def send(self, _: bytes) -> None:
        raise RuntimeError("the cable is cut")

    def close(self) -> None:
        """Nothing is left to close."""


@pytest.fixture(autouse=True)
def filtered() -> None:
    let_go()


def test_who_has_left_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    left = {Gone()}
    send_websockets(left, b"")  # type: ignore[arg-type]
    assert not [record for record in caplog.records if record.name.startswith("solara")]
    assert not left


def test_another_fault_is_told(caplog: pytest.LogCaptureFixture) -> None:
    send_websockets({Broken()}, b"")  # type: ignore[arg-type]
    assert any(record.levelno == logging.ERROR for record in caplog.records)


def test_memory_is_given_back_once_for_all_who_leave_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds itself in circles goes, though Python would not have looked for it."""
    given, collect = threading.Semaphore(0), gc.collect
    monkeypatch.setattr(leaving, "TO_END", 0.1)
    monkeypatch.setattr(leaving.gc, "collect", lambda: (collect(), given.release())[0])

    class Visit:
        def __init__(self) -> None:
            self.visit = self

    left = weakref.ref(Visit())
    gc.disable()
    try:
        for _ in range(5):
            leaving.give_back_soon()
        assert given.acquire(timeout=30)
        assert left() is None
        assert not given.acquire(timeout=0.5)
        leaving.give_back_soon()
        assert given.acquire(timeout=30)
    finally:
        gc.enable()
