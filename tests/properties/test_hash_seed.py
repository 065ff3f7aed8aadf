"""Python hashes strings anew in every process; results must not depend on it."""

import os
import subprocess
import sys

PROGRAM = """
import hashlib
from market import TokenMarket
from scenarios import load

model = TokenMarket(load("baseline").parameters, rng=1)
for _ in range(6):
    model.step()
results = model.results()
tables = (results.rounds, results.firms, results.layers, results.flows)
print(hashlib.sha256("".join(table.to_csv() for table in tables).encode()).hexdigest())
"""


def test_results_are_the_same_bytes_whatever_the_hash_seed():
    digests = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2", "3")
    }
    assert len(digests) == 1
