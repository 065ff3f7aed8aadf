import re
from pathlib import Path

import pytest

from scenarios.batches.batch import run_batch
from scenarios.batches.plan import Plan
from scenarios.files.experiment import load_experiment

PAGE = (Path(__file__).parents[2] / "docs" / "experiments.md").read_text(encoding="utf-8")
BLOCKS = {kind: re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL) for kind in ("toml", "python")}
SETTINGS = [2, 3, 6, 3, 40, 64, 24, 2, 2, 3]


@pytest.fixture
def written(tmp_path: Path):
    def to_file(text: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return to_file


@pytest.mark.parametrize("place", range(len(SETTINGS)))
def test_every_example_is_an_experiment(place: int, written) -> None:
    found = Plan(load_experiment(written(BLOCKS["toml"][place])))
    assert len(found.settings) == SETTINGS[place]


def test_there_is_an_example_of_every_design() -> None:
    assert len(BLOCKS["toml"]) == len(SETTINGS)
    for part in (
        "settings = [",
        "[grid]",
        "[list]",
        "[latin_hypercube]",
        "[sobol]",
        "ensemble = ",
        "[stop]",
        "[limits]",
    ):
        assert any(part in text for text in BLOCKS["toml"]), part


def test_what_the_page_says_of_its_examples(written) -> None:
    grid = Plan(load_experiment(written(BLOCKS["toml"][2])))
    assert "vendors.count=1 · labs.pricing=undercut" in [setting.name for setting in grid.settings]
    named = Plan(load_experiment(written(BLOCKS["toml"][1])))
    assert [setting.title for setting in named.settings] == ["Baseline", "Price war among labs", "Two labs at war"]
    crossed = Plan(load_experiment(written(BLOCKS["toml"][6])))
    assert len(crossed.settings) * crossed.experiment.replications == 120
    assert [crossed.seed(3)] == [named.seed(3)]
    sample = Plan(load_experiment(written(BLOCKS["toml"][4])))
    assert all(isinstance(count, int) for count in sample.varied["labs.count"])


def test_doubling_a_sobol_sample_keeps_its_points(written) -> None:
    text = BLOCKS["toml"][5]
    few = Plan(load_experiment(written(text.replace("n = 64", "n = 8"))))
    more = Plan(load_experiment(written(text.replace("n = 64", "n = 16"))))
    for name, values in few.varied.items():
        assert more.varied[name][:8] == values


def test_the_code_reads_the_results_of_the_first_example(
    written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run_batch(written(BLOCKS["toml"][0]), workers=1, out="results/mine")
    printed = []
    for code in BLOCKS["python"]:
        exec(compile(code, "docs/experiments.md", "exec"), {"__name__": "page"})
        printed.append(capsys.readouterr().out)
    assert len(printed) == 3
    assert "labs.count" in printed[0]
    assert re.search(r"count\s+3", printed[0])
    assert {"hardware", "labs", "resellers", "hardware_profit"} <= set(printed[1].split())
    assert printed[2] == "4\n"
