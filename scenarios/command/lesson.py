"""What ``lesson`` prints: the lessons there are, or one of them with what its runs measured."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from market.wording import counted
from scenarios.command.catalogue import NARROW
from scenarios.command.show.listing import page, print_wrapped
from scenarios.command.values import literal
from scenarios.files.finding import lessons
from scenarios.files.lessons import Lesson, read_lesson

if TYPE_CHECKING:
    from analysis.lessons import Outcome

WIDEST = 110
"""Columns of running text."""


def print_lessons() -> None:
    """Print name, title and question of every lesson that ships."""
    out, found = page(), [read_lesson(name) for name in lessons()]
    if out.width < NARROW:
        for lesson in found:
            print_wrapped(out, literal(f"{lesson.name}: {lesson.title}", "bold"), 0)
            print_wrapped(out, literal(lesson.question), 2)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column("lesson", width=max(len(lesson.name) for lesson in found))
    table.add_column("title", ratio=2)
    table.add_column("question", ratio=3)
    for lesson in found:
        table.add_row(literal(lesson.name), literal(lesson.title), literal(lesson.question))
    out.print(table)


def print_question(lesson: Lesson) -> None:
    """Print what a pupil reads before the runs."""
    out = page()
    print_wrapped(out, literal(lesson.title, "bold"), 0)
    _section(out, lesson, "Predict")
    out.print()
    print_wrapped(out, literal(lesson.question, "bold"), 0)
    for number, answer in enumerate(lesson.answers, start=1):
        print_wrapped(out, literal(f"{number}. {answer.says}"), 2)
    _section(out, lesson, "Run")


def print_outcome(outcome: "Outcome", guess: int | None) -> None:
    """Print what the runs measured, which answer that makes true, and why.

    Args:
        outcome: Of the runs.
        guess: Number of the answer that was predicted, if one was.
    """
    out, lesson = page(), outcome.lesson
    _section(out, lesson, "See")
    table = Table(title=literal(f"measured over {outcome.period}", "table.title"))
    table.add_column("what")
    for title in outcome.titles:
        table.add_column(literal(title), justify="right")
    for row in outcome.rows:
        table.add_row(*map(_plain, row))
    out.print()
    out.print(table)
    print_wrapped(out, _plain(outcome.sentence), 0)
    print_wrapped(out, literal(f"Came true: {outcome.answer + 1}. {lesson.answers[outcome.answer].says}", "bold"), 0)
    if guess is not None:
        right = guess == outcome.answer + 1
        print_wrapped(out, literal("As you predicted." if right else f"You predicted answer {guess}."), 0)
    _section(out, lesson, "Why")
    out.print()
    print_wrapped(out, literal(f"{counted(len(lesson.runs), 'run')} of seed {lesson.seed}"), 0)


def _section(out: Console, lesson: Lesson, heading: str) -> None:
    out.print()
    out.print(literal(heading, "bold"))
    out.print(Markdown(lesson.section(heading), hyperlinks=False), width=min(out.width, WIDEST))


def _plain(text: str) -> Text:
    """Return text for a terminal, with common spaces between numbers and units."""
    return literal(text.replace("\N{NO-BREAK SPACE}", " "))
