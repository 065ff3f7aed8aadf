from pathlib import Path

import pandas as pd
import pytest
from command import Command, command_of
from writing import write

from scenarios.prices.reading import read_prices

TOKENS = """date,model,lab,channel,region,weights,input,output,unit
2025-01-01,alpha-1,Acme,Acme,,closed,1,5,USD/Mtok
2025-06-01,alpha-1,Acme,Acme,,closed,1,1,USD/Mtok
2025-06-01,alpha-1,Acme,Shop,eu,closed,1.1,1.1,USD/Mtok
2025-06-01,alpha-1,Acme,Shop,us,closed,1,1,USD/Mtok
2025-06-01,alpha-mini-1,Acme,Gift,,closed,0,0,USD/Mtok
2025-06-01,beta-2,Boss,Boss,,,2,2,USD/Mtok
"""
HOURS = """accelerator,channel,region,offer,price,unit
H100,Cloud,eu,on-demand,3,USD/GPU-hour
H100,Cloud,us,on-demand,2,USD/GPU-hour
H100,Cloud,us,spot,1,USD/GPU-hour
"""


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], here: Path) -> Command:
    return command_of(monkeypatch, capsys)


def cells(out: str) -> list[list[str]]:
    """Return the cells of the rows of tables."""
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines() if line.startswith("│")]


def test_lists_resellers_and_markups_are_shown(command: Command) -> None:
    said = command("prices", write("p.csv", TOKENS))
    assert said.status == 0, said
    rows = cells(said.out)
    assert ["alpha-1", "Acme", "Shop", "eu", "1.10", "1.10", "1.10", "1.10"] in rows
    assert ["alpha-1", "Acme", "Acme", "", "1.00", "1.00", "1.00", "list"] in rows
    assert ["Acme", "1", "1.00", "1.00", "1.00", "1.00", "1.00"] in rows
    assert ["Shop", "us", "1", "1.00", "1.00", "1.00", "1.00", "1.00"] in rows
    assert [
        "all models that labs alone serve", "", "2", "1.00", "1.02", "1.05", "1.08", "1.10", "50.0%", "50.0%", "0.0%",
    ] in rows  # fmt: skip
    assert "left out of p.csv: prices of zero (free variants): 1" in said.out


def test_prices_of_a_day_and_a_lab(command: Command) -> None:
    rows = cells(command("prices", write("p.csv", TOKENS), "--on", "2025-05-31", "--lab", "acme").out)
    assert rows == [
        ["alpha-1", "Acme", "Acme", "", "1.00", "5.00", "2.00", "list"],
        ["Acme", "1", "2.00", "2.00", "2.00", "2.00", "2.00"],
    ]


def test_prices_of_hours(command: Command) -> None:
    rows = cells(command("prices", write("h.csv", HOURS), "--model", "h1").out)
    assert rows == [
        ["H100", "Cloud", "on-demand", "2", "2.00", "2.25", "2.50", "2.75", "3.00"],
        ["H100", "Cloud", "spot", "1", "1.00", "1.00", "1.00", "1.00", "1.00"],
    ]


@pytest.mark.parametrize("text", [TOKENS, HOURS])
def test_what_is_written_reads_back(command: Command, text: str) -> None:
    write("p.csv", text)
    said = command("prices", "p.csv", "--on", "2025-06-01", "--out", "new/t.csv")
    assert (said.status, said.out.splitlines()[-1]) == (0, "wrote new/t.csv")
    assert command("prices", "p.csv", "--on", "2025-06-01", "--out", "t.parquet").status == 0
    again = read_prices("new/t.csv").frame
    pd.testing.assert_frame_equal(again, pd.read_parquet("t.parquet"))
    assert command("prices", "new/t.csv", "--out", "t2.csv").status == 0
    assert Path("t2.csv").read_bytes() == Path("new/t.csv").read_bytes()


def test_a_scenario_is_written_and_shown(command: Command) -> None:
    said = command("prices", write("p.csv", TOKENS), "--scenario", "mine.toml")
    assert said.out.splitlines()[-1] == "wrote mine.toml"
    assert command("show", "mine.toml", "labs.count", "--toml").out.endswith("count = 2\n")
    assert command("show", "mine.toml", "resellers.count", "--toml").out.endswith("count = 1\n")


def test_names_are_no_markup(command: Command) -> None:
    said = command("prices", write("[red]p.csv", TOKENS.replace("beta-2", "[bold]x[/bold]")))
    assert (said.status, "[bold]x[/bold]" in said.out, "left out of [red]p.csv" in said.out) == (0, True, True)
