"""``tokenmarket run --ensemble``: one scenario in several worlds."""

import json
from pathlib import Path

import pytest
from command import Command, command_of

from analysis.findings.worlds import claims_in_worlds, margins_in_worlds
from analysis.results import read_results
from scenarios.files.ensemble import ensemble_bytes

ABOUT = {"record": {"title": "T", "set": {"horizon.start": "2023-01"}}, "scenario": "baseline"}
KEYS = {"vendors.count": "int"}
RUN = ("run", "baseline", "--rounds", "3", "--users", "1000", "--ensemble", "three.parquet", "--workers", "1")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    (tmp_path / "three.parquet").write_bytes(ensemble_bytes({"vendors.count": [1, 2, 6]}, KEYS, ABOUT))
    return command_of(monkeypatch, capsys)


def test_a_scenario_is_run_in_every_world_and_counted(command: Command, tmp_path: Path) -> None:
    said = command(*RUN, "--set", "labs.count=2", "--out", "out")
    assert said.status == 0, said.err
    assert "3 worlds that agree with “T”" in said.out
    results = read_results(tmp_path / "out")
    assert [run["vendors.count"] for run in results.manifest["ensemble"]["members"]] == [1, 2, 6]
    margins = margins_in_worlds(results).set_index("layer")
    assert set(margins["worlds"]) == {3}
    for layer, row in margins.iterrows():
        line = next(line for line in said.out.splitlines() if line.startswith(f"│ {layer} "))
        assert f"{row['value_50']:.0%}" in line
        assert f"{row['negative']:.0%}" in line
    again = command(*RUN, "--set", "labs.count=2", "--out", "out", "--resume")
    assert again.status == 0
    assert again.out.splitlines()[1:] == said.out.splitlines()[1:]


def test_the_counts_are_told_as_json(command: Command, tmp_path: Path) -> None:
    said = command(*RUN, "--json")
    assert said.status == 0, said.err
    told = json.loads(said.out)
    assert (told["worlds"], told["record"]) == (3, "T")
    results = read_results(tmp_path / "results" / "baseline-worlds")
    assert [row["share"] for row in told["claims"]] == claims_in_worlds(results)["share"].tolist()
    assert {row["layer"]: row["noise"] for row in told["layers"]} == dict.fromkeys(("hardware", "labs", "resellers"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--ensemble", "nobody"), "unknown ensemble 'nobody'"),
        (("--ensemble", "three.parquet", "--debug"), "--debug has no meaning with --ensemble"),
        (("--ensemble", "three.parquet", "--overwrite"), "--overwrite has no meaning with --ensemble"),
        (("--workers", "2"), "--workers has no meaning without --ensemble"),
        (("--resume",), "--resume has no meaning without --ensemble"),
        (("--ensemble", "three.parquet", "--set", "labs.cuont=1"), "labs.count"),
        (("--ensemble", "three.parquet", "--rounds", "0"), "rounds"),
    ],
)
def test_what_will_not_do_is_refused(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    said = command("run", "baseline", *arguments)
    assert (said.status, said.out) == (2, "")
    assert message in said.err
    assert not (tmp_path / "results").exists()
