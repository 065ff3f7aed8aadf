"""The figure of docs/performance.md: `python -m benchmarks.figure TABLE.csv FIGURE.svg`."""

import sys
from pathlib import Path

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from analysis.figures.drawing import heading, new_figure, styled
from analysis.figures.saving import image

METHODS = {"plain Mesa": "#999999", "numpy Gumbel": "#E69F00", "individual": "#0072B2", "cohort": "#D55E00"}
NAMES = {"plain Mesa": "plain Mesa, an agent per user", "numpy Gumbel": "numpy, Gumbel-max, float64",
         "individual": "individual engine", "cohort": "cohort engine"}  # fmt: skip


@styled
def draw(table: pd.DataFrame) -> Figure:
    """Draw milliseconds of a round against users, a panel per number of offers; extrapolated points are hollow."""
    figure = new_figure(10, 4.4)
    axes = figure.subplots(1, table["offers"].nunique(), sharey=True)
    for ax, (offers, rows) in zip(axes, table.groupby("offers"), strict=True):
        for method, colour in METHODS.items():
            line = rows[rows["method"] == method]
            sns.lineplot(x=line["users"], y=line["round_ms"], ax=ax, color=colour, label=NAMES[method], legend=False)
            for hollow, points in line.groupby("extrapolated"):
                face = "white" if hollow else colour
                ax.plot(points["users"], points["round_ms"], "o", color=colour, markerfacecolor=face)
        bound = rows[rows["bound_ms"].notna()]
        ax.plot(bound["users"], bound["bound_ms"], ":", color="#222222", label="bound of the individual engine")
        ax.set(xscale="log", yscale="log", title=f"{offers} offers", xlabel="users", ylabel="a round of choices (ms)")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right upper")
    at = table.query("users == 1e6 and offers == 12").set_index("method")["round_ms"]
    finding = (
        f"A million users choose among 12 offers in {at['individual']:.1f} ms, or in {at['cohort']:.1f} ms as cohorts"
    )
    heading(figure, finding, "Medians over rounds on 2 cores. Hollow: extrapolated from 100,000 agents.")
    return figure


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(image(draw(pd.read_csv(sys.argv[1])), Path(sys.argv[2]).suffix[1:]))
