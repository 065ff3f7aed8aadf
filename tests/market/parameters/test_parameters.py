import re
import typing
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from market import Parameters
from market.fields import GRADES, Section, quantity
from market.parameters import Dated, month_of, value_at


def models_in(annotation) -> Iterator[type[BaseModel]]:
    """Yield the sections an annotation can hold: itself, members of unions, values of dictionaries and tuples."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from models_in(part)


def fields(model: type[BaseModel] = Parameters, path: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        here = f"{path}.{name}" if path else name
        inner = list(models_in(field.annotation))
        for section in inner:
            label = here if len(inner) == 1 else f"{here}({section.__name__})"
            yield from fields(section, label)
        if not inner:
            yield here, field


# Pricing rules are the same in every layer: one name for each field is enough.
FIELDS = {name: field for field, name in {id(field): (field, name) for name, field in fields()}.values()}
NUMBERS = {name: field for name, field in FIELDS.items() if field.annotation in (int, float)}


def bounds(field: FieldInfo) -> tuple[float, float]:
    low = [getattr(item, key) for item in field.metadata for key in ("ge", "gt") if hasattr(item, key)]
    high = [getattr(item, key) for item in field.metadata for key in ("le", "lt") if hasattr(item, key)]
    return (low or [None])[0], (high or [None])[0]


def test_there_are_numbers_in_every_section():
    assert len(NUMBERS) > 90
    for section in Parameters.model_fields.keys() - {"name", "model", "tokens", "events"}:
        assert any(name.startswith(section) for name in NUMBERS), section


@pytest.mark.parametrize("name", sorted(name for name in FIELDS if not name.endswith(".rule")))
def test_every_parameter_says_what_it_means(name):
    assert FIELDS[name].description
    assert len(FIELDS[name].description) > 4


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_every_number_has_unit_source_grade_and_bounds(name):
    field = NUMBERS[name]
    extra = field.json_schema_extra
    assert extra["unit"]
    assert extra["source"]
    assert extra["grade"] in GRADES
    low, high = bounds(field)
    assert low is not None
    assert high is not None
    assert low < high
    if not field.is_required():
        assert low <= field.default <= high


@pytest.mark.parametrize("name", sorted(name for name, field in NUMBERS.items() if "low" in field.json_schema_extra))
def test_plausible_ranges_hold_the_default_and_are_allowed(name):
    field, extra = NUMBERS[name], NUMBERS[name].json_schema_extra
    low, high = bounds(field)
    assert low <= extra["low"] <= field.default <= extra["high"] <= high
    assert extra["low"] < extra["high"]


def test_numbers_by_name_carry_unit_source_and_grade():
    for name, field in FIELDS.items():
        if typing.get_origin(field.annotation) is dict and not name.endswith(".set"):
            assert set(field.json_schema_extra) >= {"unit", "source", "grade"}, name


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_values_beyond_the_bounds_are_refused(name):
    """Tried on a model of this one field, so that no other rule can be the reason."""
    field = NUMBERS[name]
    alone = type("Alone", (Section,), {"__annotations__": {"value": field.annotation}, "value": field})
    low, high = bounds(field)
    for beyond in (low - 1, high + max(1, abs(high) * 1e-9), float("nan"), float("inf"), "many"):
        with pytest.raises(ValidationError):
            alone(value=beyond)
    assert alone(value=field.annotation((low + high) / 2)).value > low


def test_all_sections_are_frozen_and_refuse_keys_they_do_not_know():
    seen = set()

    def visit(model):
        if model in seen:
            return
        seen.add(model)
        assert model.model_config["frozen"] is True, model
        assert model.model_config["extra"] == "forbid", model
        for field in model.model_fields.values():
            for section in models_in(field.annotation):
                visit(section)
        assert model.__doc__, model

    visit(Parameters)
    assert len(seen) > 20


@pytest.mark.parametrize(
    ("key", "value"),
    [("cout", 3), ("labs", {"cout": 3}), ("training", {"budget": {"rule": "race", "share": 0.5}})],
)
def test_unknown_keys_are_refused(key, value):
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Parameters(**{key: value})


def test_values_cannot_be_changed_in_place():
    parameters = Parameters()
    with pytest.raises(ValidationError, match="frozen"):
        parameters.name = "other"
    with pytest.raises(ValidationError, match="frozen"):
        parameters.labs.count = 3


def test_one_set_of_parameters_cannot_change_another():
    mine, other = Parameters(), Parameters()
    mine.population.segments.pop("students")
    mine.tokens.fertility["english"] = 2.0
    assert "students" in other.population.segments
    assert other.tokens.fertility["english"] == Parameters().tokens.fertility["english"] == 1.0


def test_parameters_survive_a_round_trip():
    parameters = Parameters(labs={"count": 3, "pricing": {"rule": "undercut"}}, data={"electricity": SERIES})
    assert Parameters.model_validate(parameters.model_dump()) == parameters
    assert Parameters.model_validate_json(parameters.model_dump_json()) == parameters


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"policy": {"token_tax": 0.70}}, "overhead_share"),
        ({"policy": {"token_tax": 0.65}, "resellers": {"fee_share": 0.32}}, "fee_share"),
        ({"population": {"segments": {"all": {"languages": {"english": 0.5}}}}}, "add up to 1"),
        ({"population": {"segments": {}}}, "at least 1"),
        ({"population": {"segments": {"all": {"languages": {"klingon": 1.0}}}}}, "klingon"),
        ({"tokens": {"fertility": {"english": 0.0}}}, "above 0"),
        ({"horizon": {"start": "2024-13"}}, "must be a month"),
        ({"data": {"electricity": []}}, "at least 1"),
        ({"labs": {"pricing": {"rule": "guess"}}}, "guess"),
    ],
)
def test_what_cannot_work_together_is_refused(sections, message):
    with pytest.raises(ValidationError, match=message):
        Parameters(**sections)


# units --------------------------------------------------------------------------------------------------------------


def test_pure_numbers_have_unit_one_and_money_is_in_dollars():
    units = {name: field.json_schema_extra["unit"] for name, field in NUMBERS.items()}
    for name, unit in units.items():
        assert " " not in unit.replace("see series", ""), name
        assert not any(sign in unit for sign in "$€"), name
        if name.endswith(("_price", "_cost", "price_cap")) and not unit.startswith("USD"):
            raise AssertionError(f"{name} is money but has unit {unit}")


# series -------------------------------------------------------------------------------------------------------------

SERIES = (
    Dated(date="2023-11", value=1.0),
    Dated(date="2024-02", value=2.0),
    Dated(date="2025-01", value=3.0),
)


@pytest.mark.parametrize(("round_", "value"), [(0, 1.0), (1, 2.0), (11, 2.0), (12, 3.0), (600, 3.0)])
def test_the_last_value_not_after_the_month_is_in_force(round_, value):
    assert value_at(SERIES, "2024-01", round_) == value


def test_before_its_first_date_a_series_has_its_first_value():
    assert value_at(SERIES, "2020-06", 0) == 1.0


def test_the_order_of_rows_is_of_no_consequence():
    assert value_at(tuple(reversed(SERIES)), "2024-01", 6) == 2.0


def test_months_of_a_calendar():
    assert [month_of("2024-01", r) for r in (0, 11, 12, 25)] == ["2024-01", "2024-12", "2025-01", "2026-02"]
    assert month_of("2023-12", 1) == "2024-01"


def test_a_quantity_carries_what_is_said_of_it():
    field = quantity(2.0, "USD", "Money", plausible=(1.0, 3.0), source="a book", grade="B", ge=0, lt=9)
    assert field.description == "Money"
    assert field.json_schema_extra == {"unit": "USD", "source": "a book", "grade": "B", "low": 1.0, "high": 3.0}
    assert bounds(field) == (0, 9)
    linked = quantity(2.0, "USD", "Money", link="https://example.org/book", ge=0, le=9)
    assert linked.json_schema_extra["link"] == "https://example.org/book"


@pytest.mark.parametrize("wrong", [{"link": "http://example.org"}, {"link": "a book"}, {"grade": "E"}])
def test_a_link_is_an_address_and_a_grade_is_known(wrong):
    with pytest.raises(ValueError, match="Money: grade"):
        quantity(2.0, "USD", "Money", ge=0, le=9, **wrong)


def test_what_rests_on_a_record_says_since_when_it_could_be_known():
    """Series carry a date each; general knowledge has one only where its source does."""
    for name, field in FIELDS.items():
        said = field.json_schema_extra or {}
        recorded = said.get("grade") in ("A", "B", "C", "CALC") and not name.startswith("data.")
        if recorded or said.get("source") == "modelling choice":
            assert ("known_from" in said) == recorded, name


def test_links_are_addresses_of_a_source():
    linked = {name: field for name, field in FIELDS.items() if (field.json_schema_extra or {}).get("link")}
    assert len(linked) > 10
    for name, field in linked.items():
        assert re.fullmatch(r"https://[a-z.]+/[\w./-]+", field.json_schema_extra["link"]), name
        assert field.json_schema_extra["source"] != "modelling choice", name
