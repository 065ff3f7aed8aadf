"""A price list becomes a scenario that runs."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from scenarios import load, run
from scenarios.errors import BadInput
from scenarios.prices.opening import scenario_of
from scenarios.prices.table import COMPUTE, TOKENS, GpuPrice, TokenPrice, table_of

ROWS = [
    TokenPrice("2025-06-01", "a-1", "A", "A", "", "closed", 1.0, 5.0),  # 2
    TokenPrice("2025-06-01", "a-2", "A", "A", "", "closed", 4.0, 4.0),  # 4; median of A 3
    TokenPrice("2025-06-01", "b-1", "B", "B", "", "open", 8.0, 8.0),
    TokenPrice("2025-06-01", "c-1", "C", "C", "", "", 5.0, 5.0),
    TokenPrice("2025-06-01", "a-1", "A", "Shop", "eu", "closed", 1.1, 5.5),
    TokenPrice("2025-06-01", "a-1", "A", "Shop", "us", "closed", 1.1, 5.5),
    TokenPrice("2025-06-01", "c-1", "C", "Stall", "", "", 5.0, 5.0),
    TokenPrice("2025-06-01", "c-1", "C", "A", "", "", 5.0, 5.0),  # a lab that sells another's model
    TokenPrice("2025-06-01", "b-1", "B", "Host", "", "open", 7.0, 7.0),  # serves the weights itself
    TokenPrice("2025-06-01", "z-1", "Z", "Kiosk", "", "closed", 7.0, 7.0),  # of a lab without a list
]


def test_labs_and_resellers_are_those_of_the_list(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_text(scenario_of(table_of(TOKENS, ROWS, "prices.csv", Counter())), encoding="utf-8")
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    assert written.pop("title") == "Labs, resellers and list prices of 2025-06-01"
    assert written.pop("question")
    assert written == {
        "extends": "baseline",
        "labs": {"count": 3},
        "resellers": {"count": 2},
        "population": {"reference_price": 5.0},  # of 3, 5 and 8
    }
    loaded = load(path)
    assert loaded.doubts == ()
    firms = run(loaded, seed=1, rounds=2, users=1_000).firms
    assert firms[firms["kind"] == "lab"]["firm"].nunique() == 3
    assert firms[firms["kind"] == "reseller"]["firm"].nunique() == 2


def as_many_as_the_baseline(price: float) -> str:
    labs = [TokenPrice("", f"x-{lab}", f"L{lab}", f"L{lab}", "", "", price, price) for lab in range(5)]
    shops = [TokenPrice("", "x-0", "L0", f"S{shop}", "", "", price, price) for shop in range(12)]
    return scenario_of(table_of(TOKENS, [*labs, *shops], "prices.csv", Counter()))


def test_the_baselines_own_numbers_are_the_baseline(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_text(as_many_as_the_baseline(4.0), encoding="utf-8")
    assert load(path).parameters.model_dump(exclude={"name"}) == load("baseline").parameters.model_dump(
        exclude={"name"}
    )


def test_the_market_opens_near_the_list_price(tmp_path: Path) -> None:
    """Sellers settle near the price at which need is measured, as long as competition and cost leave it to them."""
    path = tmp_path / "list.toml"
    path.write_text(as_many_as_the_baseline(2.0), encoding="utf-8")
    one = {"small_models.plans": "none"}  # a small one is sold far below
    opened = [run(load(name, one), seed=1, rounds=1, users=2_000).rounds["price_retail"] for name in (path, "baseline")]
    cheap, own = (float(price.iloc[0]) for price in opened)
    assert own == pytest.approx(4.0, rel=0.15)
    assert cheap == pytest.approx(2.0, rel=0.5)  # nearer to what a token costs
    assert cheap < own


def test_names_do_no_harm_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    odd = [TokenPrice("", "x-1", lab, lab, "", "", 1.0, 1.0) for lab in ('"]\\', "#" + "Ω " * 90, "lab = 3")]
    path.write_text(scenario_of(table_of(TOKENS, odd, "a\nb.csv", Counter())), encoding="utf-8")
    assert load(path).parameters.labs.count == 3


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (ROWS[4:7], "prices.csv holds no list price: one whose channel is the lab itself"),
        (
            [TokenPrice("", "x-1", f"lab {n}", f"lab {n}", "", "", 1.0, 1.0) for n in range(201)],
            r"--scenario: prices.csv: labs.count = 201 must be .*1 to 200",
        ),
    ],
)
def test_what_is_no_market(rows: list[TokenPrice], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        scenario_of(table_of(TOKENS, rows, "prices.csv", Counter()))


def test_hours_are_no_market() -> None:
    hours = table_of(COMPUTE, [GpuPrice("", "H100", "aws", "", "", "", "spot", 2.0)], "vms.csv", Counter())
    with pytest.raises(BadInput, match=r"vms\.csv holds prices of GPU-hours"):
        scenario_of(hours)
