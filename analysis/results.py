"""The results of one run or of a batch as pandas tables, read when they are first asked for."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pandas as pd

from market.records.columns import LAYERS, TABLES

CATEGORIES = (
    "setting", "month", "layer", "kind", "firm", "unit", "form", "seller", "plan", "payer", "payee", "category",
    "status",
)  # fmt: skip
RUN_KEYS = ["setting", "replication", "seed"]

Row = Mapping[Hashable, Any]
"""A row of a table, values by column."""


@dataclass(frozen=True)
class BatchResults:
    """Tables of one or more runs; each opens with the columns ``setting``, ``replication`` and ``seed``.

    Attributes:
        load: Reads a table by name.
        manifest: What was run: scenario or experiment, effective parameters, seeds, versions.
        directory: Where the results lie; None for a run in memory.
        part: Reads a table of some settings by its name and theirs, where there is no need to read all of it for that.
    """

    load: Callable[[str], pd.DataFrame] = field(repr=False)
    manifest: Mapping[str, Any] = field(default_factory=dict, repr=False)
    directory: Path | None = None
    part: Callable[[str, Sequence[str]], pd.DataFrame] | None = field(default=None, repr=False)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row per run: status, error, seconds and the parameters that vary."""
        return self._read("runs")

    @cached_property
    def rounds(self) -> pd.DataFrame:
        """One row per run and round: the market."""
        return self._read("rounds")

    @cached_property
    def firms(self) -> pd.DataFrame:
        """One row per run, round and firm."""
        return self._read("firms")

    @cached_property
    def layers(self) -> pd.DataFrame:
        """One row per run, round and layer."""
        return self._read("layers")

    @cached_property
    def flows(self) -> pd.DataFrame:
        """One row per run, round, payer, payee and category of payment."""
        return self._read("flows")

    @cached_property
    def plans(self) -> pd.DataFrame:
        """One row per run, round, kind of seller and plan on offer: who uses, pays and costs how much."""
        return self._read("plans")

    @cached_property
    def commons(self) -> pd.DataFrame:
        """One row per run and round where the content commons is not off: text by origin, and what it is worth."""
        return self._read("commons")

    @cached_property
    def sessions(self) -> pd.DataFrame:
        """One row per run and session of a pricing game: how sellers that learn ended."""
        return self._read("sessions")

    @property
    def settings(self) -> list[str]:
        """Names of the settings that have results, in the order of the experiment."""
        return list(self.layers["setting"].cat.remove_unused_categories().cat.categories)

    def title(self, setting: str) -> str:
        """Return a setting in words; its name where its scenario or experiment gives no title."""
        known = {item["name"]: item.get("title") for item in self.manifest.get("settings") or ()}
        return str(known.get(setting) or setting)

    @property
    def finished(self) -> int:
        """Runs that have results."""
        return int((self.runs["status"] == "done").sum())

    @property
    def replications(self) -> int:
        """Finished runs of the setting that has most."""
        done = self.layers[["setting", "replication"]].drop_duplicates()
        return int(done["setting"].value_counts().max())

    def only(self, settings: Sequence[str]) -> "BatchResults":
        """Return the results of some settings."""

        def load(name: str) -> pd.DataFrame:
            if self.part is None or name in vars(self):
                whole: pd.DataFrame = getattr(self, name)
                table = whole[whole["setting"].isin(settings)]
            else:
                table = categorised(self.part(name, settings))
            return table.assign(setting=table["setting"].cat.remove_unused_categories())

        return BatchResults(load, self.manifest, self.directory)

    def __repr__(self) -> str:
        return f"BatchResults({len(self.settings)} settings × {self.replications} replications)"

    def _read(self, table: str) -> pd.DataFrame:
        return categorised(self.load(table))


def read_results(directory: str | Path) -> BatchResults:
    """Return the results in a folder: of a batch, finished or not, or of a single run.

    Raises:
        scenarios.BadInput: If the folder holds no results.
    """
    from scenarios.results.reading import read_manifest, read_table

    folder = Path(directory)
    read = partial(read_table, folder)
    return BatchResults(read, read_manifest(folder), folder, read)


def categorised(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with names as categories; settings and layers keep their order, other names are sorted."""
    changed: dict[str, Any] = {}
    for column in CATEGORIES:
        if column not in table:
            continue
        values = table[column]
        if column == "layer":
            changed[column] = pd.Categorical(values, categories=LAYERS, ordered=True)
        elif not isinstance(values.dtype, pd.CategoricalDtype):
            order = values.unique() if column == "setting" else None
            changed[column] = pd.Categorical(values, categories=order)
    return table.assign(**changed)


def in_memory(results: Any) -> BatchResults:
    """Return the tables of one run (``market.Results``) as a batch of one; a batch is returned as it is."""
    if isinstance(results, BatchResults):
        return results
    run = {"setting": results.parameters.name, "replication": 0, "seed": results.seed}
    tables = {name: _labelled(getattr(results, name), run) for name in TABLES}
    finished = run | {"status": "done", "error": "", "rounds": len(results.rounds)}
    tables["runs"] = pd.DataFrame([finished | {"conservation_error": results.conservation_error}])
    about = dict(getattr(results, "metadata", None) or {})
    name, values = results.parameters.name, results.parameters.model_dump(mode="json")
    words = {"title": about.get("title", name), "question": about.get("question", "")}
    manifest = {
        **about,
        "settings": [{"name": name, "title": words["title"], "scenario": name, "set": {}}],
        "scenarios": {name: {**words, "parameters": values}},
    }
    return BatchResults(tables.__getitem__, manifest)


def _labelled(table: pd.DataFrame, run: Mapping[str, Any]) -> pd.DataFrame:
    others = [column for column in table.columns if column not in run]
    return table.assign(**run)[[*run, *others]]
