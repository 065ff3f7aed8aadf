"""The last month of a run: what each layer earned in it."""

from typing import Any

from matplotlib.figure import Figure

from analysis.figures.drawing import first_run, heading, money_axis, months, new_figure, share_axis, styled, zero_line
from analysis.findings.sentences import earn, sentence
from analysis.palette import COLOURS, LAYER_LABELS, number, percent
from analysis.results import in_memory
from market.records.columns import LAYERS


@styled
def profit_in_month(results: Any, setting: str | None = None) -> Figure:
    """Draw profit and margin of each layer in the last month of the first run of a setting."""
    batch = in_memory(results)
    run = first_run(batch.layers, setting or batch.settings[0])
    rows = run[run["round"] == run["round"].max()].set_index("layer").reindex(LAYERS)
    month = f"{months(batch)[run['round'].max()]:%Y-%m}"
    figure = new_figure(11, 2.5)
    for ax, measure in zip(figure.subplots(1, 2, sharey=True), ("profit", "margin"), strict=True):
        values = rows[measure].fillna(0.0)
        shown = values.clip(-2, 2) if measure == "margin" else values
        ax.barh(range(len(LAYERS)), shown, color=[COLOURS[layer] for layer in LAYERS], height=0.62)
        write = percent if measure == "margin" else number
        for place, (size, value) in enumerate(zip(shown, rows[measure], strict=True)):
            beside = {"xytext": (4, 0), "textcoords": "offset points", "va": "center", "fontsize": 9}
            ax.annotate(write(value), (max(size, 0.0), place), **beside)
        ax.set_yticks(range(len(LAYERS)), [LAYER_LABELS[layer] for layer in LAYERS])
        ax.set_ylim(len(LAYERS) - 0.5, -0.5)
        ax.grid(visible=False, axis="y")
        ax.margins(x=0.22)
        zero_line(ax)
        if measure == "margin":
            share_axis(ax.xaxis, "operating margin", 1.0)
        else:
            money_axis(ax.xaxis, float(values.abs().max()), "operating profit")
    earned = sentence([f"{LAYER_LABELS[layer]} {earn(layer, rows['profit'][layer])}" for layer in LAYERS])
    heading(figure, f"In {month}: {earned[:1].lower()}{earned[1:]}")
    return figure
