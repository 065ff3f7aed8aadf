from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from writing import write

from market import Parameters
from scenarios.errors import BadInput
from scenarios.files.finding import presets
from scenarios.files.loading import load, override
from scenarios.files.plausibility import late_series


def message(source: object, *assignments: str) -> str:
    with pytest.raises(BadInput) as caught:
        load(source, assignments)  # type: ignore[arg-type]
    return str(caught.value)


@pytest.mark.parametrize("name", presets())
def test_every_preset_loads_and_asks_a_question(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name == scenario.parameters.name
    assert scenario.question.endswith(("?", "."))
    assert scenario.origin == str(presets()[name])


def test_a_file_changes_only_what_it_says(here: Path) -> None:
    scenario = load(write("mine.toml", 'question = "Q?"\n[labs]\ncount = 7\n'))
    assert scenario.name == "mine"
    assert scenario.parameters == Parameters().model_copy(
        update={"name": "mine", "labs": Parameters().labs.model_copy(update={"count": 7})}
    )


def test_extends_lays_files_over_one_another_and_relative_to_each(here: Path) -> None:
    write("deep/base.toml", 'question = "B?"\nname = "base"\n[labs]\ncount = 7\n[vendors]\ncount = 2')
    write("deep/middle.toml", 'question = "M?"\nextends = "base.toml"\n[labs]\ncount = 8')
    scenario = load(write("top.toml", 'question = "T?"\nextends = "deep/middle.toml"\n[resellers]\ncount = 1'))
    found = scenario.parameters
    assert (found.labs.count, found.vendors.count, found.resellers.count) == (8, 2, 1)
    assert (scenario.name, scenario.question) == ("top", "T?")


def test_extends_may_name_a_preset_even_its_own(here: Path) -> None:
    assert load(write("baseline.toml", 'question = "Q?"\nextends = "lab-duopoly"')).parameters.labs.count == 2
    assert load(write("baseline.toml", 'question = "Q?"\nextends = "baseline"')).name == "baseline"


def test_a_circle_of_files_is_refused(here: Path) -> None:
    write("a.toml", 'question = "Q?"\nextends = "b.toml"')
    write("b.toml", 'question = "Q?"\nextends = "a.toml"')
    assert "a.toml → b.toml → a.toml" in message("a.toml")


OVERRIDES = [
    ("labs.count=7", lambda p: p.labs.count == 7),
    ("labs.count = 7", lambda p: p.labs.count == 7),
    ("population.users=1e6", lambda p: p.population.users == 1_000_000),
    ("labs.overhead_share=0", lambda p: p.labs.overhead_share == 0.0),
    ("population.engine=cohort", lambda p: p.population.engine == "cohort"),
    ('population.engine="cohort"', lambda p: p.population.engine == "cohort"),
    ("horizon.start=2024-06", lambda p: p.horizon.start == "2024-06"),
    ("labs.reprice_at_launch=false", lambda p: p.labs.reprice_at_launch is False),
    ("population.segments.students.need=0.5", lambda p: p.population.segments["students"].need == 0.5),
    ("population.segments.students=false", lambda p: "students" not in p.population.segments),
    ("population.segments.robots={people=5}", lambda p: "robots" in p.population.segments),
    ("labs.pricing={rule='cost-plus', markup=0.3}", lambda p: getattr(p.labs.pricing, "markup", None) == 0.3),
]


@pytest.mark.parametrize(("text", "holds"), OVERRIDES, ids=[text for text, _ in OVERRIDES])
def test_overrides(text: str, holds: object) -> None:
    changed = load("baseline", [text]).parameters
    assert holds(changed)  # type: ignore[operator]
    assert not holds(load("baseline").parameters)  # type: ignore[operator]


@pytest.mark.parametrize("rule", ["marginal-cost", "cost-plus", "joint-profit", "undercut", "penetration", "capacity"])
@pytest.mark.parametrize("preset", ["baseline", "lab-price-war", "lab-cartel", "subsidised-growth"])
def test_another_rule_keeps_what_both_rules_have(preset: str, rule: str) -> None:
    pricing = load(preset, [f"labs.pricing.rule={rule}"]).parameters.labs.pricing
    assert pricing.rule == rule
    before = load(preset).parameters.labs.pricing
    shared = before.model_dump().keys() & pricing.model_dump().keys() - {"rule"}
    assert pricing == type(pricing)(**{key: getattr(before, key) for key in shared})


def test_a_key_that_means_something_else_in_the_other_rule_is_not_kept() -> None:
    budget = load("keep-up", ["training.budget.months=6", "training.budget.rule=runway"]).parameters.training.budget
    assert budget.months == 6.0  # said beside the rule, it is the rule's
    budget = load("keep-up", ["training.budget.rule=runway"]).parameters.training.budget
    assert budget == type(budget)()


def test_the_cartel_by_name_is_the_cartel_of_the_preset() -> None:
    by_name = load("baseline", ["labs.pricing.rule=joint-profit"]).parameters
    assert by_name.labs == load("lab-cartel").parameters.labs


IMPLIED = [
    ("labs.pricing.rule=joint-profit", []),
    ("labs.pricing.rule=undercut", ["labs.pricing.cut = 0.02", "undercut has no labs.pricing.patience"]),
    ("labs.pricing={rule='undercut', cut=0.1}", ["undercut has no labs.pricing.patience"]),
    ("labs.pricing.patience=0.5", []),
    ("training.budget.rule=truce", ["training.budget.share = 0.2"]),
    (
        "training.budget.rule=runway",
        ["training.budget.months = 12.0", "runway has no training.budget.months_to_adjust"],
    ),
    ("commons.detection=0.5", ["commons.detection has no effect while commons.mode is off"]),
    ("commons.mode=on", []),
    ("vendors.opening_price=30_000", []),
    ("labs.wholesale_discount=.3", ["labs.wholesale_discount has no effect while labs.wholesale is bargained"]),
    ("resellers.entry_return=.2", ["resellers.entry_return has no effect while resellers.entry is false"]),
    ("clouds={count=0, appeal=2}", ["clouds.appeal has no effect while clouds.count is 0"]),
    ("clouds={count=3, appeal=2}", []),
    ("policy.windfall_margin=.1", ["policy.windfall_margin has no effect while policy.windfall_tax is 0.0"]),
]


@pytest.mark.parametrize(("text", "lines"), IMPLIED)
def test_what_a_change_implies_is_said(text: str, lines: list[str]) -> None:
    assert list(load("baseline", [text]).also) == lines


def test_what_an_event_brings_is_prepared_for(here: Path) -> None:
    """A key that needs another has an effect where an event sets that other."""
    head = "title = 'Taxed'\nquestion = 'Who pays?'\nextends = 'baseline'\n"
    write("taxed.toml", head + "events = [{ round = 3, set = { 'policy.windfall_tax' = 0.5 } }]\n")
    assert load("taxed.toml", ["policy.windfall_margin=.1"]).also == ()


def test_a_price_replaced_by_a_series_has_no_effect() -> None:
    changes = ["vendors.opening_price=30_000", "data.chip_prices=chip_prices.csv"]
    assert load("baseline", changes).also == ("vendors.opening_price has no effect while data.chip_prices is a series",)


def test_values_outside_their_plausible_range_are_doubted(here: Path) -> None:
    write("dear.csv", "date,value,unit\n2024-01,0.08,USD/kWh\n2025-01,80.7,USD/kWh\n")
    doubts = load("baseline", ["data.electricity=dear.csv", "labs.overhead_share=.9"]).doubts
    assert doubts == (
        "labs.overhead_share = 0.9 is outside the plausible range, 0.15 to 0.5",
        "data.electricity = 80.7 USD/kWh is outside the plausible range, 0.03 to 0.3 USD/kWh",
    )
    assert load(write("mine.toml", 'question = "Q?"\n[labs]\nreseller_weight = 0.0')).doubts
    assert not load("baseline", ["labs.overhead_share=0.5"]).doubts


@pytest.mark.parametrize("name", presets())
def test_what_ships_is_not_doubted(name: str) -> None:
    assert load(name).doubts == ()


def test_a_series_that_begins_after_the_run_is_doubted(here: Path) -> None:
    write("late.csv", "date,value,unit\n2034-01,0.08,USD/kWh\n")
    late = load("baseline", ["data.electricity=late.csv"]).parameters
    assert late_series(late) == (
        "data.electricity begins in 2034-01, after the run's last month, 2028-12: its first value holds throughout",
    )
    assert not late_series(override(late, {"horizon.rounds": 121}))


def test_a_rule_and_its_settings_in_any_order() -> None:
    texts = ["labs.pricing.markup=0.3", "labs.pricing.rule=cost-plus"]
    assert load("baseline", texts) == load("baseline", texts[::-1])


def test_the_settings_of_a_rule_that_stays_are_kept() -> None:
    pricing = load("lab-cartel", ["labs.pricing.largest_move=0.5"]).parameters.labs.pricing
    assert pricing == load("lab-cartel").parameters.labs.pricing.model_copy(update={"largest_move": 0.5})


BAD = [
    ("labs.cout=3", ["--set", "unknown key labs.cout", "did you mean labs.count?"]),
    ("lab.count=3", ["did you mean labs?"]),
    ("rounds=3", ["did you mean horizon.rounds?"]),
    ("labs.fee_share=0.1", ["did you mean resellers.fee_share?"]),
    ("labs.count=0", ["labs.count = 0", "1 to 200 firms", "AI labs"]),
    ("labs.count=2.5", ["labs.count = 2.5", "a whole number, 1 to 200"]),
    ("labs.count=true", ["labs.count = true", "a whole number"]),
    ('labs.count="3"', ["labs.count = '3'", "a whole number"]),
    ("labs.count=many", ["labs.count = 'many'", "a whole number"]),
    ("power.attractive_margin=nan", ["power.attractive_margin = nan", "above 0 and at most 1"]),
    ("power.attractive_margin=inf", ["power.attractive_margin = inf", "above 0 and at most 1"]),
    ("labs=3", ["labs = 3", "must be a table with the keys count, firms, pricing"]),
    ("labs.pricing.rule=cost-plu", ["marginal-cost, cost-plus", "did you mean cost-plus?"]),
    ("labs.pricing.rule=3", ["must be one of marginal-cost"]),
    ("labs.pricing=cost-plus", ["did you mean labs.pricing.rule = cost-plus?"]),
    ("labs.pricing.markup=0.3", ["the rule is best-response, and markup belongs to cost-plus"]),
    ("labs.pricing.patiense=0.3", ["did you mean labs.pricing.patience?"]),
    ("population.engine=cohrt", ["auto, individual, cohort", "did you mean cohort?"]),
    ("population.segments.students.ned=1", ["did you mean population.segments.students.need?"]),
    ("population.segments=false", ["population.segments = false must be a table"]),
    ("population.segments.students.languages.english=1", ["add up to 1"]),
    ("horizon.start=2024-13", ["horizon.start = '2024-13'", "YYYY-MM"]),
    ("data.electricity=nowhere.csv", ["nowhere.csv: there is no such file"]),
    ("data.electricity=3", ["must be a CSV file or a list of records"]),
    ("data.electricity=[{date='2024-02', value=1}, {date='2024-01', value=1}]", ["data.electricity", "must rise"]),
    ("question=why", ["unknown key question"]),
    ("name=3", ["name = 3"]),
    ("labs.count", ["'labs.count' is not KEY=VALUE"]),
    ("labs.count=", ["is not KEY=VALUE"]),
    ("=3", ["is not KEY=VALUE"]),
    ("a..b=3", ["is not a dotted name"]),
    ("labs.count.x=3", ["labs.count"]),
]


@pytest.mark.parametrize(("text", "parts"), BAD, ids=[text for text, _ in BAD])
def test_a_bad_override_says_what_is_wrong(text: str, parts: list[str]) -> None:
    found = message("baseline", text)
    assert [part for part in parts if part not in found] == []
    assert "\n" not in found


def test_overrides_that_contradict_each_other_are_refused() -> None:
    assert "given twice" in message("baseline", "labs.count=3", "labs.count=4")
    assert "labs" in message("baseline", "labs=3", "labs.count=4")
    assert "labs" in message("baseline", "labs.count=4", "labs={count=3}")


BAD_FILES = [
    ("", "question is missing"),
    ("question = 3", "question must be text, not 3"),
    ('question = " "', "question must be text"),
    ('question = "Q\\u001b[31m"', "control characters"),
    ('question = "Q?"\nname = ""', "name must be text"),
    ('question = "Q?"\nextends = "baselin"', "did you mean baseline?"),
    ('question = "Q?"\nextends = "no.toml"', "there is no file no.toml"),
    ('question = "Q?"\nextends = 3', "extends must be text, not 3"),
    ('questoin = "Q?"', "question is missing"),
    ('question = "Q?"\nexends = "baseline"', "unknown key exends; did you mean extends?"),
    ('question = "Q?"\n[labs]\ncout = 3', "f.toml: unknown key labs.cout; did you mean labs.count?"),
    ('question = "Q?"\n[labs]\ncount = 1\ncount = 2', "is not valid TOML"),
    ("question = [", "is not valid TOML"),
    ("x = " + "[" * 5000, "nested too deeply"),
    ("question = 'é'".encode("latin1"), "is not UTF-8"),
]


@pytest.mark.parametrize(("text", "part"), BAD_FILES, ids=[part for _, part in BAD_FILES])
def test_a_bad_file_says_what_is_wrong(here: Path, text: str | bytes, part: str) -> None:
    found = message(write("f.toml", text))
    assert found.startswith("f.toml: ")
    assert part in found


def test_the_file_that_holds_the_mistake_is_named(here: Path) -> None:
    write("base.toml", 'question = "B?"\n[labs]\ncout = 7')
    assert message(write("top.toml", 'question = "T?"\nextends = "base.toml"')).startswith("base.toml: ")


def test_every_mistake_is_listed(here: Path) -> None:
    found = message("baseline", "labs.cout=3", "labs.count=0", "commons.mode=x").splitlines()
    assert len(found) == 3


def test_a_mistake_in_a_record_is_named_by_its_place() -> None:
    found = message("baseline", "data.electricity=[{date='2024-02', valu=1}]").splitlines()
    assert len(found) == 2
    assert "data.electricity.0.value is missing" in found[0]
    assert found[1].endswith("unknown key data.electricity.0.valu; did you mean data.electricity.0.value?")


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("baselin", "unknown scenario 'baselin'; did you mean baseline?"),
        ("zzz", "known are baseline, "),
        ("", "neither a name nor a file"),
        ("nothing.toml", "nothing.toml: there is no such file"),
        (3, "scenario 3 is neither"),
        ("a\0b.toml", "neither a name nor a file"),
        ("/dev/zero", "is a special file"),
        ("folder.toml", "is a folder"),
    ],
)
def test_an_unknown_scenario_says_what_there_is(here: Path, source: object, part: str) -> None:
    Path("folder.toml").mkdir()
    assert part in message(source)


