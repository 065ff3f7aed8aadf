"""A column of results is one declaration: whoever adds it finds it in tables, files, units and what Mesa collects."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NEW = {
    "market/records/rounds.py": 'Column("firms_alive", "firm", int, "All firms in business", '
    "lambda seen: sum(firm.alive for firm in seen.model.firms)),",
    "market/records/firms.py": 'Column("spent", "USD", float, "What is usually spent in a month", '
    "lambda seen: [firm.usual_spending for firm in seen.firms], stock=True, collected=True),",
    "market/records/layers.py": 'Column("pay", "USD", float, "Pay of staff", lambda seen: seen.pay, collected=True),',
    "market/records/flows.py": 'Column("taxed", "yes/no", bool, "Whether it goes to the state", '
    'lambda seen: [category == "tax" for _, _, category in seen.between]),',
    "market/records/plans.py": 'Column("on_sale", "yes/no", bool, "Whether it is on offer", '
    "lambda seen: [True] * len(seen.sold)),",
    "market/records/sessions.py": 'Column("last", "number", int, "Of the session, from the end", '
    "lambda seen: -seen[0]),",
    "market/commons/columns.py": 'Column("fresh", "Ttok", float, "What the last crawl found", '
    "lambda seen: seen.commons.fresh.tokens),",
}
"""A line for each table."""

PROGRAM = """
import json
from pathlib import Path

from market import TokenMarket
from market.firms import Firm
from market.records.columns import RECORDED, UNITS
from scenarios import load, run, schema
from scenarios.results.saving import save_run
from scenarios.results.store import read_table

small = {"labs.count": 2, "resellers.count": 2, "commons.mode": "on", "horizon.rounds": 2}
save_run(run(load("baseline", small), seed=1, users=1000), Path("out"), seconds=1.0)
tables = {name: read_table(Path("out"), name) for name in UNITS}
model = TokenMarket(load("baseline", small | {"population.users": 1000}).parameters)
model.step()
print(json.dumps({
    "last": {name: list(table)[-1] for name, table in tables.items()},
    "stored": {name: str(table.dtypes.iloc[-1]) for name, table in tables.items()},
    "units": {name: table.attrs["units"][list(table)[-1]] for name, table in tables.items()},
    "schema": {name: str(schema.schema(name)[-1].type) for name in UNITS},
    "missing": {name: bool(table.iloc[:, -1].isna().any()) for name, table in tables.items()},
    "collected": sorted({"firms_alive", "pay_labs"} & set(model.datacollector.get_model_vars_dataframe())),
    "of_firms": list(model.datacollector.get_agenttype_vars_dataframe(Firm))[-1],
    "stock": "spent" in RECORDED["firms"].stocks,
    "measures": [schema.measures(None)[-1], schema.measures("labs")[-1]],
}))
"""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with one line more in each table."""
    folder = tmp_path_factory.mktemp("grown")
    for package in ("market", "scenarios"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file, line in NEW.items():
        before, end, after = (folder / file).read_text(encoding="utf-8").rpartition("    ))\n# fmt: on\n")
        assert end, file
        (folder / file).write_text(f"{before}        {line}\n{end}{after}", encoding="utf-8")
    return folder


def test_a_column_is_one_line(grown: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(grown), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=grown, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    names = {
        "rounds": "firms_alive",
        "firms": "spent",
        "layers": "pay",
        "flows": "taxed",
        "plans": "on_sale",
        "commons": "fresh",
        "sessions": "last",
    }
    types = {
        "rounds": "int64",
        "firms": "double",
        "layers": "double",
        "flows": "bool",
        "plans": "bool",
        "commons": "double",
        "sessions": "int64",
    }
    assert json.loads(done.stdout) == {
        "last": names,
        "stored": {name: kind.replace("double", "float64") for name, kind in types.items()},
        "units": {
            "rounds": "firm",
            "firms": "USD",
            "layers": "USD",
            "flows": "yes/no",
            "plans": "yes/no",
            "commons": "Ttok",
            "sessions": "number",
        },
        "schema": types,
        "missing": dict.fromkeys(names, False),
        "collected": ["firms_alive", "pay_labs"],
        "of_firms": "spent",
        "stock": True,
        "measures": ["firms_alive", "pay"],
    }
