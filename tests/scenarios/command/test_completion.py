import subprocess
import sys
from pathlib import Path

import pytest
from command import Command, command_of

from market.parameters.keys import leaves
from scenarios.command import completion
from scenarios.files.finding import experiments, presets
from scenarios.files.loading import defaults


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return command_of(monkeypatch, capsys)


def completed(monkeypatch: pytest.MonkeyPatch, command: Command, *words: str) -> list[str]:
    monkeypatch.setenv("_TOKENMARKET_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", " ".join(["tokenmarket", *words]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    return command().out.split()


def test_the_shell_completes_names_and_keys(command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "mine.toml").touch()
    (tmp_path / "studies" / "notes.txt").touch()
    for verb in ("run", "show", "serve"):
        assert completed(monkeypatch, command, verb, "lab-m") == ["lab-monopoly"]
    assert completed(monkeypatch, command, "run", "st") == ["stationary", "studies/"]
    assert completed(monkeypatch, command, "run", "studies/") == ["studies/mine.toml"]
    assert completed(monkeypatch, command, "batch", "comp") == ["competition"]
    assert completed(monkeypatch, command, "show", "baseline", "labs.pricin")[:3] == [
        "labs.pricing",
        "labs.pricing.cut",
        "labs.pricing.discount",
    ]
    assert completed(monkeypatch, command, "run", "baseline", "--set", "labs.pricing.c") == ["labs.pricing.cut="]


def test_every_preset_and_experiment_is_offered(command) -> None:
    assert set(completion.scenario_names("")) >= set(presets())
    assert set(completion.experiment_names("")) >= set(experiments())


def test_keys_are_kept_until_a_declaration_changes(command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from market import Parameters

    keys = completion.known_keys()
    assert {leaf.name for leaf in leaves(Parameters, defaults())} <= set(keys)
    kept = tmp_path / "cache" / "tokenmarket" / "keys.txt"
    state, *lines = kept.read_text().splitlines()
    assert lines == keys
    kept.write_text(f"{state}\nkept.key")
    assert completion.known_keys() == ["kept.key"]
    monkeypatch.setattr(completion, "_state", lambda: "another")
    assert completion.known_keys() == keys
    kept.write_bytes(b"\xff\xfe")
    assert completion.known_keys() == keys


def test_keys_are_completed_where_nothing_can_be_kept(command, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, no folder")
    assert "labs.count=" in completion.assignments("labs.c")


def test_the_shells_script_is_shown(command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("bash", "/bin/bash"))  # the tests' own may be another
    said = command("--show-completion")
    assert said.status == 0
    assert "_TOKENMARKET_COMPLETE=complete_bash" in said.out


def test_version_tells_program_python_mesa_and_commit() -> None:
    code = "import sys; sys.argv = ['tokenmarket', '--version']\nfrom scenarios.cli import main\n"
    code += "try: main()\nfinally: print({'numpy', 'pandas', 'mesa', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    line, loaded = done.stdout.splitlines()
    assert loaded == "set()"
    version = ".".join(map(str, sys.version_info[:3]))
    assert line.startswith("tokenmarket 0.")
    assert f"(Python {version}, Mesa 3." in line
    root = Path(__file__).parents[3]
    if (root / ".git").exists():
        head = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
        assert f"commit {head.stdout[:12]}" in line