def test_a_file_that_may_not_be_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    write("f.toml", "")
    monkeypatch.setattr(Path, "read_text", refuse)
    assert "f.toml" in message("f.toml")
    assert "Permission denied" in message("f.toml")


SERIES = "date,value,unit\n2024-01,0.10,USD/kWh\n2024-03,0.12,USD/kWh\n"


def test_a_series_comes_from_a_file(here: Path) -> None:
    write("my/tariff.csv", SERIES)
    by_option = load("baseline", ["data.electricity=my/tariff.csv"]).parameters.data.electricity
    write("my/mine.toml", 'question = "Q?"\n[data]\nelectricity = "tariff.csv"')
    by_file = load("my/mine.toml").parameters.data.electricity
    assert by_option == by_file
    assert [(item.date, item.value) for item in by_file] == [("2024-01", 0.10), ("2024-03", 0.12)]


def test_shipped_series_are_found_by_name(here: Path) -> None:
    assert len(load("baseline", ["data.electricity=electricity.csv"]).parameters.data.electricity) == 50
    assert len(load("baseline", ["data.chip_prices=chip_prices.csv"]).parameters.data.chip_prices) == 4
    write("electricity.csv", SERIES)
    assert len(load("baseline", ["data.electricity=electricity.csv"]).parameters.data.electricity) == 2


