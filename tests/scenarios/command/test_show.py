import io
import json
import re
from pathlib import Path

import pytest
from command import Command, command_of
from rich.console import Console

from market.fields import GRADES
from scenarios.command.show.facts import parameter_rows, rule_choices
from scenarios.command.show.listing import COLUMNS, print_parameters, with_entries_joined
from scenarios.command.show.rules import print_rules
from scenarios.command.show.selection import Selection
from scenarios.command.show.showing import as_toml
from scenarios.files.finding import presets
from scenarios.files.loading import load

WIDTHS = [60, 80, 120, 200]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return command_of(monkeypatch, capsys)


def keys_of(said: str) -> list[str]:
    return [row["key"] for row in json.loads(said)["parameters"]]


def spaced(text: str) -> str:
    return " ".join(text.split())


# layout ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def baseline():
    loaded = load("baseline")
    return parameter_rows(loaded.parameters), rule_choices(loaded.parameters)


def printed(width: int, rows, choices=()) -> list[str]:
    out = Console(file=io.StringIO(), width=width, highlight=False)
    print_parameters(out, rows)
    print_rules(out, choices)
    return out.file.getvalue().splitlines()


@pytest.mark.parametrize("width", WIDTHS)
def test_keys_and_numbers_stand_whole_at_every_width(width: int, baseline) -> None:
    rows, choices = baseline
    lines = printed(width, rows, choices)
    assert max(len(line) for line in lines) <= width
    words = {word for line in lines for word in line.split()}
    assert {row.key for row in with_entries_joined(rows)} <= words
    for row in (*with_entries_joined(rows), *(row for choice in choices for row in choice.parameters)):
        for text in (*(column.text(row) for column in COLUMNS), row.facts["meaning"], str(row.facts["source"])):
            assert set(text.split()) <= {*words, *(word.removesuffix(")") for word in words)}, text
    assert not any("…" in line for line in lines)


def test_a_wide_terminal_gets_tables_and_a_narrow_one_a_list(baseline) -> None:
    rows = [row for row in baseline[0] if row.key.startswith("vendors.")]
    wide, narrow = printed(200, rows), printed(80, rows)
    assert wide[1].split() == [
        "key",
        "value",
        "unit",
        "allowed",
        "plausible",
        "event",
        "firm",
        "meaning",
        "source",
        "(grade)",
    ]
    assert any(
        line.startswith("  vendors.unit_cost") and spaced(line).startswith(
            "vendors.unit_cost 6,900 USD/accelerator 0 to 1e+07 3,320 to 13,200 yes yes Wafers"
        )
        for line in wide
    )  # fmt: skip
    here = narrow.index("  vendors.unit_cost = 6,900 USD/accelerator  allowed 0 to 1e+07")
    assert narrow[here + 1] == "      plausible 3,320 to 13,200  can change by an event yes"
    assert narrow[here + 2] == "      can differ by firm yes"
    assert narrow[here + 3] == "      Wafers, memory, packaging and test of one accelerator"


def test_a_piece_longer_than_the_line_is_broken_between_words_only(baseline) -> None:
    rows = [row for row in baseline[0] if row.key == "vendors.pricing.rule"]
    assert spaced(" ".join(printed(40, rows))) == (
        "vendors vendors.pricing.rule = best-response allowed marginal-cost, cost-plus, best-response, joint-profit, "
        "undercut, hill-climbing, bandit, q-learning, penetration, capacity can change by an event yes "
        "can differ by firm yes How vendors set chip prices"
    )


def test_sources_are_links_where_the_terminal_follows_them(baseline) -> None:
    rows = [row for row in baseline[0] if row.key == "vendors.opening_price"]
    for width in (80, 200):
        out = Console(file=io.StringIO(), width=width, force_terminal=True)
        print_parameters(out, rows)
        assert "https://epoch.ai/data/machine-learning-hardware" in out.file.getvalue()
        assert "https" not in "".join(printed(width, rows))


# what can be changed --------------------------------------------------------------------------------------------------


def test_changes_are_marked_with_the_default_beside(command) -> None:
    said = command("show", "lab-duopoly", "--set", "vendors.count=9")
    assert said.status == 0
    marked = [line.split()[1:4] for line in said.out.splitlines() if line.startswith("* ") and "differs" not in line]
    assert marked == [["name", "=", "lab-duopoly"], ["vendors.count", "=", "9"], ["labs.count", "=", "2"]]
    assert "* labs.count = 2 firms  allowed 1 to 200  default 5" in said.out
    for word in ("USD/accelerator", "Epoch AI", "Monthly growth", "english 0.45"):
        assert word in said.out


