"""Figures of a run say what happened when, and their time axes move once a year."""

import pandas as pd
import pytest
from matplotlib.dates import num2date

from analysis.dashboard.choice import Choice, Dated
from analysis.dashboard.marks import SAID, Marks, marked
from analysis.dashboard.played import Played
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views.every import VIEWS

SMALL = {"population.users": 1_000, "population.types": 4}


def seen(months: int, *events: Dated, **changes: float) -> Snapshot:
    played = Played(Choice("baseline", 1, {**SMALL, **changes}, events))
    played.read(played.choice)
    played.open()
    for _ in range(months):
        played.step()
    played.take()
    assert not played.seen.error
    return played.seen


TAXED = Dated("2024-04", {"policy.token_tax": 0.2}), Dated("2025-12", {"policy.token_tax": 0.3})


@pytest.fixture(scope="module")
def run() -> Snapshot:
    return seen(14, *TAXED)


def test_what_has_happened_is_marked_and_what_will_is_not():
    run = seen(14, *TAXED, **{"funding.appetite": 0.0, "funding.opening_months": 1.0})
    marks = Marks.of(run)
    assert "change 1" in marks.turns[pd.Timestamp("2024-04-01")]
    assert not any("change 2" in what for what in marks.turns.values())
    firms = run.tables.firms
    gone = firms[(firms["kind"] == "lab") & ~firms["alive"]].groupby("firm", observed=True)["round"].min()
    assert len(gone) > 0
    for lab, round_ in gone.items():
        assert f"{lab} leaves" in marks.turns[pd.Timestamp("2024-01-01") + pd.DateOffset(months=int(round_))]


def test_labs_that_enter_are_marked_and_those_that_may_yet_come_are_not():
    played = Played(Choice("baseline", 1, {**SMALL, "labs.entrants": 6, "labs.entry_cost": 0.0}))
    played.read(played.choice)
    played.open()
    for _ in range(30):
        played.step()
    played.take()
    came = [lab for lab in played.model.labs if lab.founded >= 0]
    said = [what for marks in Marks.of(played.seen).turns.values() for what in marks.split(", ") if "enters" in what]
    assert said == [f"{lab.name} enters" for lab in came]
    assert len(came) > 0
    assert set(played.seen.tables.firms.query("kind == 'lab'").firm) == {f"lab {n}" for n in range(1, 6 + len(came))}


def test_launches_are_where_the_best_model_gets_better(run: Snapshot):
    best = run.tables.firms[run.tables.firms["kind"] == "lab"].query("alive").groupby("round")["quality"].max()
    months = [pd.Timestamp("2024-01-01") + pd.DateOffset(months=int(at)) for at in best.index[best.diff() > 0]]
    assert Marks.of(run).launches == months != []


@pytest.mark.parametrize(("months", "until"), [(1, "2025-01"), (12, "2025-01"), (13, "2026-01")])
def test_time_axes_end_with_the_year(months: int, until: str):
    figure = marked(VIEWS["Profit"].figures[0], seen(months))
    (ax,) = (ax for ax in figure.axes if ax.get_xlabel() == "month")
    assert f"{num2date(ax.get_xlim()[1]):%Y-%m}" == until


def test_the_figure_says_what_its_marks_mean(run: Snapshot):
    figure = marked(VIEWS["Profit"].figures[0], run)
    (ax,) = (ax for ax in figure.axes if ax.get_xlabel() == "month")
    assert any("change 1" in text.get_text() for text in ax.texts)
    assert SAID in figure.get_supxlabel()


def test_figures_of_one_month_have_none(run: Snapshot):
    figure = marked(VIEWS["Profit"].figures[1], run)
    assert SAID not in figure.get_supxlabel()


def test_markets_without_labs_that_make_models_have_none():
    played = Played(Choice("theory/chain"))
    played.read(played.choice)
    played.open()
    for _ in range(3):
        played.step()
    played.take()
    assert Marks.of(played.seen).launches == []
    assert Marks.of(played.seen).turns == {}