BAD_SERIES = [
    ("", "no column 'date'"),
    ("date,price,unit\n", "no column 'value'"),
    ("date,value,unit\n", "holds no rows"),
    (SERIES.replace("0.12,USD/kWh", "0.12,EUR/kWh"), "line 3: unit is 'EUR/kWh', must be USD/kWh"),
    (SERIES.replace("0.12", "-1"), "line 3: value '-1' is not a number above 0"),
    (SERIES.replace("0.12", "nan"), "line 3: value 'nan'"),
    (SERIES.replace("0.12", "1e999"), "line 3: value '1e999'"),
    (SERIES.replace("0.12", "twelve"), "line 3: value 'twelve'"),
    (SERIES.replace("0.12,USD/kWh", ""), "line 3: unit is ''"),
    (SERIES.replace("2024-03", "2024-01"), "line 3: date 2024-01 does not come after 2024-01"),
    (SERIES.replace("2024-03", "2023-12"), "line 3: date 2023-12 does not come after 2024-01"),
    (SERIES.replace("2024-03", "03/2024"), "line 3: date '03/2024' is not a month"),
    (SERIES.encode("utf-16"), "is not UTF-8"),
]


@pytest.mark.parametrize(("text", "part"), BAD_SERIES, ids=[part for _, part in BAD_SERIES])
def test_a_bad_series_says_where(here: Path, text: str | bytes, part: str) -> None:
    write("s.csv", text)
    found = message("baseline", "data.electricity=s.csv")
    assert found.startswith("s.csv")
    assert part in found


