"""``tokenmarket lesson``."""

from typing import Annotated

import typer

from scenarios.command import completion
from scenarios.errors import BadInput


def lesson_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[LESSON]",
            help="Name of a lesson, or a Markdown file; all are listed if omitted.",
            autocompletion=completion.lesson_names,
        ),
    ] = None,
    answer: Annotated[
        int | None, typer.Option(metavar="N", help="Your prediction: the number of an answer of the lesson.")
    ] = None,
) -> None:
    """List the lessons that ship, or play one: predict, run, see, why."""
    from scenarios.command.lesson import print_lessons, print_outcome, print_question

    if name is None:
        if answer is not None:
            raise BadInput("--answer: of which lesson?")
        print_lessons()
        return
    from scenarios.files.lessons import load_lesson

    lesson = load_lesson(name)
    if answer is not None and not 1 <= answer <= len(lesson.answers):
        raise BadInput(f"--answer {answer}: {lesson.name} has the answers 1 to {len(lesson.answers)}")
    from analysis.lessons import play
    from scenarios.command.progress import rounds_shown

    print_question(lesson)
    with rounds_shown() as watch:
        outcome = play(lesson, lambda _, played, months: watch(played, months))
    print_outcome(outcome, answer)
