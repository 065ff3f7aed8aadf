"""What the runs of a lesson measure, and which answer that makes true."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.palette import gain, in_unit, number, off
from scenarios.errors import BadInput
from scenarios.files.lessons import Lesson
from scenarios.files.loading import override
from scenarios.files.measures import Measure, left_out, measure_of

if TYPE_CHECKING:
    from market.records.results import Results

Watch = Callable[[str, int, int], None]
"""Called after every month with the title of the run, the months played and the months to play."""


COUNTED = ("firm", "doubling", "accelerator")
"""Units that are words and have a plural."""


@dataclass(frozen=True)
class Outcome:
    """What was measured.

    Attributes:
        lesson: The lesson whose runs these are.
        titles: Of the run, and of the one it is compared with if there is one.
        values: Of each measure, the deciding one first: its value in each run.
        decisive: The number that decides.
        answer: Place of the answer that came true.
    """

    lesson: Lesson
    titles: tuple[str, ...]
    values: tuple[tuple[Measure, tuple[float, ...]], ...]
    decisive: float
    answer: int

    @property
    def period(self) -> str:
        """The months that count."""
        months = self.lesson.measured.months
        if months is None or months >= self.lesson.months:
            return f"all {self.lesson.months} months" if self.lesson.months > 1 else "the month"
        return f"the last {months} months" if months > 1 else "the last month"

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """A row of text per measure: what it is, and its value in each run."""
        return [(label(measure), *(written(measure, one) for one in found)) for measure, found in self.values]

    @property
    def sentence(self) -> str:
        """What decided, in words."""
        measure, found = self.values[0]
        told = [f"{written(measure, one)} in “{title}”" for one, title in zip(found, self.titles, strict=True)]
        said = f"{label(measure)}: {' and '.join(told)}"
        match self.lesson.measured.by:
            case "difference":
                gained = measure.column == "profit_gain"
                return f"{said}, a difference of {gain(self.decisive) if gained else off(self.decisive, measure.unit)}."
            case "ratio":
                return f"{said}, {number(self.decisive)} times as much."
            case _:
                return f"{said}."


def label(measure: Measure) -> str:
    """Return what a measure is: as its column says of the market, in short of a layer."""
    if measure.layer is None:
        from market.records.columns import TABLES

        return next(column.meaning for column in TABLES["rounds"].columns if column.name == measure.column)
    return f"{measure.words[0].upper()}{measure.words[1:]}"


def written(measure: Measure, value: float) -> str:
    """Return a value with its unit, which is in the plural where it is something that is counted."""
    if measure.column == "profit_gain":
        return gain(value)
    return in_unit(value, f"{measure.unit}s" if measure.unit in COUNTED and value != 1 else measure.unit)


def play(lesson: Lesson, watch: Watch | None = None) -> Outcome:
    """Play the runs of a lesson and measure them.

    Args:
        lesson: To be played.
        watch: Told of every month played.

    Raises:
        BadInput: If a run will not do, or what decides cannot be measured in it.
    """
    from scenarios.simulation import simulate

    titles, tables = [], []
    for played in lesson.runs:
        scenario = lesson.scenario(played)
        told = (lambda month, months, title=scenario.title: watch(title, month, months)) if watch else None
        unasked = left_out(scenario.parameters, [measure_of(name).column for name in lesson.measured.names])
        tables.append(simulate(override(scenario.parameters, unasked), lesson.seed, told))
        titles.append(scenario.title)
    return measured(lesson, tuple(titles), tables)


def measured(lesson: Lesson, titles: tuple[str, ...], tables: "list[Results]") -> Outcome:
    """Return what the tables of the runs say.

    Raises:
        BadInput: If what decides cannot be measured in them.
    """
    measures = [measure_of(name) for name in lesson.measured.names]
    columns = [values_of(results, measures, lesson.measured.months) for results in tables]
    values = tuple((measure, tuple(column[measure.name] for column in columns)) for measure in measures)
    own, *other = values[0][1]
    decisive = compared(lesson.measured.by, own, other[0] if other else 0.0)
    if decisive != decisive:
        raise BadInput(f"{lesson.origin}: measured.measure = {measures[0].name!r} has no value in these runs")
    return Outcome(lesson, titles, values, decisive, lesson.answer(decisive))


def compared(by: str, own: float, other: float) -> float:
    """Return the number that decides; NaN where there is none."""
    if by == "ratio":
        return own / other if other else float("nan")
    return own - other if by == "difference" else own


def values_of(results: "Results", measures: list[Measure], months: int | None) -> dict[str, float]:
    """Return measures of a run by name, over its last months if a number of them is given."""
    from analysis.results import BatchResults, in_memory
    from analysis.sensitivity.measures import values_by_setting

    run = in_memory(results)
    first = max(0, int(run.rounds["round"].max()) + 1 - months) if months else 0

    def load(name: str) -> Any:
        table = getattr(run, name)
        return table[table["round"] >= first]

    found = values_by_setting(BatchResults(load), measures, run.settings)
    return {str(name): float(value) for name, value in found.iloc[0].items()}
