"""Good files with something wrong put in at random are read or refused with a message; nothing else ever happens."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analysis.tables.origin import Origin
from market import Parameters
from market.parameters.keys import leaves
from scenarios import load, run
from scenarios.batches.batch import run_batch
from scenarios.batches.plan import Plan
from scenarios.errors import BadInput
from scenarios.files.experiment import Experiment, load_experiment
from scenarios.files.series import read_series
from scenarios.files.toml import read_toml, to_toml
from scenarios.prices.reading import read_prices
from scenarios.results.reading import TABLES, check_tables, read_manifest, read_table
from scenarios.results.saving import save_run

ODD = (
    "nan", "inf", "-inf", "1e400", "-1", "0", "1e308", "9" * 5000, "0x" + "f" * 5000, "9223372036854775808", "true",
    "''", '""', "'x'", "'" + "x" * 10_000 + "'", '"\\u0000"', '"\\u001b[31m"', "'🙂'", "[]", "{}", "[[]]", "[{}]",
    "{a = 1}", "[1, 'x']", "2024-01-01", "12:00:00", "null", "[" * 50 + "]" * 50, "x", "'gov.uk'", "'٢٠٢٤-01'",
    '"\\ud800"',
)  # fmt: skip
"""Values that somebody might write, or a broken program."""

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLACE, BYTE, VALUE = st.integers(0, 2**31), st.integers(0, 255), st.sampled_from(ODD)
HARM = st.sampled_from(("cut", "flip", "insert", "twice", "value", "key"))


def harmed(content: bytes, harm: str, place: int, byte: int, value: str) -> bytes:
    """Return a file with one thing wrong."""
    here = place % (len(content) + 1)
    lines = content.split(b"\n")
    line = place % len(lines)
    key, sign, _ = lines[line].partition(b"=" if b"=" in lines[line] else b":")
    match harm:
        case "cut":
            return content[:here]
        case "flip":
            return content[:here] + bytes([byte]) + content[here + 1 :]
        case "insert":
            return content[:here] + value.encode() + content[here:]
        case "twice":
            lines.insert(line, lines[line])
        case "value":
            lines[line] = key + sign + value.encode() if sign else value.encode()
        case "key":
            lines[line] = value.encode() + (sign or b"=") + b"1"
    return b"\n".join(lines)


def read_or_refused(read: Callable[[], object]) -> None:
    """Read; a refusal must be in words that can be printed."""
    try:
        read()
    except BadInput as problem:
        message = str(problem)
        assert message.strip()
        assert all(sign.isprintable() or sign == "\n" for sign in message)
        assert max(map(len, message.splitlines())) < 10_000


SCENARIO = to_toml({"question": "Q?", **load("human-drought").parameters.model_dump(mode="json")})


@given(HARM, PLACE, BYTE, VALUE)
@example("key", 0, 0, "a." * 3000 + "a")
@settings(FEW, max_examples=200)
def test_scenarios(tmp_path: Path, harm: str, place: int, byte: int, value: str) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(harmed(SCENARIO.encode(), harm, place, byte, value))
    read_or_refused(lambda: load(path))


KEYS = tuple(leaf.name for leaf in leaves(Parameters, load("human-drought").parameters.model_dump(mode="json")))


@given(st.sampled_from(KEYS), VALUE)
@settings(FEW, max_examples=200)
def test_assignments(key: str, value: str) -> None:
    for name in (key, key.rpartition(".")[0] or "name", f"{key}.x"):
        read_or_refused(lambda name=name: load("baseline", [f"{name}={value}"]))  # type: ignore[misc]


EXPERIMENT = """question = "Q?"
replications = 2
settings = [{name = "a", set = {"labs.count" = 2}}, "lab-duopoly"]
[grid]
"resellers.count" = [0, 3]
[list]
"vendors.count" = [1, 2]
[sobol]
n = 2
[sobol.ranges]
"labs.salvage" = [0.1, 0.2]
[stop]
measure = "profit"
layer = "labs"
half_width = 1.0
[limits]
seconds = 10
"""


@given(HARM, PLACE, BYTE, VALUE)
@settings(FEW)
def test_experiments(tmp_path: Path, harm: str, place: int, byte: int, value: str) -> None:
    path = tmp_path / "e.toml"
    path.write_bytes(harmed(EXPERIMENT.encode(), harm, place, byte, value))
    read_or_refused(lambda: Plan(load_experiment(path)))


@given(HARM, PLACE, BYTE, VALUE)
@settings(FEW, max_examples=200)
def test_series(tmp_path: Path, harm: str, place: int, byte: int, value: str) -> None:
    path = tmp_path / "s.csv"
    text = 'date,value,unit,source\n2024-01,0.1,USD/kWh,"a ""b"""\n2024-02,2e-1,USD/kWh,\n2025-12,3,USD/kWh,x\n'
    path.write_bytes(harmed(text.encode(), harm, place, byte, value))
    read_or_refused(lambda: read_series(path, "USD/kWh"))


