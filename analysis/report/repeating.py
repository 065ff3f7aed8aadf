"""The parts of a report that say what was run and how to repeat it, as HTML."""

import json
import shlex
from pathlib import Path
from typing import Any

from analysis.figures.drawing import MOST_SETTINGS
from analysis.report.blocks import code, details, paragraph, section, table, text
from analysis.results import BatchResults
from analysis.tables.origin import Origin
from market.wording import counted
from scenarios.files.study import Study


def head(origin: Origin) -> str:
    """Return the title of a page, and the question that it answers."""
    question = f'<p class="question">{text(origin.question)}</p>' if origin.question else ""
    return f"<h1>{text(origin.title)}</h1>\n{question}"


def runs_table(results: BatchResults, origin: Origin, listed: bool = True) -> str:
    """Return which runs failed or are missing and, if they are to be listed, how many there are of each setting."""
    if not listed:
        return section("Runs", _missing(results, origin), _failures(results))
    runs = results.runs
    counts = runs.groupby(["setting", "status"], observed=True).size().unstack(fill_value=0)
    counts = counts.reindex(columns=["done", "failed"], fill_value=0)
    names = [str(name) for name in counts.index]
    rows = [[name, results.title(name), *counts.loc[name], origin.question_of(name)] for name in names]
    head = ["Setting", "Title", "Done", "Failed", "Question of its scenario"]
    settings = details(counted(len(counts), "setting"), table(head, rows, (0, 1, 4)))
    return section("Runs", _missing(results, origin), _failures(results), settings)


def _missing(results: BatchResults, origin: Origin) -> str:
    missing = (origin.planned or 0) - len(results.runs)
    if missing <= 0:
        return ""
    return paragraph(f"{missing} of {origin.planned} runs are missing: the batch is not finished.", "warning")


def _failures(results: BatchResults) -> str:
    failed = results.runs[results.runs["status"] == "failed"]
    if failed.empty:
        return paragraph(f"{counted(len(results.runs), 'run')}, none failed.")
    warning = f"{len(failed)} of {len(results.runs)} runs failed; they are in no other table and no figure."
    rows = failed[["setting", "replication", "seed", "error"]].itertuples(index=False, name=None)
    listed = table(["Setting", "Replication", "Seed", "Error"], rows, (0, 3))
    return paragraph(warning, "warning") + (details("Failed runs", listed) if len(failed) > 20 else listed)


def origin_section(results: BatchResults, origin: Origin) -> str:
    """Return what it takes to repeat the results: commands, parameters, seeds, versions."""
    declared = json.dumps(origin.experiment, indent=1, ensure_ascii=False) if origin.experiment else ""
    return section(
        "How to repeat this",
        code(_commands(results, origin)),
        changes_table(origin),
        details("The experiment as declared", code(declared)) if declared else "",
        *seeds_and_versions(results, origin),
    )


def changes_table(origin: Origin) -> str:
    """Return the parameters of every setting that differ from their defaults."""
    named = [str(item["name"]) for item in origin.settings]
    names = named[:MOST_SETTINGS]
    cut = f"The parameters of {len(names)} of {len(named)} settings; manifest.json beside the report has all of them."
    changed = [
        [name, change.name, _value(change.value), _value(change.default), change.unit]
        for name in names
        for change in origin.changes(name)
    ]
    head = ["Setting", "Parameter", "In effect", "Default", "Unit"]
    return details(
        "Parameters that differ from their defaults",
        paragraph(cut, "note") if len(named) > len(names) else "",
        table(head, changed, (0, 1, 2, 3, 4)),
    )


def study_origin(results: BatchResults, origin: Origin, study: Study) -> str:
    """Return what it takes to repeat a sensitivity study."""
    command = shlex.join(["tokenmarket", "sensitivity", *_study_arguments(origin, study), "--out", "NEW_FOLDER"])
    return section("How to repeat this", code(f"{command}\n"), *seeds_and_versions(results, origin))


def _study_arguments(origin: Origin, study: Study) -> list[str]:
    asked = origin.experiment
    given: list[tuple[str, Any]] = [("--ensemble", study.ensemble) if study.ensemble else ("--method", study.method)]
    given += [(f"--{name}", asked.get(name)) for name in ("rounds", "users")]
    given += [("--runs", study.runs), ("--seed", study.seed)]
    given += [("--measure", name) for name in study.measures]
    given += [("--input", pattern) for pattern in study.patterns]
    given += [
        ("--set", f"{key}={json.dumps(value, ensure_ascii=False)}") for key, value in (asked.get("set") or {}).items()
    ]
    return [str(asked["scenario"]), *(str(part) for pair in given if pair[1] is not None for part in pair)]


def seeds_and_versions(results: BatchResults, origin: Origin) -> list[str]:
    """Return the seeds of the runs, and the versions of the program and its libraries."""
    seeds = results.runs[["replication", "seed"]].drop_duplicates("replication").sort_values("replication")
    versions = [*origin.versions.items(), *([("commit", origin.commit)] if origin.commit else [])]
    return [
        details("Seeds", table(["Replication", "Seed"], seeds.itertuples(index=False, name=None), ())),
        details("Versions", table(["Program or library", "Version"], versions, (0, 1))),
    ]


def _commands(results: BatchResults, origin: Origin) -> str:
    from scenarios.files.finding import experiments

    folder = results.directory or Path("DIR")
    if origin.experiment:
        source = origin.name if origin.name in experiments() else "EXPERIMENT.toml"
        again = f"batch {shlex.quote(source)} --replications {origin.experiment['replications']}"
        if ensemble := origin.experiment.get("ensemble"):
            again = f"{again} --ensemble {shlex.quote(ensemble)}"
    else:
        kept = folder / "scenario.toml"
        source = str(kept) if kept.exists() else origin.name
        again = f"run {shlex.quote(source)} --seed {results.runs['seed'].iloc[0]}"
    return f"tokenmarket {again} --out NEW_FOLDER\ntokenmarket report NEW_FOLDER\n"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value)} records"
    return "–" if value is None else str(value)