def test_show_tells_how_to_pass_from_one_rule_to_another(command) -> None:
    text = spaced(command("show", "baseline", "labs").out)
    assert "labs.pricing.rule = best-response" in text
    assert "undercut Price a little below the cheapest rival" in text
    assert "--set labs.pricing.rule=undercut --set labs.pricing.cut=0.02" in text
    assert "cut = 0.02 allowed at least 0 and below 1 How far below the cheapest rival" in text
    assert 'in a scenario file: [labs] pricing = {rule = "cost-plus", markup = 0.2}' in text
    assert "best-response (in effect for labs.pricing)" in text
    assert text.count("Largest relative change of a posted price") == 2  # in effect, and once for all rules
    assert "training.budget" not in text


def test_every_way_of_passing_to_another_rule_works() -> None:
    from scenarios.command.values import typed

    for choice in rule_choices(load("baseline").parameters):
        assert choice.meaning.endswith("."), choice
        assert choice.decides, choice
        changes = [f"{choice.key}.rule={choice.rule}"]
        changes += [f"{row.key}={typed(row.default)}" for row in choice.parameters]
        chosen = load("baseline", changes).parameters
        section, table = choice.path
        assert getattr(getattr(chosen, section), table).rule == choice.rule


def test_rules_of_several_tables_are_told_once(command) -> None:
    text = spaced(command("show", "baseline").out)
    tables = ("vendors", "makers", "power", "labs", "hosts", "resellers")
    assert f"Rules of {', '.join(f'{table}.pricing' for table in tables)}" in text
    assert text.count("Raise the price when utilisation is above its target") == 1
    assert "capacity (not for makers.pricing, resellers.pricing)" in text
    assert "marginal-cost (in effect for power.pricing)" in text
    assert "Rules of training.budget" in text


def test_grades_that_appear_are_explained_once(command) -> None:
    assert spaced(command("show", "theory/chain", "chain").out).endswith(f"Grades of sources: D {GRADES['D']}.")
    text = command("show", "baseline", "vendors").out
    assert text.count("Grades of sources:") == 1
    assert all(GRADES[grade] in spaced(text) for grade in ("A", "B", "M", "D"))
    assert GRADES["CALC"] not in text


# selections -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "first", "number"),
    [
        ("labs", "labs.count", 28),
        ("labs.pricing", "labs.pricing.largest_move", 3),
        ("labs.count", "labs.count", 1),
        ("population.segments.students", "population.segments.students.people", 19),
        ("name", "name", 1),
    ],
)
def test_a_section_is_any_dotted_prefix(command, section: str, first: str, number: int) -> None:
    keys = keys_of(command("show", "baseline", section, "--json").out)
    assert first in keys
    assert len(keys) == number
    assert all(key == section or key.startswith(f"{section}.") for key in keys)


def test_a_key_of_a_rule_that_is_not_in_effect_is_shown_with_its_rule(command) -> None:
    found = json.loads(command("show", "baseline", "labs.pricing.cut", "--json").out)
    assert found["parameters"] == []
    assert [(rule["key"], rule["rule"]) for rule in found["rules"]] == [("labs.pricing", "undercut")]
    assert [parameter["key"] for parameter in found["rules"][0]["parameters"]] == ["cut"]
    assert "How far below the cheapest rival" in command("show", "baseline", "labs.pricing.cut").out


@pytest.mark.parametrize(
    ("section", "hint"),
    [
        ("labz", "did you mean labs?"),
        ("labs.cout", "did you mean labs.count?"),
        ("pricing", "did you mean vendors.pricing or makers.pricing"),
        ("labs.cut", "did you mean labs.pricing.cut or"),
        ("overhead", "did you mean labs.overhead_share or labs.overhead_fixed?"),
        ("qqqq", "sections are name, model, horizon"),
        ("lab", "did you mean"),
    ],
)
def test_an_unknown_section_is_refused_with_the_nearest(command, section: str, hint: str) -> None:
    for form in ((), ("--json",), ("--toml",)):
        said = command("show", "baseline", section, *form)
        assert (said.status, said.out) == (2, "")
        assert f"there is no section or key '{section}'; " in said.err
        assert hint in said.err


