"""What a calibration leaves: the ensemble, its nearest point as a scenario, and two tables to look at."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.calibration.calibrate import MEMBERS, Calibration
from analysis.calibration.matching import Places
from analysis.calibration.misses import CUTOFF
from analysis.findings.counterparts import PROFITS
from scenarios.batches.sensitivity import values_at
from scenarios.files.ensemble import FILE, ensemble_bytes
from scenarios.files.toml import to_toml_value
from scenarios.provenance import provenance
from scenarios.results.disk import disk_errors_explained, write_whole

SCENARIO: Final = "calibrated.toml"
TARGETS: Final = "targets.csv"
INPUTS: Final = "inputs.csv"
PINNED, LOOSE = 0.5, 0.8
"""Width of the ensemble's middle half over the prior's, below which an input is pinned, and above which it is not."""
FEWEST_MEMBERS: Final = 30
"""Members below which nothing is said of inputs."""
DIGITS: Final = 6


def save(found: Calibration, folder: Path) -> list[Path]:
    """Write the ensemble, ``calibrated.toml`` and the tables of targets and inputs; return their paths.

    Without members there is no ensemble: what the nearest run misses is all there is to say.
    """
    paths = [folder / name for name in (TARGETS, INPUTS, SCENARIO)]
    texts = (targets_table(found).to_csv(index=False), inputs_table(found).to_csv(index=False), scenario_text(found))
    with disk_errors_explained(folder, "the runs are kept", "what was found"):
        for path, text in zip(paths, texts, strict=True):
            write_whole(path, text.encode())
        if len(found.members):
            write_whole(folder / FILE, ensemble_bytes(*_ensemble(found)))
            paths.append(folder / FILE)
    return paths


def _ensemble(found: Calibration) -> tuple[dict[str, Any], dict[str, str], dict[str, Any]]:
    numbers = _spread_out(found.members)
    members = [values_at(found.inputs, found.points[number].tolist()) for number in numbers]
    keys = {key: "int" if item.whole else "float" for item in found.inputs for key in item.keys}
    columns: dict[str, Any] = {key: [member[key] for member in members] for key in keys}
    for target, values in zip(found.record.targets, found.values[numbers].T, strict=True):
        columns[f"target: {target.name}"] = values
    columns["worst"], columns["distance"] = found.worst[numbers], found.distance[numbers]
    about = {
        "record": found.record.model_dump(mode="json"),
        "scenario": found.scenario.name,
        "seed": found.seed,
        "runs": len(found.points),
        "waves": int(found.wave.max()),
        "agree": len(found.members),
        "versions": provenance()["versions"],
    }
    return columns, keys, about


def _spread_out(members: Places) -> Places:
    """Return as many members as are kept, evenly from the nearest to the record to the farthest that agrees."""
    if len(members) <= MEMBERS:
        return members
    return members[np.linspace(0, len(members) - 1, MEMBERS).round().astype(int)]


def targets_table(found: Calibration) -> pd.DataFrame:
    """Return a row per target: the record, what the ensemble and the nearest run have, how many runs come near.

    ``of`` is the ensemble, or the nearest tenth of all runs where no run agrees with the record. A target is *met*
    where the middle of these lies within the record's range, *near* within the tolerance, *missed* otherwise, and *out
    of reach* where not one run of the calibration comes within the cutoff. Profits are *a test*, whatever they are.
    """
    chosen, of = _chosen(found)
    rows = []
    for place, target in enumerate(found.record.targets):
        values, all_runs = found.values[chosen, place], found.implausible[:, place]
        there = values[np.isfinite(values)]
        low, middle, high = np.quantile(there, [0.05, 0.5, 0.95]) if len(there) else (np.nan,) * 3
        middle_off = float(np.median(found.implausible[chosen, place]))
        rows.append(
            {
                "target": target.name,
                "agent": target.agent,
                "measure": target.measure,
                "period": f"{target.period} over {target.since}" if target.since else target.period,
                "unit": target.unit,
                "low": target.low,
                "high": target.high,
                "of": of,
                "value_5": low,
                "value_50": middle,
                "value_95": high,
                "nearest": found.values[found.nearest, place],
                "status": _status(target.measure, all_runs, middle_off),
                "missed_by": float((found.implausible[chosen, place] > CUTOFF).mean()),
                "source": target.source,
                "grade": target.grade,
            }
        )
    return pd.DataFrame(rows)


def _chosen(found: Calibration) -> tuple[Any, str]:
    if len(found.members):
        return found.members, "ensemble"
    most = max(len(found.points) // 10, 1)
    return np.argsort(found.distance, kind="stable")[:most], "nearest tenth"


def _status(measure: str, all_runs: Any, middle_off: float) -> str:
    if measure in PROFITS:
        return "a test"
    if not (all_runs <= CUTOFF).any():
        return "out of reach"
    return "met" if middle_off == 0 else "near" if middle_off <= 1 else "missed"


def inputs_table(found: Calibration) -> pd.DataFrame:
    """Return a row per input: its range, what the record leaves of it, and whether the record pins it.

    ``width`` is the middle half of what is left over the middle half of the range: 1 where the record says nothing.
    """
    chosen, of = _chosen(found)
    rows = []
    for place, item in enumerate(found.inputs):
        shares = found.points[chosen, place]
        quarter, middle, upper = np.quantile(shares, [0.25, 0.5, 0.75])
        ends = (_moved(item, share) for share in (quarter, middle, upper))
        width = float((upper - quarter) / 0.5)
        verdict = _verdict(width, len(found.members))
        low_50, middle_50, high_50 = ends
        rows.append(
            {
                "input": item.name,
                "unit": item.shown_unit,
                "low": item.low,
                "high": item.high,
                "of": of,
                "left_25": low_50,
                "left_50": middle_50,
                "left_75": high_50,
                "nearest": _moved(item, found.points[found.nearest, place]),
                "width": width,
                "verdict": verdict,
                "grade": item.grade,
            }
        )
    return pd.DataFrame(rows)


def _verdict(width: float, members: int) -> str:
    if members < FEWEST_MEMBERS:
        return "too few members"
    return "pinned" if width < PINNED else "not pinned" if width > LOOSE else "partly"


def _moved(item: Any, share: float) -> float:
    """Return the value, or the factor, at a share of the range of an input."""
    value = next(iter(item.at(float(share)).values()))
    return float(value / item.values[0] if item.relative else value)


def scenario_text(found: Calibration) -> str:
    """Return the run nearest to the record as a scenario file."""
    values = values_at(found.inputs, found.points[found.nearest].tolist())
    values = {key: value if isinstance(value, int) else float(f"{value:.{DIGITS}g}") for key, value in values.items()}
    lines = [
        'title = "Calibrated"',
        f"question = {to_toml_value(_question(found))}",
        f"extends = {to_toml_value(found.record.scenario)}",
        "",
        *_dotted(found.record.set),
        *_dotted(values),
    ]
    return "\n".join(lines) + "\n"


def _question(found: Calibration) -> str:
    off = f"{found.worst[found.nearest]:.2g} standard deviations off at worst"
    return f"Who earns what where inputs are those nearest to the record ({found.record.title}; {off})?"


def _dotted(values: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {to_toml_value(value)}" for key, value in values.items()]
