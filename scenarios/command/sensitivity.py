"""What the command line prints of a sensitivity study."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from scenarios.command.display import console
from scenarios.command.values import literal
from scenarios.errors import WorkFailed

if TYPE_CHECKING:
    from analysis.sensitivity.study import Explained
    from scenarios.batches.sensitivity import Planned

SHOWN = 10
"""Inputs of each measure that are printed; files hold all of them."""


def announce(planned: "Planned") -> None:
    """Say on standard error what is about to be run, and what of the design was refused."""
    from market.wording import counted

    study = planned.study
    runs = counted(len(study.points) + 1, "run")
    print(f"{study.ensemble or study.method}: {counted(len(study.inputs), 'input')}, {runs}", file=sys.stderr)
    for one in study.correlations:
        print(f"{one.first} and {one.second} go together ({one.value:g})", file=sys.stderr)
    if study.refused:
        instead = "" if study.ensemble else ", and others were drawn instead"
        print(
            f"{study.refused} of {study.drawn} points make no sense as scenarios{instead}; "
            f"most often: {study.refusals[0]}",
            file=sys.stderr,
        )


def finish(folder: Path) -> None:
    """Work out the indices of a finished study, write table and figures beside its runs, and print them.

    Raises:
        WorkFailed: If there are no indices of any measure, or the disk does not take the files.
    """
    from analysis.backend import draw_into_files

    draw_into_files()
    from analysis.report.pictures import Drawings
    from analysis.report.sensitivity import draw_ranks
    from analysis.results import read_results
    from analysis.sensitivity.files import write_table
    from analysis.sensitivity.study import explained, joined, study_of
    from scenarios.results.disk import disk_errors_explained

    results = read_results(folder)
    study = study_of(results)
    assert study is not None
    with Console(stderr=True).status("working out the indices"):
        found = explained(results, study)
        table, csv = write_table(folder, joined(found))
        with disk_errors_explained(folder, "the runs and the table are kept", "the figures"):
            draw_ranks(Drawings(folder / "figures"), results, found)
    print_study(found)
    print(f"all inputs in {table} and {csv}, figures in {folder / 'figures'}")
    print(f"tokenmarket report {folder} writes the report")
    if not any(item.known for item in found):
        raise WorkFailed("no indices could be worked out; the notes above say why")


def print_study(found: "list[Explained]") -> None:
    """Print the most important inputs of each measure, and what decides its sign."""
    from analysis.sensitivity.sentences import cut_sentence, name, sign_sentence, weak_sentence

    screen = console()
    for item in found:
        if item.known:
            screen.print(_table(item))
        for line in (
            item.note and f"{name(item)}: {item.note}",
            cut_sentence(item),
            weak_sentence(item),
            sign_sentence(item),
        ):
            if line:
                screen.print(literal(_spaced(line)))
        screen.print()


def _table(item: "Explained") -> Table:
    from analysis.sensitivity.sentences import change, correlation_word, interval, of_method, range_words, title

    table = Table(title=literal(_spaced(title(item)), "table.title"), caption=_spaced(of_method(item)))
    table.add_column("input", overflow="fold")
    table.add_column("range")
    table.add_column("grade")
    for head in ("index", "95 % interval", "direction", "below zero\nlow third", "below zero\nhigh third"):
        table.add_column(head, justify="right")
    for row in item.table.head(SHOWN).to_dict("records"):
        shares = (f"{row[name]:.0%}" if row[name] == row[name] else "–" for name in ("negative_low", "negative_high"))
        table.add_row(
            literal(row["input"]),
            literal(range_words(row)),
            literal(row["grade"]),
            _spaced(change(item, row["index"])),
            _spaced(interval(item, row)),
            correlation_word(row),
            *shares,
        )
    return table


def _spaced(text: str) -> str:
    """Return text with plain spaces: a terminal breaks lines where it likes."""
    return text.replace("\N{NO-BREAK SPACE}", " ")