def test_search_looks_at_keys_meanings_units_sources_and_choices(command) -> None:
    def found(*words: str) -> list[str]:
        return keys_of(
            command("show", "baseline", *(part for word in words for part in ("--search", word)), "--json").out
        )

    assert found("overhead_SHARE") == ["labs.overhead_share"]
    assert "labs.research_staff" in found("researchers")
    assert found("kwh") == ["power.price_cap", "data.electricity"]
    assert found("raymond james") == ["vendors.unit_cost"]
    assert found("bargained, chosen") == ["labs.wholesale"]
    assert found("share", "retail") == found("retail share")
    assert set(found("share", "retail")) < set(found("share"))


def test_search_finds_what_only_a_rule_not_in_effect_has(command) -> None:
    found = json.loads(command("show", "baseline", "labs", "--search", "undercut", "--json").out)
    assert [row["key"] for row in found["parameters"]] == ["labs.pricing.rule"]
    assert [rule["rule"] for rule in found["rules"]] == ["undercut"]
    found = json.loads(command("show", "baseline", "labs", "--search", "cheapest rival", "--json").out)
    assert [parameter["key"] for parameter in found["rules"][0]["parameters"]] == ["largest_move", "cut"]


def test_nothing_found_is_said_with_the_nearest_keys(command) -> None:
    said = command("show", "baseline", "--search", "pricng")
    assert (said.status, said.err) == (0, "")
    assert "Nothing matches pricng. Keys like it: vendors.pricing," in spaced(said.out)
    assert "Nothing in labs matches qqqq." in command("show", "baseline", "labs", "--search", "qqqq").out
    assert json.loads(command("show", "baseline", "--search", "qqqq", "--json").out)["parameters"] == []
    said = command("show", "baseline", "--search", " ")
    assert said.status == 2
    assert "--search needs a word" in said.err


def test_changed_leaves_out_what_is_as_by_default(command) -> None:
    assert keys_of(command("show", "lab-price-war", "--changed", "--json").out) == [
        "name", "labs.pricing.rule", "labs.pricing.cut", "labs.repricing_hazard",
    ]  # fmt: skip
    assert keys_of(command("show", "lab-price-war", "labs.pricing", "--changed", "--json").out) == [
        "labs.pricing.rule",
        "labs.pricing.cut",
    ]
    said = command("show", "baseline", "--changed")
    assert said.status == 0
    assert "Nothing differs from the defaults." in said.out
    assert "Rules of" not in said.out


def test_the_default_of_a_rules_key_is_what_it_is_where_only_the_rule_is_named() -> None:
    named = load("baseline", {"labs.pricing.rule": "joint-profit"})
    usual = named.parameters.labs.pricing.patience
    rows = {row.key: row for row in parameter_rows(named.parameters)}
    assert (rows["labs.pricing.patience"].default, rows["labs.pricing.patience"].changed) == (usual, False)
    assert not rows["labs.pricing.largest_move"].changed
    set_too = load("baseline", {"labs.pricing.rule": "joint-profit", "labs.pricing.patience": 0.5})
    rows = {row.key: row for row in parameter_rows(set_too.parameters)}
    assert (rows["labs.pricing.patience"].default, rows["labs.pricing.patience"].changed) == (usual, True)


@pytest.mark.parametrize("rule", ["joint-profit", "penetration", "undercut"])
@pytest.mark.parametrize("patience", [0.0, 0.5, 0.9])
def test_another_rule_with_the_same_key_loads_to_the_same_scenario(rule: str, patience: float, tmp_path: Path) -> None:
    own = {} if rule == "undercut" else {"labs.pricing.patience": patience}
    shown = load("baseline", {"labs.pricing.rule": rule, "labs.pricing.largest_move": patience + 0.1, **own})
    text = as_toml(shown, Selection(changed=True))
    assert parameters_of(text, tmp_path, "baseline") == shown.parameters


def test_a_segment_taken_out_is_shown_as_a_change(command) -> None:
    said = command("show", "baseline", "--set", "population.segments.students=false", "--changed")
    assert "* population.segments.students = removed" in said.out


# as programs and files read it ----------------------------------------------------------------------------------------


