"""The thread that plays a lesson beside the page: it tells how far it is, what was measured, and what went wrong."""

import time
from collections.abc import Callable

import pytest

from analysis.dashboard.tutor import Progress, Tutor
from scenarios.files.lessons import Lesson, load_lesson

PATIENCE = 60.0
"""Seconds; the machine may be busy with other things."""


@pytest.fixture
def lesson() -> Lesson:
    return load_lesson("cartel").model_copy(update={"months": 4})


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_tells_how_far_it_is_and_what_was_measured(lesson: Lesson) -> None:
    told: list[Progress] = []
    Tutor(lesson, told.append).start()
    wait_until(lambda: not told[-1].going_on)
    assert told[0].said == "loading …"
    assert told[1].said == "playing “A cartel”: 1 of 4 months"
    outcome = told[-1].outcome
    assert outcome is not None
    assert outcome.titles == ("A cartel", "Competition")
    assert all(progress.going_on for progress in told[:-1])


def test_a_run_that_will_not_do_is_told(lesson: Lesson) -> None:
    told: list[Progress] = []
    wrong = lesson.run.model_copy(update={"set": {"labs.cuont": 3}})
    Tutor(lesson.model_copy(update={"run": wrong}), told.append).start()
    wait_until(lambda: not told[-1].going_on)
    assert told[-1].failed
    assert "labs.cuont" in told[-1].said


def test_nothing_is_told_to_who_has_left(lesson: Lesson) -> None:
    told: list[Progress] = []
    tutor = Tutor(lesson.model_copy(update={"months": 1000}), told.append)
    tutor.start()
    wait_until(lambda: len(told) > 1)
    tutor.close()
    time.sleep(0.2)
    before = len(told)
    time.sleep(0.8)
    assert len(told) == before
    assert told[-1].going_on


def test_a_page_that_cannot_be_told_does_not_end_the_thread(lesson: Lesson, caplog: pytest.LogCaptureFixture) -> None:
    told: list[Progress] = []

    def tell(progress: Progress) -> None:
        told.append(progress)
        if progress.going_on:
            raise RuntimeError("not now")

    Tutor(lesson, tell).start()
    wait_until(lambda: told[-1].outcome is not None)
    assert "the page was not told of the lesson" in caplog.text
