"""Where the margins of a setting go as replications are added."""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures.drawing import band, heading, new_figure, share_axis, styled, zero_line
from analysis.figures.names import of_setting, titles
from analysis.palette import COLOURS, LAYER_LABELS
from analysis.results import BatchResults, in_memory
from analysis.tables.convergence import needed, running_margins
from analysis.tables.horizon import period
from market.records.columns import LAYERS


@styled
def margins_by_replications(results: Any, setting: str | None = None) -> Figure:
    """Draw the mean margin of each layer over the first replications of a setting, with its interval."""
    batch = in_memory(results)
    setting = setting or batch.settings[0]
    table = running_margins(batch, setting)
    layers = [layer for layer in LAYERS if (table["layer"] == layer).any()]
    figure = new_figure(11, 3.4)
    axes = figure.subplots(1, max(len(layers), 1), squeeze=False)[0]
    for ax, layer in zip(axes, layers, strict=len(layers) > 0):
        rows = table[table["layer"] == layer]
        band(ax, rows["replications"].to_numpy(), rows, COLOURS[layer], LAYER_LABELS[layer])
        if rows["low"].min() < 0 < rows["high"].max():
            zero_line(ax, vertical=False)
        ax.set(title=LAYER_LABELS[layer], xlabel="replications")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        share_axis(ax.yaxis, "operating margin")
    note = f"Shaded: 95 % interval of the mean (Student's t) of the first replications. {period(batch)}."
    heading(figure, of_setting(titles(batch)[setting], _finding(batch, setting)), note)
    return figure


def _finding(batch: BatchResults, setting: str) -> str:
    """Say which layer's margin is known worst, and how well."""
    known = needed(batch, setting).to_dict("records")
    if not known:
        return "a single replication does not say how sure its margins are"
    worst = max(known, key=lambda row: row["high"] - row["low"])
    half = 50 * (worst["high"] - worst["low"])
    return f"the margin of {worst['layer']} is known to ±{half:.0f} points after {worst['replications']} replications"
