"""Finished results side by side, with the figures a report has."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pandas as pd
from matplotlib.figure import Figure

from analysis.dashboard.views.view import Table
from analysis.figures import dollar_by_setting, margins_over_time, profit_by_setting, profit_over_time
from analysis.palette import LAYER_LABELS, number, percent
from analysis.results import BatchResults
from analysis.tables.horizon import aligned, period
from analysis.tables.layers import profit_by_layer
from market.records.columns import LAYERS

FIGURES: tuple[Callable[[Any], Figure], ...] = (
    profit_over_time,
    margins_over_time,
    profit_by_setting,
    dollar_by_setting,
)

TABLES: Final = ("rounds", "layers", "flows")
"""What figures and table read of the results."""


def heading(names: Sequence[str]) -> str:
    """Return the question that the comparison answers."""
    if len(names) == 1:
        return f"Who earns what in {names[0]}?"
    return f"How do {', '.join(names[:-1])} and {names[-1]} differ?"


def beside(picked: Mapping[str, tuple[BatchResults, str]]) -> tuple[BatchResults, str]:
    """Return several settings of several results as the settings of one batch, over the months that all of them have.

    Args:
        picked: By the name to show: results and a setting of them.

    Returns:
        The batch, and what to say if something was cut to make them comparable.

    Raises:
        ValueError: If they start in different months.
    """

    def load(table: str) -> pd.DataFrame:
        parts = []
        for name, (results, setting) in picked.items():
            rows = getattr(results, table)
            parts.append(rows[rows["setting"] == setting].assign(setting=name))
        return pd.concat(parts, ignore_index=True)

    return aligned(BatchResults(load))


def numbers(batch: BatchResults, cut: str = "") -> Table:
    """Return profit and margin of each layer by setting, and say what was cut to compare them."""
    profit, margin = profit_by_layer(batch), profit_by_layer(batch, "margin")
    profits, margins = (table.set_index(["setting", "layer"])["mean"] for table in (profit, margin))
    rows = []
    for setting in batch.settings:
        cells = [f"{number(profits[setting, layer], 4)} ({percent(margins[setting, layer])})" for layer in LAYERS]
        runs = batch.layers.loc[batch.layers["setting"] == setting, ["replication", "seed"]].drop_duplicates()
        rows.append((setting, *cells, str(len(runs))))
    head = ("results", *(f"{LAYER_LABELS[layer]}, USD (margin)" for layer in LAYERS), "runs")
    return Table(f"Operating profit, {period(batch)}, mean of the runs. {cut}".strip(), head, rows)
