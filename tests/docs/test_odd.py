"""The description of the model leaves out no stage of the round, no firm, no table, and not the commons."""

import inspect
import re
from pathlib import Path

import pytest

from market import Parameters, TokenMarket
from market.firms import ChipVendor, Lab, PowerSupplier, Reseller, ServerMaker
from market.records.columns import TABLES

PAGE = (Path(__file__).parents[2] / "docs" / "ODD.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## \d\. (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
STAGES = [verb.replace("_", " ") for verb in re.findall(r"self\.(\w+)\(", inspect.getsource(TokenMarket.step))]


def test_the_sections_are_those_of_the_protocol() -> None:
    assert list(SECTIONS) == ["Purpose and patterns", "Entities, state variables, scales",
                              "Process overview and scheduling", "Design concepts", "Initialisation", "Input data",
                              "Submodels"]  # fmt: skip


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "take down"])
def test_every_stage_of_the_round_is_told(stage: str) -> None:
    assert f"**{stage}**" in SECTIONS["Process overview and scheduling"]


def test_nothing_else_is_called_a_stage() -> None:
    told = re.findall(r"\*\*([a-z ]+)\*\*", SECTIONS["Process overview and scheduling"])
    assert sorted(told) == sorted(set(told))
    assert set(told) <= set(STAGES)


@pytest.mark.parametrize("kind", [ChipVendor, ServerMaker, PowerSupplier, Lab, Reseller])
def test_every_kind_of_firm_has_its_state(kind: type) -> None:
    assert f"| {kind.kind} |" in SECTIONS["Entities, state variables, scales"]


def test_every_table_is_named() -> None:
    assert [name for name in TABLES if f"`{name}`" not in SECTIONS["Design concepts"]] == []


@pytest.mark.parametrize("section", ["Purpose and patterns", "Entities, state variables, scales", "Initialisation"])
def test_the_commons_is_part_of_the_model(section: str) -> None:
    assert "commons" in SECTIONS[section]


def test_what_the_commons_does_is_told() -> None:
    told = re.search(r"\*\*Commons\.\*\*(.*?)\n\n", SECTIONS["Submodels"], re.DOTALL)
    assert told
    for mode in ("alone", "on"):
        assert f'"{mode}"' in told[1]
    assert Parameters().commons.mode == "off"
    assert "off unless" in SECTIONS["Purpose and patterns"]