@pytest.mark.parametrize("name", presets())
def test_a_written_scenario_loads_to_the_same(here: Path, name: str) -> None:
    changes = {
        "token-market": ["population.segments.students=false", "tokens.fertility.french=1.3"],
        "textbook": ["chain.hardware_cost=0.5"],
        "learning": ["labs.marginal_cost=[0.9,1]"],
    }
    scenario = load(name, changes[load(name).parameters.model])
    again = load(write("again.toml", scenario.to_toml()))
    assert (again.parameters, again.title, again.question) == (scenario.parameters, scenario.title, scenario.question)
    assert again.name == scenario.name


@given(st.floats(0.001, 1), st.integers(1, 200), st.text("aé\"\\'🙂 ", min_size=1).filter(str.strip))
@settings(max_examples=30, deadline=None)
def test_any_value_survives_writing(
    tmp_path_factory: pytest.TempPathFactory, ratio: float, count: int, name: str
) -> None:
    parameters = override(Parameters(), {"power.attractive_margin": ratio, "labs.count": count})
    parameters = override(parameters, {f"tokens.fertility.{name.replace('.', '')}": 2.0})
    scenario = load("baseline")
    changed = replace(scenario, parameters=parameters)
    path = tmp_path_factory.mktemp("written") / "s.toml"
    path.write_text(changed.to_toml(), encoding="utf-8")
    assert load(path).parameters == parameters


def test_override_takes_python_values_by_dotted_name() -> None:
    changed = override(Parameters(), {"labs.count": 9, "labs.pricing": {"rule": "undercut"}})
    assert changed.labs.count == 9
    assert changed.labs.pricing.rule == "undercut"
    with pytest.raises(BadInput, match=r"here: unknown key labs\.cout"):
        override(Parameters(), {"labs.cout": 9}, "here")


def test_every_preset_has_a_title_of_its_own() -> None:
    titles = [load(name).title for name in presets()]
    assert len(set(titles)) == len(titles)
    assert not set(titles) & set(presets())


def test_a_file_without_a_title_goes_by_its_name(here: Path) -> None:
    assert load(write("mine.toml", 'question = "Q?"')).title == "mine"
    assert load(write("mine.toml", 'title = "My own\\n market"\nquestion = "Q?"')).title == "My own market"
    assert "title must be text" in message(write("bad.toml", 'title = 3\nquestion = "Q?"'))
