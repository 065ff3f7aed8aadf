"""Scenarios of both models: each is read as what it is, and what belongs to the other one is refused by name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.report.document import write_report
from market import TextbookParameters
from market.models import MODELS
from market.parameters.overriding import overridden
from scenarios import BadInput, Experiment, load, run, run_batch
from scenarios.command import completion
from scenarios.command.show.facts import parameter_rows
from scenarios.files.loading import override
from scenarios.files.toml import to_toml
from scenarios.results.manifest import Manifest
from scenarios.results.reading import read_table


@pytest.fixture
def message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.chdir(tmp_path)

    def refused(text: str, *overrides: str) -> str:
        source = "baseline" if text == "baseline" else "theory/chain" if text == "theory/chain" else "mine.toml"
        Path("mine.toml").write_text(f'question = "Q?"\n{text}', encoding="utf-8")
        with pytest.raises(BadInput) as found:
            load(source, overrides)
        assert "\n" not in str(found.value)
        return str(found.value)

    return refused


def test_a_file_that_names_the_textbook_starts_from_its_defaults(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('question = "Q?"\nmodel = "textbook"\n[labs]\ncount = 7\n', encoding="utf-8")
    assert load(path).parameters == TextbookParameters(name="mine", labs={"count": 7})  # type: ignore[arg-type]
    path.write_text('question = "Q?"\nextends = "theory/chain"\nmodel = "textbook"\n', encoding="utf-8")
    assert load(path).parameters == TextbookParameters(name="mine")


REFUSED = [
    ('[fleet]\ncompute = "rented"\n[rental]\nslope = 2.0\nusers = 3.0',
     "mine.toml: chain.users = 3.0 has no effect where chain.demand is linear"),
    ('[fleet]\ncompute = "rented"\n[training]\nmodel_life = 7', "mine.toml: training.model_life is a key of scenarios"),
    ('model = "token-market"\n[fleet]\ncompute = "rented"',
     'mine.toml: fleet.compute = "rented" is written model = "textbook" now, at the top of a scenario file that '
     "extends none or one such as theory/chain; what was in [rental] is in [chain]"),
    ('extends = "theory/chain"\n[fleet]\ncompute = "bought"',
     "mine.toml: fleet.compute is gone: labs buy their servers"),
    ('[fleet]\ncompute = "bought"\n[rental]\nslope = 2.0',
     'mine.toml: rental.slope is written chain.slope now, in a scenario with model = "textbook"'),
    ("rental = 3", 'mine.toml: rental is written chain now'),
    ('extends = "baseline"\nmodel = "textbook"',
     "mine.toml: model = 'textbook' cannot change a scenario of token-market: a file that says so extends none, or one "
     "of textbook"),
    ('extends = "theory/chain"\nmodel = "token-market"', "model = 'token-market' cannot change a scenario of textbook"),
    ('model = "textbok"',
     "mine.toml: model = 'textbok' must be one of token-market, textbook, learning; did you mean textbook?"),
    ("model = 3", "mine.toml: model = 3 must be one of token-market, textbook"),
    ('model = ["textbook"]', "mine.toml: model = ['textbook'] must be one of"),
    ('model = "textbook"\n[labs]\noverhead_share = 0.2',
     'mine.toml: labs.overhead_share is a key of scenarios with model = "token-market", and this one is of textbook'),
    ('model = "textbook"\n[training]\nmodel_life = 7', "mine.toml: training.model_life is a key of scenarios with"),
    ('model = "textbook"\n[chain]\nslop = 7.0', "mine.toml: unknown key chain.slop; did you mean chain.slope?"),
    ("[chain]\nslope = 7.0",
     'mine.toml: chain.slope is a key of scenarios with model = "textbook", and this one is of token-market'),
]  # fmt: skip


OF_BEFORE: list[tuple[str, str, dict[str, Any]]] = [
    ('[fleet]\ncompute = "bought"\nlead_time = 2\n[rental]\nslope = 1', "by-the-token", {"fleet.lead_time": 2}),
    ('extends = "baseline"\n[fleet]\ncompute = "rented"\n[rental]\nslope = 2.0', "theory/chain",
     {"chain.slope": 2.0, "vendors.count": 3, "labs.count": 5, "resellers.count": 12, "horizon.rounds": 60}),
    ('[vendors]\ncount = 2\npricing = { rule = "cost-plus", markup = 1.0 }\n[labs]\ncount = 3\n'
     'pricing = { rule = "best-response", patience = 0.9 }\n[resellers]\ncount = 5\n[horizon]\nrounds = 240\n'
     'hours = 730.5\n[fleet]\ncompute = "rented"\nlead_time = 4', "theory/chain",
     {"vendors.pricing.rule": "cost-plus", "vendors.pricing.markup": 1.0}),
    ('extends = "theory/chain"\n[fleet]\ncompute = "rented"\n[rental]\nslope = 2.0\n[chain]\nintercept = 9',
     "theory/chain", {"chain.slope": 2.0, "chain.intercept": 9.0}),
]  # fmt: skip
"""Files as they were written when a chain that rents compute was a setting of the token market, and what they mean."""


@pytest.mark.parametrize(("text", "base", "changes"), OF_BEFORE, ids=[text for text, *_ in OF_BEFORE])
def test_files_of_before_are_read_as_they_were_meant(
    tmp_path: Path, text: str, base: str, changes: dict[str, Any]
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'question = "Q?"\n{text}', encoding="utf-8")
    assert load(path).parameters == load(base, {**changes, "name": "mine"}).parameters


@pytest.mark.parametrize("rented", [True, False])
def test_a_file_of_before_with_every_key_is_read(tmp_path: Path, rented: bool) -> None:
    chain = load("theory/chain").parameters
    values = load("by-the-token").parameters.model_dump(mode="json")
    del values["model"]
    values["fleet"]["compute"] = "rented" if rented else "bought"
    values["rental"] = chain.model_dump(mode="json")["chain"]
    if rented:
        for layer, count in (("vendors", 2), ("labs", 3), ("resellers", 5)):
            values[layer]["count"] = count
        values["horizon"]["rounds"] = chain.horizon.rounds
    path = tmp_path / "mine.toml"
    path.write_text(to_toml({"title": "T", "question": "Q?", **values}), encoding="utf-8")
    meant = load("theory/chain" if rented else "by-the-token", {"name": "by-the-token"}).parameters
    assert load(path).parameters == meant


def test_changes_of_before_are_read_as_they_were_meant() -> None:
    now = load("theory/chain", ["chain.slope=2.0"])
    assert load("theory/chain", ["rental.slope=2.0", "fleet.compute=rented"]).parameters == now.parameters
    assert override(load("theory/chain").parameters, {"rental.slope": 2.0}) == now.parameters
    assert overridden(load("theory/chain").parameters, {"rental.slope": 2.0}) == now.parameters
    assert load("baseline", ["fleet.compute=bought"]).parameters == load("baseline").parameters


def test_a_chain_may_change_at_a_date(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    event = '[[events]]\nmonth = "2025-01"\nset = { chain = { hardware_cost = 3.0 }, "chain.slope" = 2.0 }\n'
    path.write_text(f'question = "Q?"\nextends = "theory/chain"\n{event}', encoding="utf-8")
    found = load(path)
    assert found.parameters.events[0].begins("2024-01") == 12
    path.write_text(found.to_toml(), encoding="utf-8")
    assert load(path).parameters == found.parameters
    rows = {row.key: row for row in parameter_rows(found.parameters)}
    assert rows["chain.hardware_cost"].dated
    assert not rows["labs.count"].dated
    rounds = run(found, rounds=14).rounds
    still = run(load("theory/chain"), rounds=14).rounds
    assert (rounds["price_retail"][:12] == still["price_retail"][:12]).all()
    assert rounds["price_retail"][12] > still["price_retail"][12]


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[text for text, _ in REFUSED])
def test_what_belongs_elsewhere_is_refused_with_its_place(message: Callable[..., str], text: str, said: str) -> None:
    assert message(text).startswith(said) or said in message(text)


@pytest.mark.parametrize(
    ("source", "change", "said"),
    [
        ("baseline", "fleet.compute=rented", '--set: fleet.compute = "rented" is written model = "textbook" now'),
        ("baseline", "model=textbook", "--set: model = 'textbook' cannot change a scenario of token-market"),
        ("theory/chain", "model=3", "--set: model = 3 must be one of textbook"),
        ("theory/chain", "population.users=3", "--set: population.users is a key of scenarios with"),
        ("theory/chain", "vendors.pricing.rule=undercut", "--set: vendors.pricing.rule = 'undercut' must be one of"),
        ("theory/chain", "labs.pricing.cut=0.1", "the rule is best-response, and cut belongs to undercut"),
        ("theory/chain", "chain.users=2.0", "--set: chain.users = 2.0 has no effect where chain.demand is linear"),
    ],
)
def test_overrides_stay_within_the_model(message: Callable[..., str], source: str, change: str, said: str) -> None:
    assert said in message(source, change)


def test_options_for_users_are_refused_where_users_are_one_demand_curve() -> None:
    with pytest.raises(BadInput, match=r"^--users: population\.users is a key of scenarios with model"):
        run(load("theory/chain"), users=1000)


def test_what_a_change_implies_is_said_in_either_model() -> None:
    assert load("theory/chain", ["labs.pricing.rule=cost-plus"]).also == (
        "labs.pricing.markup = 0.2",
        "cost-plus has no labs.pricing.patience",
    )


def test_keys_of_both_models_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert completion.assignments("chain.hard") == ["chain.hardware_cost="]
    assert completion.assignments("labs.overhead_s") == ["labs.overhead_share="]


def test_a_batch_holds_scenarios_of_both_models(tmp_path: Path) -> None:
    experiment = Experiment(
        question="Do both models run side by side?",
        rounds=3,
        replications=1,
        settings=(
            {"scenario": "baseline", "set": {"population.users": 1000}},
            {"scenario": "theory/chain"},
            {"scenario": "theory/chain", "name": "dear", "set": {"chain.hardware_cost": 3.0}},
        ),  # type: ignore[arg-type]
    )
    summary = run_batch(experiment, workers=1, out=tmp_path / "both")
    assert summary.done == 3
    assert run_batch(experiment, workers=1, out=tmp_path / "both", resume=True).fresh == 0
    layers = read_table(tmp_path / "both", "layers")
    alone = run(override_rounds("theory/chain", 3), seed=int(layers["seed"].iloc[0])).layers
    rows = layers[layers["setting"] == "theory/chain"][alone.columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(rows, alone, check_dtype=False, check_categorical=False)
    runs = read_table(tmp_path / "both", "runs").set_index("setting")
    assert runs["model"].to_dict() == {"baseline": "token-market", "theory/chain": "textbook", "dear": "textbook"}
    page = write_report(tmp_path / "both").read_text(encoding="utf-8")
    assert "chain.hardware_cost" in page
    assert "labs.overhead_share" not in page.partition("How to repeat this")[2]


def override_rounds(name: str, rounds: int) -> TextbookParameters:
    return override(load(name).parameters, {"horizon.rounds": rounds})  # type: ignore[return-value]


@pytest.mark.parametrize("model", ["of tomorrow", 3, ["textbook"]])
def test_results_of_an_unknown_model_are_refused(model: object) -> None:
    setting = {"name": "s", "scenario": "s"}
    about = {"parameters": {"model": model}}
    with pytest.raises(ValueError, match=f"is none of {', '.join(MODELS)}"):
        Manifest(kind="run", scenarios={"s": about}, settings=(setting,), tables={"x": "y"})  # type: ignore[arg-type, dict-item]
