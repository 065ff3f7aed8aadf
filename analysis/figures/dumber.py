"""What becomes of models when people write less, setting by setting."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from analysis.commons import QUESTIONS, commons_by_run, commons_verdicts
from analysis.comparison import MEASURES, compare
from analysis.figures.drawing import (
    heading,
    marks,
    money_axis,
    month_axis,
    months,
    new_figure,
    plain,
    share_axis,
    styled,
    tick,
    zero_line,
)
from analysis.palette import COLOURS, LAYER_LABELS, LAYERS
from analysis.results import BatchResults, in_memory
from analysis.statistics import summarise

MOST_LINES: Final = 10
"""Settings in a figure of lines; the first are shown."""

_DASHES: Final = ("-", "--", ":", "-.")


@styled
def quality_over_time(results: Any) -> Figure:
    """Draw the best model of each setting month by month, and what it lacks for want of human text."""
    batch = in_memory(results)
    figure, (quality, behind) = _two_panels()
    _lines(batch, {"quality_potential": quality, "doublings_lost": behind})
    quality.set(title="Best model", ylabel="doublings of effective compute")
    behind.set(title="Lost for want of human text", ylabel="doublings of effective compute")
    worse, dumber = (_settings_where(batch, question.text) for question in QUESTIONS)
    finding = f"Models are worse than they could be in {worse}, and get dumber in {dumber}"
    _finish(figure, batch, finding, quality)
    return figure


@styled
def human_share_over_time(results: Any) -> Figure:
    """Draw the human share of training sets, and of the newest text in them, by setting."""
    batch = in_memory(results)
    figure, (corpus, fresh) = _two_panels()
    _lines(batch, {"corpus_human_share": corpus, "fresh_human_share": fresh})
    corpus.set_title("Human share of the training set")
    fresh.set_title("Human share of the newest text in it")
    for ax in (corpus, fresh):
        share_axis(ax.yaxis, "share of tokens", 1.0)
        ax.set_ylim(0, 1.03)
    shares = commons_by_run(batch).groupby("setting", observed=True)["human_share"].mean()
    finding = f"In the end people wrote {shares.min():.0%} to {shares.max():.0%} of the training set, by setting"
    _finish(figure, batch, finding, corpus)
    return figure


@styled
def text_and_exhaustion(results: Any) -> Figure:
    """Draw the stock of human text against the training set labs want, with the year in which it runs out."""
    batch = in_memory(results)
    shown = _settings(batch)
    columns = min(len(shown), 3)
    rows = -(-len(shown) // columns)
    figure = new_figure(11, 1.6 + 2.3 * rows)
    axes = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel())
    by_run, calendar = commons_by_run(batch), months(batch)
    for ax, setting in zip(axes, shown, strict=False):
        for column, colour, label in (
            ("human_stock", COLOURS["users"], "human text there is"),
            ("data_wanted", COLOURS["labs"], "training set labs want"),
        ):
            line = _mean(batch, column, setting)
            ax.plot(calendar.reindex(line["round"]), line["mean"], color=colour, label=label)
        years = by_run.loc[by_run["setting"] == setting, "year_exhausted"].dropna()
        ax.set_title(plain(setting), fontsize=10)
        if len(years):
            year, month = divmod(years.median(), 1)
            ax.axvline(pd.Timestamp(int(year), 1 + round(12 * month) % 12, 1), color="#333333", linestyle=":")
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(lambda value, _: tick(value))
        ax.yaxis.set_minor_formatter(NullFormatter())
        month_axis(ax, 5)
        ax.label_outer()
    for ax in axes[len(shown) :]:
        ax.set_visible(False)
    figure.supylabel("Ttok (10¹² tokens)", fontsize=10)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="upper right", ncols=2, borderaxespad=0.2)
    years = by_run["year_exhausted"].dropna()
    finding = f"Labs want more human text than there is from {int(years.min())} on" if len(years) else "Text suffices"
    note = "Means over replications. Dotted: the median year in which it first runs short, in the runs where it does."
    heading(figure, finding, note, 4.0)
    return figure


@styled
def profit_with_the_commons(results: Any, baseline: str) -> Figure:
    """Draw what the commons does to each layer's profit: differences from a setting in which text is never short."""
    batch = in_memory(results)
    shown = _settings(batch)
    differences = compare(batch, baseline, {name: MEASURES[name] for name in map("{}_profit".format, LAYERS)})
    figure = new_figure(11, 2.0 + 0.32 * len(shown))
    axes = figure.subplots(1, len(LAYERS), sharey=True)
    for ax, layer in zip(axes, LAYERS, strict=True):
        rows = differences[differences["measure"] == f"{layer}_profit"].set_index("setting").reindex(shown)
        places = range(len(shown))
        ax.barh(places, rows["difference"], color=COLOURS[layer], height=0.7)
        known = rows["low"].notna().to_numpy()
        ax.hlines([p for p in places if known[p]], rows["low"][known], rows["high"][known], color="#222222")
        ax.set_yticks(places, [plain(setting) for setting in shown])
        ax.set_title(LAYER_LABELS[layer])
        zero_line(ax)
        money_axis(ax.xaxis, rows[["difference", "low", "high"]].abs().max().max(), "difference")
    axes[0].invert_yaxis()
    note = f"Operating profit less that of {plain(baseline)}, run by run. {marks(batch, 'Lines')}"
    heading(figure, _profit_finding(differences, shown), note)
    return figure


def _profit_finding(differences: pd.DataFrame, shown: list[str]) -> str:
    words = []
    for layer in LAYERS:
        rows = differences[(differences["measure"] == f"{layer}_profit") & differences["setting"].isin(shown)]
        verdicts = rows["verdict"].value_counts()
        words.append(f"{layer} in {verdicts.get('lower', 0)} of {len(shown)}")
    return f"Settings that lose profit to the commons: {', '.join(words)}"


def _two_panels() -> tuple[Figure, tuple[Axes, Axes]]:
    figure = new_figure(11, 4.6)
    left, right = figure.subplots(1, 2)
    return figure, (left, right)


def _lines(batch: BatchResults, panels: Mapping[str, Axes]) -> None:
    """Draw a line per setting into a panel per column."""
    calendar, colours = months(batch), sns.color_palette("colorblind", MOST_LINES)
    for place, setting in enumerate(_settings(batch)):
        for column, ax in panels.items():
            line = _mean(batch, column, setting)
            x = calendar.reindex(line["round"]).to_numpy()
            dash = _DASHES[place % len(_DASHES)]
            ax.plot(x, line["mean"], color=colours[place], linestyle=dash, label=plain(setting))
            ax.fill_between(x, line["low"], line["high"], color=colours[place], alpha=0.15, linewidth=0)
    for ax in panels.values():
        month_axis(ax, 5)


def _finish(figure: Figure, batch: BatchResults, finding: str, ax: Axes) -> None:
    figure.legend(*ax.get_legend_handles_labels(), loc="outside right upper")
    heading(figure, finding, marks(batch, "Shaded"))


def _settings(batch: BatchResults) -> list[str]:
    return [str(setting) for setting in batch.settings if (batch.commons["setting"] == setting).any()][:MOST_LINES]


def _mean(batch: BatchResults, column: str, setting: str) -> pd.DataFrame:
    rows = batch.commons[batch.commons["setting"] == setting]
    return summarise(rows, ["round"], column)


def _settings_where(batch: BatchResults, claim: str) -> str:
    verdicts = commons_verdicts(batch).query("claim == @claim")["verdict"]
    return f"{verdicts.isin(['confirmed', 'holds in this run']).sum()} of {len(verdicts)} settings"
