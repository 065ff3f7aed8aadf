"""The tab on which a visitor sweeps a control or two: a form, how far the batch is, and what came of it."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import reacton.ipyvuetify as rv
import solara

from analysis.dashboard.choice import Choice
from analysis.dashboard.contained import Problem
from analysis.dashboard.controls import Control
from analysis.dashboard.panel import Figure
from analysis.dashboard.sweep.form import NONE, SPACINGS, Form, Range, swept
from analysis.dashboard.sweep.job import CHECKING, DONE, DRAWING, RUNNING, STOPPED, STOPPING, Status, Sweeps
from analysis.dashboard.sweep.order import Order, listed
from analysis.report.blocks import text
from market.wording import counted
from scenarios.errors import BadInput

MOST_FAILURES = 3
"""Failed runs that are told with what went wrong."""

WAITING = {CHECKING: "checking the values …", RUNNING: "starting …", STOPPING: "stopping …", DRAWING: "drawing …",
           STOPPED: "Cancelled: nothing of it is kept."}  # fmt: skip


@solara.component
def Sweep(sweeps: Sweeps, choice: Choice, ordered: Callable[[], Choice]) -> None:
    """Show form, progress and figures.

    Args:
        sweeps: Of this visitor.
        choice: The market that is played: the form has its controls.
        ordered: Returns the market that Start sweeps: a newer one may still be being built.
    """
    status, set_status = solara.use_state(sweeps.status)
    solara.use_effect(lambda: sweeps.listen(set_status), [])
    written, set_written = solara.use_state(sweeps.form)
    parameters, problem = solara.use_memo(lambda: parameters_of(choice), [choice])
    controls = solara.use_memo(lambda: swept(parameters) if parameters else {}, [parameters])
    form = written.fitting(controls, parameters["horizon"]["rounds"]) if parameters else written

    def change(new: Form) -> None:
        sweeps.form = new
        set_written(new)

    order, wrong = asked(form, choice, parameters) if parameters else (None, problem)
    with rv.Html(tag="div", class_="tm-sweep"):
        rv.Html(tag="h2", children=["How do the results change with one control or two?"])
        said = (
            "Start runs the market that is chosen in the list of controls, from its first month, at every combination."
        )
        rv.Html(tag="p", class_="tm-about", children=[said])
        Ranges(form, controls, change)
        Size(order, wrong)
        Buttons(sweeps, status, order, ordered)
        Kept(sweeps)
        Progress(status)
        Outcome(status)


def parameters_of(choice: Choice) -> tuple[dict[str, Any], str]:
    """Return the parameters in effect, or none and why there are none."""
    try:
        return choice.load().parameters.model_dump(mode="json"), ""
    except BadInput as problem:
        return {}, str(problem)


def asked(form: Form, choice: Choice, parameters: Mapping[str, Any]) -> tuple[Order | None, str]:
    """Return what the form asks for, or nothing and why."""
    try:
        return form.order(choice, parameters), ""
    except BadInput as problem:
        return None, str(problem)


@solara.component
def Ranges(form: Form, controls: Mapping[str, Control], change: Callable[[Form], None]) -> None:
    """Choose controls with their values, replications and months."""
    with rv.Html(tag="div", class_="tm-ranges"):
        One("Control", form.first, list(controls), controls, lambda new: change(replace(form, first=new)))
        One("Second control", form.second, [NONE, *controls], controls, lambda new: change(replace(form, second=new)))
        with rv.Html(tag="div", class_="tm-range"):
            Number("Replications", form.replications, lambda new: change(replace(form, replications=new)))
            Number("Months", form.months, lambda new: change(replace(form, months=new)))


@solara.component
def One(title: str, one: Range, names: list[str], controls: Mapping[str, Control],
        change: Callable[[Range], None]) -> None:  # fmt: skip
    """Choose one control and its values."""
    with rv.Html(tag="div", class_="tm-range", attributes={"role": "group", "aria-label": title}):
        rv.Select(label=title, items=names, v_model=one.label, dense=True, outlined=True, hide_details=True,
                  on_v_model=lambda label: change(Range.of(label, controls)))  # fmt: skip
        if one.label != NONE:
            Number("Lowest", one.low, lambda new: change(replace(one, low=new)), title)
            Number("Highest", one.high, lambda new: change(replace(one, high=new)), title)
            Number("Values", one.points, lambda new: change(replace(one, points=new)), title)
            rv.Select(label="Spaced by", items=list(SPACINGS), v_model=one.spacing, dense=True, outlined=True,
                      hide_details=True, on_v_model=lambda new: change(replace(one, spacing=new)))  # fmt: skip


@solara.component
def Number(label: str, value: str, change: Callable[[str], None], of: str = "") -> None:
    """Write a number."""
    name = f"{of}: {label}" if of else label
    rv.TextField(label=label, v_model=value, on_v_model=lambda new: change(str(new)), dense=True, outlined=True,
                 hide_details=True, attributes={"aria-label": name, "inputmode": "decimal"})  # fmt: skip


@solara.component
def Size(order: Order | None, wrong: str) -> None:
    """Say what the form asks for, or why it cannot be run."""
    with rv.Html(tag="div", class_="tm-size", attributes={"aria-live": "polite"}):
        if order is None:
            rv.Html(tag="p", class_="tm-wrong", children=[f"{wrong[:1].upper()}{wrong[1:]}."])
        else:
            for axis in order.axes:
                rv.Html(tag="p", children=[f"{axis.label}: {listed(axis.values)}"])
            rv.Html(tag="p", children=[order.size])


@solara.component
def Buttons(sweeps: Sweeps, status: Status, order: Order | None, ordered: Callable[[], Choice]) -> None:
    """Start or cancel."""

    def start() -> None:
        if order is not None:
            sweeps.start(replace(order, choice=ordered()))

    ready = order is not None and not status.busy
    with rv.Html(tag="div", class_="tm-start"):
        solara.Button("Start", icon_name="mdi-play", on_click=start, disabled=not ready, color="#0b5c8f", dark=ready)
        solara.Button("Cancel", icon_name="mdi-stop", on_click=sweeps.cancel, outlined=True,
                      disabled=status.stage not in (CHECKING, RUNNING))  # fmt: skip


@solara.component
def Kept(sweeps: Sweeps) -> None:
    """Say that results go with the visit, where they do."""
    if sweeps.kept:
        said = f"{sweeps.kept}: what a sweep finds lies in a temporary folder, which goes when you leave. To keep it, "
        rv.Html(tag="p", class_="tm-about", children=[f"{said}start the page with --results DIR."])


@solara.component
def Progress(status: Status) -> None:
    """Show how far the batch is."""
    spoken = "off" if status.stage == RUNNING else "polite"
    with rv.Html(tag="div", class_="tm-progress", attributes={"aria-live": spoken}):
        if status.busy:
            share = 100 * status.done / status.runs if status.runs else 0
            rv.ProgressLinear(value=share, height=8, rounded=True, color="#0b5c8f",
                              attributes={"aria-label": "Runs done, per cent"})  # fmt: skip
        if status.busy or status.stage == STOPPED:
            line = status.line if status.stage == RUNNING else ""
            rv.Html(tag="p", children=[line or WAITING[status.stage]])


@solara.component
def Outcome(status: Status) -> None:
    """Show what came of the last sweep."""
    with rv.Html(tag="div"):
        if status.problem:
            Problem(status.problem)
        if status.failures:
            Problem(failed(status))
        if status.pictures and status.order is not None:
            rv.Html(tag="h2", children=[f"{status.order.labels}: {status.order.size}"])
        with rv.Html(tag="div", class_="tm-figures"):
            for place, picture in enumerate(status.pictures):
                Figure(picture).key(f"figure {place}")
        if status.stage == DONE and status.place is not None:
            Where(status)


def failed(status: Status) -> str:
    """Name runs that failed, and why."""
    named = "; ".join(status.failures[:MOST_FAILURES])
    more = " …" if len(status.failures) > MOST_FAILURES else ""
    return f"{len(status.failures)} of {counted(status.runs, 'run')} failed: {named}{more}"


@solara.component
def Where(status: Status) -> None:
    """Say where the results lie, and the command lines that repeat and report them."""
    place = status.place
    if place is None:
        return
    again = ["tokenmarket", "batch", str(place.experiment), "--out", f"{place.results}-again"]
    lines = {"the same runs": again, "a report on them": ["tokenmarket", "report", str(place.results)]}
    rv.Html(tag="p", class_="tm-about", children=[f"The results lie in {place.results}, as those of any batch do."])
    shown = "".join(f"<p>{text(what)}</p><pre>{text(shlex.join(words))}</pre>" for what, words in lines.items())
    inner = f"<summary>Command line of this sweep</summary>{shown}"
    solara.HTML(tag="details", classes=["tm-command"], unsafe_innerHTML=inner)
