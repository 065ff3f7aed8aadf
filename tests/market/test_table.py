"""A column that is wrongly declared is refused where it is declared, or in the first month that is taken down."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from market import TextbookMarket, TokenMarket
from market.economy import Economy
from market.records.columns import RECORDED, TABLES, UNITS
from market.table import Column, Headed, Heading, Table


def column(name: str = "size", kind: Any = float, **facts: Any) -> Column[float]:
    return Column(
        **{"name": name, "unit": "1", "type": kind, "meaning": "How large", "read": lambda seen: seen} | facts
    )


WRONG = [
    ({"name": "two words"}, "'two words' is no name of a column"),
    ({"name": ""}, "'' is no name of a column"),
    ({"kind": complex}, "column size: <class 'complex'> is none of str, int, float, bool"),
    ({"kind": "float"}, "column size: 'float' is none of str, int, float, bool"),
    ({"unit": ""}, "column size: its unit is '', not a line of text"),
    ({"meaning": "Two\nlines"}, r"column size: its meaning is 'Two\\nlines', not a line of text"),
    ({"meaning": " "}, "column size: its meaning is ' ', not a line of text"),
    ({"read": "size"}, "column size: 'size' is no function that reads it"),
    ({"kind": str, "stock": True}, "column size: a str is no quantity"),
    ({"kind": bool, "always": True}, "column size: a bool is no quantity"),
]


@pytest.mark.parametrize(("facts", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_column_that_is_wrongly_declared_is_refused_at_once(facts: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{message}$"):
        column(**facts)


@pytest.mark.parametrize("kind", [Table, Headed])
def test_a_name_stands_once(kind: type[Headed[Any]]) -> None:
    with pytest.raises(ValueError, match=r"^table sizes has two columns size$"):
        kind("sizes", (column(), column("weight"), column()))


TAKEN = [
    (str, "a", True), (str, 1.0, False), (str, None, False),
    (bool, True, True), (bool, 1, False), (bool, "yes", False),
    (int, 3, True), (int, np.int64(3), True), (int, True, False), (int, 3.0, False), (int, float("nan"), False),
    (float, 3.5, True), (float, 3, True), (float, np.float64(3), True), (float, float("nan"), True),
    (float, False, False), (float, "3", False), (float, None, False), (float, np.ones(1), False),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "taken"), TAKEN)
def test_what_fits_a_type(kind: type, value: object, taken: bool) -> None:
    assert Heading("size", "1", kind, "How large").takes(value) == taken


def test_a_table_knows_what_its_columns_say() -> None:
    table = Table("sizes", (column("name", str, unit="name"), column("size", stock=True, collected=True),
                            column("cost", always=True)))  # fmt: skip
    assert table.names == ("name", "size", "cost")
    assert table.units == {"name": "name", "size": "1", "cost": "1"}
    assert table.types == {"name": str, "size": float, "cost": float}
    assert (table.stocks, table.always, table.collected) == ({"size"}, {"cost"}, {"size": 1})
    assert table.row(2.0) == (2.0, 2.0, 2.0)
    assert table.rows("ab") == [("a", "a", "a"), ("b", "b", "b")]


def test_columns_of_different_length_are_no_table() -> None:
    table = Table("sizes", (column("all", read=lambda seen: seen), column("some", read=lambda seen: seen[1:])))
    with pytest.raises(ValueError, match="shorter"):
        table.rows("ab")


def test_the_same_columns_are_read_off_something_else_where_they_have_a_meaning() -> None:
    table = Table("sizes", (column("size", stock=True), column("weight", unit="kg", always=True)))
    other = table.read_off({"weight": len})
    size, weight = other.row("ab")
    assert np.isnan(size)
    assert weight == 2
    assert (other.name, other.names, other.units) == (table.name, table.names, table.units)
    assert (other.types, other.stocks, other.always) == (table.types, table.stocks, table.always)


def test_what_cannot_be_read_off_something_else_is_refused() -> None:
    table = Table("sizes", (column("size"), column("weight", always=True), column("name", str, unit="name")))
    with pytest.raises(KeyError, match="table sizes has no column heft, width"):
        table.read_off({"width": len, "weight": len, "name": str, "heft": len})
    with pytest.raises(ValueError, match=r"column sizes\.weight cannot be missing"):
        table.read_off({"name": str})
    with pytest.raises(ValueError, match=r"column sizes\.name cannot be missing"):
        table.read_off({"weight": len})


def test_a_frame_knows_its_columns_and_units() -> None:
    table = Table("sizes", (column("size"), column("weight", unit="kg")))
    for rows in ([(1.0, 2.0)], [{"weight": 2.0, "size": 1.0}]):
        frame = table.frame(rows)
        assert frame.to_dict("list") == {"size": [1.0], "weight": [2.0]}
        assert frame.attrs["units"] == {"size": "1", "weight": "kg"}
    assert list(table.frame([]).columns) == ["size", "weight"]


def test_the_name_of_a_table_is_that_of_its_place() -> None:
    assert [table.name for table in TABLES.values()] == list(TABLES) == list(UNITS)
    assert list(TABLES) == [*RECORDED, "commons", "sessions"]


@pytest.mark.parametrize("played", [TokenMarket, TextbookMarket])
@pytest.mark.parametrize("name", RECORDED)
def test_a_value_of_another_type_ends_the_run_in_its_first_month(
    name: str, played: type[Economy], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not found out after the run, when the tables are written."""
    first, *others = RECORDED[name].columns
    wrongly = Table(name, (replace(first, type=str), *others))
    monkeypatch.setattr("market.records.recorder.RECORDED", {**RECORDED, name: wrongly})
    model = played(rng=1, collect=False)
    with pytest.raises(TypeError, match=rf"^column {name}\.round is 0, which is no str$"):
        model.step()


@pytest.mark.parametrize("rows", [[], [("a", 1, 0.5, True), ("b", 2, float("nan"), False)]])
def test_a_frame_has_the_types_that_are_declared_whether_it_has_rows_or_not(rows: list[tuple[Any, ...]]) -> None:
    table = Table("sizes", (column("name", str), column("count", int), column(), column("large", bool)))
    frame = table.frame(rows)
    assert [frame[name].dtype.kind for name in ("count", "size", "large")] == ["i", "f", "b"]
    assert frame.attrs["units"] == table.units
    assert list(frame.itertuples(index=False, name=None))[:1] == rows[:1]
