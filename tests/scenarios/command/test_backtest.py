"""``tokenmarket backtest`` as a user meets it, on the real market."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.errors import BadInput
from scenarios.files.ensemble import ensemble_bytes

ABOUT = {"record": {"title": "T", "set": {"horizon.start": "2023-12"}, "users": 1000}, "scenario": "by-the-token"}
HEAD = "series,agent,measure,period,low,high,unit,source\n"
CSV = f"""{HEAD}chips,market,price_chip,2023-12,20000,30000,USD/accelerator,a list
chips,market,price_chip,2024-01,20000,30000,USD/accelerator,a list
rent,market,price_gpu_hour,2024-01,2,3,USD/GPU-hour,a list
"""


def test_worlds_are_held_to_a_record_of_ones_own(here):
    keys = {"vendors.substitution": "float"}
    (here / "two.parquet").write_bytes(ensemble_bytes({"vendors.substitution": [3.0, 6.0]}, keys, ABOUT))
    (here / "own.csv").write_text(CSV, encoding="utf-8")
    arguments = [
        "backtest",
        "own.csv",
        "--ensemble",
        "two.parquet",
        "--cut",
        "2023-12",
        "--workers",
        "1",
        "--out",
        "out",
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(here / "out" / "backtest.csv")
    assert table["period"].tolist() == ["2023-12", "2024-01"]
    assert table["known"].tolist() == [True, False]
    assert pd.read_csv(here / "out" / "scores.csv")["foretold"].tolist() == [1]
    held = pd.read_csv(here / "out" / "hindsight.csv").set_index("input")["known_from"]
    assert held["fleet.throughput"] == "2026-04"
    assert (held > "2023-12").all()
    assert "vendors.substitution" not in held
    assert "small_models.behind" not in held  # none is sold in the scenario
    assert f"{len(held)} inputs that the worlds share rest on what became known after 2023-12" in " ".join(
        result.output.split()
    )
    assert "nothing in this scenario stands for: rent" in " ".join(result.output.split())
    assert (here / "out" / "figures" / "backtest-series-1.png").exists()
    again = CliRunner().invoke(app, [*arguments, "--resume"])
    assert again.exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--ensemble", "nobody"), "unknown ensemble"),
        (("--cut", "soon"), "--cut 'soon'"),
        (("--replications", "0"), "--replications 0"),
        (("--seed", "-2"), "seed"),
        (("nowhere.csv",), "nowhere.csv"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(arguments, said, here):
    result = CliRunner().invoke(app, ["backtest", *arguments])
    assert isinstance(result.exception, BadInput)
    assert said in str(result.exception)
    assert list(here.iterdir()) == []
