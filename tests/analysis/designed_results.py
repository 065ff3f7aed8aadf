"""Results of an experiment whose margins are a known function of what varies."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import pandas as pd

from analysis.results import BatchResults

LAYERS = ("hardware", "labs", "resellers")
Margin = Callable[[str, Mapping[str, Any], int], float]


def designed(
    points: Sequence[Mapping[str, Any]],
    experiment: Mapping[str, Any],
    margin: Margin,
    named: Sequence[Mapping[str, Any]] = ({},),
    replications: int = 3,
) -> BatchResults:
    """Runs of one month, in which each layer sells for 100 USD; ``margin`` of layer, point and replication."""
    plan, rows = [], []
    for spec, (number, point) in product(named, enumerate(points)):
        name = " · ".join(filter(None, (spec.get("name", ""), f"point {number}")))
        plan.append({"name": name, "title": name, "scenario": "baseline", "set": dict(point)})
        where = {**point, "group": spec.get("name", "")}
        for replication, layer in product(range(replications), LAYERS):
            profit = 100 * margin(layer, where, replication)
            rows.append(
                {"setting": name, "replication": replication, "seed": replication, "round": 0, "layer": layer}
                | dict.fromkeys(("profit", "capitalised_profit", "cash_profit"), profit)
                | {"revenue": 100.0, "cost": 100 - profit, "value_added": 50.0, "profit_gain": 0.5}
            )
    layers = pd.DataFrame(rows)
    runs = layers[["setting", "replication", "seed"]].drop_duplicates()
    tables = {"layers": layers, "rounds": runs.assign(round=0, month="2024-01"), "runs": runs.assign(status="done")}
    manifest = {
        "experiment": {
            "name": "study",
            "scenario": "baseline",
            "settings": [spec for spec in named if spec],
            **experiment,
        },
        "settings": plan,
        "scenarios": {"baseline": {"title": "Baseline", "question": "?", "parameters": {}}},
    }
    return BatchResults(tables.__getitem__, manifest)


def grid(values: Mapping[str, Sequence[Any]], margin: Margin, **options: Any) -> BatchResults:
    """Results of a grid of these values."""
    points = [dict(zip(values, row, strict=True)) for row in product(*values.values())]
    return designed(points, {"grid": {name: list(column) for name, column in values.items()}}, margin, **options)