PRICES = {
    "t.csv": "date,model,lab,channel,input,output,unit\n2024-01,a-1,A,A,1,4,USD/Mtok\n2024-02,a-1,A,B,2,4,USD/Mtok\n",
    "h.csv": "accelerator,channel,offer,price,unit\nH100,A,spot,1,USD/GPU-hour\nH100,A,on-demand,2,USD/GPU-hour\n",
    "vms.csv": "InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice,Region\np,H,8,16,8,u\np,H,8,17,,e\n",
    "l.json": """{"gpt-5": {"litellm_provider": "openai", "mode": "chat",
"input_cost_per_token": 1.25e-06,
"output_cost_per_token": 1e-05},
"azure/gpt-5": {"litellm_provider": "azure", "mode": "chat",
"tiered_pricing": [{"input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05}]}}
""",
}


@given(st.sampled_from(tuple(PRICES)), HARM, PLACE, BYTE, VALUE)
@settings(FEW, max_examples=120)
def test_prices(tmp_path: Path, name: str, harm: str, place: int, byte: int, value: str) -> None:
    path = tmp_path / name
    path.write_bytes(harmed(PRICES[name].encode(), harm, place, byte, value))
    read_or_refused(lambda: read_prices(str(path)))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Results of a run, and of a batch."""
    folder = tmp_path_factory.mktemp("kept")
    save_run(run(load("baseline"), rounds=2, users=1_000), folder / "run", 1.0)
    asked = Experiment(name="x", question="Q?", rounds=1, users=1_000, replications=2, set={"labs.count": 2})
    run_batch(asked, workers=1, out=folder / "batch")
    return {kind: folder / kind for kind in ("run", "batch")}


def read_all(folder: Path) -> None:
    manifest = read_manifest(folder)
    check_tables(folder, manifest)
    for name in TABLES:
        read_table(folder, name)
    origin = Origin(manifest)
    assert isinstance(origin.question, str)
    assert origin.planned is None or origin.planned > 0
    for setting in origin.settings:
        assert isinstance(origin.changes(setting["name"]), list)


@given(st.sampled_from(("run", "batch")), HARM, PLACE, BYTE, VALUE)
@settings(FEW, max_examples=120)
def test_manifests(
    tmp_path: Path, kept: dict[str, Path], kind: str, harm: str, place: int, byte: int, value: str
) -> None:
    folder = tmp_path / kind
    if not folder.exists():
        shutil.copytree(kept[kind], folder)
    content = (kept[kind] / "manifest.json").read_bytes()
    (folder / "manifest.json").write_bytes(harmed(content, harm, place, byte, value))
    read_or_refused(lambda: read_all(folder))


@given(st.sampled_from(TABLES), st.sampled_from(("cut", "flip", "insert")), PLACE, BYTE, VALUE)
@settings(FEW)
def test_tables(tmp_path: Path, kept: dict[str, Path], name: str, harm: str, place: int, byte: int, value: str) -> None:
    folder = tmp_path / "run"
    shutil.copytree(kept["run"], folder, dirs_exist_ok=True)
    path = folder / f"{name}.parquet"
    content = path.read_bytes()
    changed = harmed(content, harm, place, byte, value)
    path.write_bytes(changed)
    if changed == content:
        read_all(folder)
    else:
        with pytest.raises(BadInput, match=rf"{name}\.parquet: "):
            read_all(folder)


def test_what_is_harmed_is_good_as_it_is(tmp_path: Path, kept: dict[str, Path]) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO)
    (tmp_path / "e.toml").write_text(EXPERIMENT)
    assert load(tmp_path / "s.toml").parameters.model_dump(exclude={"name"}) == load(
        "human-drought"
    ).parameters.model_dump(exclude={"name"})
    assert len(Plan(load_experiment(tmp_path / "e.toml")).settings) == 16
    assert read_toml(tmp_path / "s.toml")["question"] == "Q?"
    for name, text in PRICES.items():
        (tmp_path / name).write_text(text)
        assert len(read_prices(str(tmp_path / name)).frame) >= 2
    for folder in kept.values():
        read_all(folder)
