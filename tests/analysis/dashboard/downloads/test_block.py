"""What becomes of a file that cannot be made."""

import pytest

from analysis.dashboard.downloads.block import finished
from analysis.dashboard.downloads.download import Download
from scenarios.errors import BadInput, WorkFailed


def failing(problem: Exception) -> Download:
    def make() -> bytes:
        raise problem

    return Download("x.zip", "application/zip", make)


@pytest.mark.parametrize("kind", [BadInput, WorkFailed])
def test_a_message_is_told_as_it_is(kind: type[Exception]) -> None:
    order = finished(failing(kind("the scenario is gone")))
    assert order.problem == "the scenario is gone"
    assert order.download is order.content is None


def test_a_fault_is_told_by_its_kind() -> None:
    assert finished(failing(MemoryError("too much"))).problem == "MemoryError: too much"


def test_what_is_made_is_handed_over() -> None:
    order = finished(Download("x.txt", "text/plain", lambda: b"here"))
    assert order.content == b"here"
    assert order.problem == ""
