import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scenarios.errors import BadInput
from scenarios.files.ensemble import FILE, ensemble_bytes, load_ensemble

KEYS = {"labs.count": "int", "fleet.throughput": "float"}
ABOUT = {"record": {"title": "T", "set": {"horizon.start": "2023-01"}}, "scenario": "baseline"}


def content(counts=(3, 4), throughputs=(100.0, 200.0)) -> bytes:
    return ensemble_bytes({"labs.count": list(counts), "fleet.throughput": list(throughputs)}, KEYS, ABOUT)


def test_members_come_back_with_what_was_set_in_every_run(tmp_path):
    (tmp_path / FILE).write_bytes(content())
    for source in (tmp_path, tmp_path / FILE, str(tmp_path)):
        found = load_ensemble(source)
        assert found.members[1] == {"horizon.start": "2023-01", "labs.count": 4, "fleet.throughput": 200.0}
        assert isinstance(found.members[0]["labs.count"], int)


def test_a_file_beside_an_experiment_is_found_there(tmp_path):
    (tmp_path / "own.parquet").write_bytes(content())
    assert len(load_ensemble("own.parquet", tmp_path).members) == 2


def test_the_same_ensemble_is_the_same_bytes():
    assert content() == content()


@pytest.mark.parametrize(
    ("bytes_", "said"),
    [
        (b"", "cannot be read as Parquet"),
        (content()[:-20], "cannot be read as Parquet"),
        (content((), ()), "has 0 members"),
        (content((3, None)), "member 2: labs.count = None must be a number"),
        (content(throughputs=(1.0, float("nan"))), "member 2: fleet.throughput"),
        (ensemble_bytes({"labs.count": [1]}, KEYS, ABOUT), "has no column 'fleet.throughput'"),
        (ensemble_bytes({"labs.count": [1]}, {}, ABOUT), "moves no parameter"),
    ],
)
def test_a_damaged_file_is_named(tmp_path, bytes_, said):
    (tmp_path / FILE).write_bytes(bytes_)
    with pytest.raises(BadInput, match=said) as problem:
        load_ensemble(tmp_path)
    assert FILE in str(problem.value)


def test_any_parquet_file_is_no_ensemble(tmp_path):
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    with pytest.raises(BadInput, match="is no ensemble of tokenmarket calibrate"):
        load_ensemble(tmp_path / "a.parquet")


@pytest.mark.parametrize("source", ["nobody", "", "\x00", "nowhere/ensemble.parquet"])
def test_none_where_there_is_none(source):
    with pytest.raises(BadInput):
        load_ensemble(source)


def test_a_folder_without_one_says_what_makes_it(tmp_path):
    with pytest.raises(BadInput, match="tokenmarket calibrate"):
        load_ensemble(tmp_path)
