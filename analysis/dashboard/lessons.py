"""Lessons on the page: predict, run, see, why."""

from collections.abc import Callable
from pathlib import Path

import reacton.ipyvuetify as rv
import solara

from analysis.dashboard.choice import Choice
from analysis.dashboard.contained import Contained, Problem
from analysis.dashboard.markdown import html
from analysis.dashboard.painter import NAMES
from analysis.dashboard.tutor import Progress, Tutor
from analysis.report.blocks import table
from scenarios.errors import BadInput
from scenarios.files.finding import lessons
from scenarios.files.lessons import Lesson, load_lesson, read_lesson

OWN = Path("lessons")
"""Folder from which the page shows lessons besides those that ship."""

NOBODY: Tutor | None = None

Begin = Callable[[tuple[Choice, ...], str], None]
"""Starts what a lesson plays on the page, one market or two, and opens a tab."""


def catalogue(own: Path = OWN) -> tuple[dict[str, Path], list[str]]:
    """Return the files of all lessons by title, and what is wrong with those that cannot be read."""
    found: dict[str, Path] = {}
    problems = []
    for path in (*lessons().values(), *sorted(own.glob("*.md"))):
        try:
            title = read_lesson(path).title
        except BadInput as problem:
            problems.append(str(problem))
        else:
            found[title if title not in found else f"{title} ({path})"] = path
    return found, problems


@solara.component
def Lessons(begin: Begin) -> None:
    """Show a button that opens the lessons."""
    opened, set_opened = solara.use_state(False)
    with rv.Html(tag="div", class_="tm-lessons"):
        label, state = "Close the lesson" if opened else "Lessons", {"aria-expanded": str(opened).lower()}
        solara.Button(label, icon_name="mdi-school", on_click=lambda: set_opened(not opened), outlined=True, small=True,
                      attributes=state)  # fmt: skip
        if opened:
            Contained("The lessons", lambda: Picked(begin))


@solara.component
def Picked(begin: Begin) -> None:
    """Pick a lesson and show it."""
    found, problems = solara.use_memo(catalogue, [])
    title, set_title = solara.use_state("")
    rv.Select(label="Lesson", items=list(found), v_model=title or None, on_v_model=lambda name: set_title(name or ""),
              dense=True, outlined=True, hide_details=True, class_="tm-lesson-pick")  # fmt: skip
    for problem in problems:
        Problem(problem)
    if title in found:
        path = str(found[title])
        Contained("This lesson", lambda: Opened(path, begin), path).key(path)


@solara.component
def Opened(path: str, begin: Begin) -> None:
    """Show a lesson, or why it cannot be played."""
    lesson, problem = solara.use_memo(lambda: _loaded(path), [path])
    if lesson is None:
        Problem(problem)
    else:
        Course(lesson, begin)


def _loaded(path: str) -> tuple[Lesson | None, str]:
    try:
        return load_lesson(path), ""
    except BadInput as problem:
        return None, str(problem)


@solara.component
def Course(lesson: Lesson, begin: Begin) -> None:
    """Lead through a lesson: what comes next appears once what is before is done."""
    guess, set_guess = solara.use_state("")
    told, tell = solara.use_state(Progress(""))
    tutor, set_tutor = solara.use_state(NOBODY)
    solara.use_effect(lambda: tutor.close if tutor else None, [tutor])
    begun = tutor is not None

    def run() -> None:
        new = Tutor(lesson, tell)
        set_tutor(new)
        new.start()
        begin(tuple(Choice(lesson.source(run), lesson.seed, lesson.changes(run)) for run in lesson.runs), lesson.view)

    with rv.Html(tag="div", class_="tm-lesson"):
        Section(lesson, "Predict")
        Answers(lesson, guess, set_guess, begun)
        Section(lesson, "Run")
        solara.Button("Run the lesson again" if begun else "Run the lesson", on_click=run, color="#0b5c8f", dark=True,
                      disabled=not guess or (begun and told.going_on))  # fmt: skip
        rv.Html(tag="p", class_="tm-about", attributes={"aria-live": "polite"},
                children=[_state(lesson, guess, begun, told)])  # fmt: skip
        if told.failed:
            Problem(told.said)
        if told.outcome is not None:
            Result(lesson, told, guess)


def _state(lesson: Lesson, guess: str, begun: bool, told: Progress) -> str:
    """Say what is to be done, or what is going on."""
    if begun:
        return "" if told.failed else told.said
    return _opens(lesson) if guess else "Choose an answer first."


def _opens(lesson: Lesson) -> str:
    """Say where the runs are to be seen."""
    if lesson.against is None:
        return f"The run opens in the view {lesson.view}."
    titles = [run.title or lesson.scenario(run).title for run in lesson.runs]
    named = ", ".join(f"{name} is “{title}”" for name, title in zip(NAMES, titles, strict=True))
    return f"Both runs open in the view {lesson.view}: {named}."


@solara.component
def Section(lesson: Lesson, heading: str) -> None:
    """Show a section of the lesson's text."""
    solara.HTML(tag="section", unsafe_innerHTML=f"<h2>{heading}</h2>{html(lesson.section(heading))}")


@solara.component
def Answers(lesson: Lesson, guess: str, choose: Callable[[str], None], fixed: bool) -> None:
    """Ask the question; once the run has begun the answer stands."""
    rv.Html(tag="p", class_="tm-lesson-question", children=[lesson.question])
    choices = [rv.Radio(label=answer.says, value=answer.says) for answer in lesson.answers]
    rv.RadioGroup(v_model=guess or None, on_v_model=lambda said: choose(said or ""), children=choices, disabled=fixed,
                  dense=True, hide_details=True, class_="tm-answers")  # fmt: skip


@solara.component
def Result(lesson: Lesson, told: Progress, guess: str) -> None:
    """Show what was measured, which answer came true, and why."""
    outcome = told.outcome
    if outcome is None:
        return
    true = lesson.answers[outcome.answer].says
    Section(lesson, "See")
    caption = f"<p class='tm-caption'>Measured over {outcome.period}</p>"
    rows = table(("what", *outcome.titles), outcome.rows, (0,))
    solara.HTML(tag="div", classes=["tm-table"], unsafe_innerHTML=caption + rows)
    rv.Html(tag="p", children=[outcome.sentence])
    said = "as you predicted" if guess == true else f"you predicted: {guess}"
    rv.Html(tag="p", class_="tm-lesson-question tm-answered", attributes={"aria-live": "polite"},
            children=[f"Came true: {true} ({said})."])  # fmt: skip
    Section(lesson, "Why")