def test_json_tells_all_facts(command) -> None:
    said = command("show", "baseline", "commons.stock", "--json")
    found = json.loads(said.out, parse_constant=pytest.fail)
    assert said.out.count("\n") == 1
    assert found["parameters"] == [
        {
            "key": "commons.stock",
            "value": 300.0,
            "unit": "Ttok",
            "meaning": "Human text fit for training at the start, repetition of good text counted",
            "range": "above 0 and at most 1e+06",
            "plausible": [100.0, 1000.0],
            "source": "Villalobos et al. 2024 (Epoch AI), 90 per cent interval 100 to 1000",
            "link": "https://arxiv.org/abs/2211.04325",
            "grade": "B",
            "known_from": "2024-06",
            "default": 300.0,
            "changed": False,
            "dated": False,
            "of_a_firm": False,
            "entry_of": None,
        }
    ]
    assert found["grades"] == {"B": GRADES["B"]}


def test_json_and_toml_together_are_refused(command) -> None:
    assert command("show", "baseline", "--json", "--toml").status == 2


OWN = """
title = "Mine"
question = "Q?"
extends = "lab-price-war"
[labs]
count = 3
[population.segments]
students = false
[population.segments.enterprises.languages]
english = 0.5
japanese = 0.2
[training]
budget = { rule = "runway", months = 24.0 }
"""


def parameters_of(text: str, folder: Path, name: str | None = None):
    path = folder / "written.toml"
    path.write_text(text, encoding="utf-8")
    found = load(path).parameters
    return found.model_copy(update={"name": name}) if name else found


@pytest.mark.parametrize("name", [*presets(), "own.toml"])
def test_what_differs_loads_to_the_same_scenario(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.toml").write_text(OWN)
    shown = load(name)
    text = as_toml(shown, Selection(changed=True))
    assert parameters_of(text, tmp_path, None if "\nname = " in text else "baseline") == shown.parameters
    model = shown.parameters.model
    assert ('extends = "baseline"' if model == "token-market" else f'model = "{model}"') in text
    assert len(text.splitlines()) < 90


@pytest.mark.parametrize("section", ["labs", "labs.pricing.cut", "labs.pricing.rule", "population.segments", "horizon"])
def test_a_selection_loads_to_the_scenario_it_is_of(section: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN)
    (tmp_path / "deeper").mkdir()
    shown = load(tmp_path / "own.toml")
    text = as_toml(shown, Selection(section))
    assert parameters_of(text, tmp_path / "deeper", shown.name) == shown.parameters
    assert f"[{section.rpartition('.')[0] or section}" in text


def test_a_selection_holds_what_was_set_in_it(command, tmp_path: Path) -> None:
    text = command(
        "show", "baseline", "--set", "labs.pricing.rule=undercut", "--set", "labs.pricing.cut=0.1",
        "--set", "vendors.count=9", "--search", "cheapest rival", "--toml",
    ).out  # fmt: skip
    written = parameters_of(text, tmp_path)
    assert written.labs.pricing.model_dump() == {"largest_move": 0.25, "rule": "undercut", "cut": 0.1}
    assert written.vendors.count == 3
    removed = command("show", "baseline", "population", "--set", "population.segments.students=false", "--toml").out
    assert "students" not in parameters_of(removed, tmp_path).population.segments


def test_one_share_of_a_table_is_written_with_all_the_others(tmp_path: Path) -> None:
    shown = load("baseline")
    text = as_toml(shown, Selection("population.segments.students.languages.english"))
    assert re.findall(r"^(\w+) = [\d.]+$", text, re.M) == ["english", "chinese", "spanish", "german", "japanese"]
    assert parameters_of(text, tmp_path, "baseline") == shown.parameters


# names from files -----------------------------------------------------------------------------------------------------


def test_names_and_titles_are_no_markup(command, tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text(
        'name = "price cap [low]"\ntitle = "[/red] x [bold]"\nquestion = "[link=x]Q?"\nextends = "baseline"\n'
        "[population.segments.'[red]']\npeople = 1e8\n"
    )
    said = command("show", "odd.toml", "--changed")
    assert said.status == 0
    for text in ("price cap [low]: [/red] x [bold]", "[link=x]Q?", "population.segments.[red].people = 100,000,000"):
        assert text in said.out


def test_show_tells_it_of_what_ships_and_not_of_a_file_of_the_same_name(command, tmp_path) -> None:
    shown = spaced(command("show", "merger", "labs.count").out)
    assert "Expected: Simulated as in Werden and Froeb (1994) and Nevo (2000)" in shown
    own = tmp_path / "merger.toml"
    own.write_text('# A note\nquestion = "Mine?"\nextends = "baseline"\n', encoding="utf-8")
    assert "Expected" not in command("show", str(own), "labs.count").out
