"""Who leaves while the page is being drawn is no fault; anything else stays one."""

import logging

import pytest
from solara.server.kernel import send_websockets

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
