"""Results of the pricing game: every view and the report draw them, and a batch gives the same on any workers."""

from dataclasses import replace
from pathlib import Path

from analysis import read_results, write_report
from analysis.dashboard.choice import Choice
from analysis.dashboard.controls import groups
from analysis.dashboard.painter import paint
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.taking import take
from analysis.dashboard.views import APART, TABS
from market import LearningMarket
from scenarios import Experiment, load, run, run_batch
from scenarios.results.saving import save_run

MONTHS = 6
QUICK = {"horizon.rounds": MONTHS, "learning.periods": 2_000, "learning.sessions": 3}
DIFFERENT = {"learning.discount": 0.0, "labs.marginal_cost": [1.0, 0.9]}


def test_every_view_that_is_shown_is_drawn() -> None:
    scenario = load("theory/learning", QUICK)
    model, choice = LearningMarket(scenario.parameters, rng=1), Choice("theory/learning")
    for _ in range(MONTHS):
        model.step()
    snapshot = replace(Snapshot.of(choice, scenario), round=MONTHS, month=model.month, taken=take(model))
    for tab in TABS:
        if tab not in snapshot.hidden and tab not in APART:
            painting = paint(tab, snapshot)
            assert not painting.error, (tab, painting.error)


def test_controls_move_parameters_that_there_are() -> None:
    values = load("theory/learning").parameters.model_dump(mode="json")
    for controls in groups(values).values():
        for control in controls:
            assert control.facts(values).meaning


def test_the_report_is_written(tmp_path: Path) -> None:
    save_run(run(load("theory/learning", QUICK)), tmp_path / "run", 1.0)
    write_report(tmp_path / "run")
    assert (tmp_path / "run" / "report.html").exists()


def test_sessions_of_a_batch_are_the_same_on_any_workers(tmp_path: Path) -> None:
    experiment = Experiment.model_validate({
        "question": "Does looking ahead matter?",
        "scenario": "theory/learning",
        "set": QUICK,
        "replications": 2,
        "settings": [{"name": "ahead", "scenario": "theory/learning"},
                     {"name": "myopic", "scenario": "theory/learning", "set": DIFFERENT}],
    })  # fmt: skip
    found = []
    for workers in (1, 2):
        run_batch(experiment, workers=workers, out=tmp_path / str(workers))
        found.append(read_results(tmp_path / str(workers)).sessions)
    assert len(found[0]) == 2 * 2 * 3
    assert found[0].equals(found[1])
