"""The report of a sensitivity study: for each measure the inputs that decide it and its sign."""

from collections.abc import Sequence
from typing import Any, Final

from analysis import figures
from analysis.palette import percent
from analysis.report.blocks import Section, details, paragraph, section, table
from analysis.report.pictures import Drawings
from analysis.results import BatchResults, Row
from analysis.sensitivity.sentences import (
    change,
    correlation_word,
    cut_sentence,
    interval,
    name,
    of_method,
    range_words,
    sign_sentence,
    title,
    value,
    weak_sentence,
)
from analysis.sensitivity.study import Explained
from market.wording import counted
from scenarios.files.study import Study

TOP: Final = 15
"""Inputs of a table that are shown at once; the others open on demand."""
_HEAD: Final = ("Input", "Moves", "Range", "Grade", "Index", "95 % interval", "Direction", "Below zero, lower third",
                "Below zero, upper third")  # fmt: skip
_THIRDS: Final = (
    "Below zero: share of the runs in the lower and in the upper third of the input's range in which the measure is "
    "negative; coloured where the two differ by more than chance, all inputs taken together."
)


def draw_ranks(draw: Drawings, results: BatchResults, found: Sequence[Explained]) -> dict[str, str]:
    """Draw and save the figure of each measure that has indices; return them as HTML by the measure's name."""
    return {
        item.measure.name: draw(figures.sensitivity, results, item, part=f"-{item.measure.name.replace('_', '-')}")
        for item in found
        if item.known
    }


def study_sections(results: BatchResults, study: Study, found: Sequence[Explained], draw: Drawings) -> list[Section]:
    """Return the sections of a study: what was spread, and what decides each measure."""
    drawn = draw_ranks(draw, results, found)
    return [*(_of_measure(item, drawn.get(item.measure.name, "")) for item in found), _inputs(study)]


def study_answer(found: Sequence[Explained]) -> str:
    """Return the first inputs of each measure, and how often it is below zero, in a sentence each."""
    return " ".join(_first(item) for item in found)


def _first(item: Explained) -> str:
    if not item.known:
        return f"{name(item)}: {item.note}"
    names = ", ".join(f"{row['input']} ({row['grade']})" for row in item.table.head(3).to_dict("records"))
    return f"The {item.measure.words} depends most on {names}; it is below zero in {percent(item.negative, 0)} of runs."


def _of_measure(item: Explained, figure: str) -> Section:
    rows = [_row(item, row) for row in item.table.to_dict("records")]
    inside = [
        paragraph(f"{title(item)}."),
        paragraph(item.note, "warning") if item.note else "",
        figure,
        paragraph(sign_sentence(item)),
        paragraph(weak_sentence(item)),
        paragraph(cut_sentence(item)),
    ]
    if item.known:
        rest = rows[TOP:]
        inside += [
            table(_HEAD, rows[:TOP], (0, 1, 2, 3)),
            details(f"The other {counted(len(rest), 'input')}", table(_HEAD, rest, (0, 1, 2, 3))) if rest else "",
            paragraph(f"{of_method(item)}. {_THIRDS}", "note"),
        ]
    return section(f"What decides the {item.measure.words}", *(part for part in inside if part != "<p></p>"))


def _row(item: Explained, row: Row) -> list[Any]:
    kind = "no" if row["decides_sign"] else ""
    thirds = [percent(row[end], 0) for end in ("negative_low", "negative_high")]
    return [
        row["input"],
        row["keys"],
        range_words(row),
        row["grade"],
        change(item, row["index"]),
        interval(item, row),
        correlation_word(row),
        *((third, kind) if kind else third for third in thirds),
    ]


def _inputs(study: Study) -> Section:
    """Return what was spread, and which points were refused."""
    rows = [
        [item.name, item.meaning, ", ".join(item.keys), f"{item.low:.3g} to {item.high:.3g}", item.shown_unit,
         "logarithmic" if item.log else "even", item.grade]
        for item in study.inputs
    ]  # fmt: skip
    refused = ""
    if study.refused:
        instead = "others were drawn instead, so that the ranges are not filled evenly where inputs exclude each other"
        what = "they were left out" if study.ensemble else instead
        said = f"{study.refused} of {study.drawn} points make no sense as scenarios; {what}."
        refused = paragraph(said, "note") + details("Why", *map(paragraph, study.refusals))
    head = ("Input", "Meaning", "Keys", "Range", "Unit", "Spread", "Grade")
    inputs, worlds = counted(len(study.inputs), "input"), counted(len(study.points), "world")
    pairs = ", ".join(f"{one.first} and {one.second} ({one.value:g})" for one in study.correlations)
    alone = f"independent of each other but for {pairs}" if pairs else "independent of each other"
    said = (
        f"{inputs} of {worlds} that a record does not rule out (ensemble {study.ensemble}), each a run. "
        "They go together as the record demands: what two of them tell alike, both are credited with."
        if study.ensemble
        else f"{inputs}, {alone}, each over its plausible range; keys of all segments move together."
    )
    said += " All runs have the same seed."
    listed = details(counted(len(study.inputs), "input"), table(head, rows, range(7)))
    return section("What was spread", paragraph(said), refused, listed)


def spread_table(found: Sequence[Explained]) -> str:
    """Return the measures over all runs: median, ends, and the scenario as it is."""
    import numpy as np

    rows = []
    for item in found:
        if len(item.values):
            ends = (value(item, float(end)) for end in np.quantile(item.values, (0.05, 0.5, 0.95)))
            rows.append([name(item), *ends, percent(item.negative, 0), value(item, item.as_it_is)])
    return table(("Measure", "5 % of runs below", "Median", "95 % below", "Below zero", "The scenario as it is"), rows)
