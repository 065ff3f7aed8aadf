"""What becomes of models when people write less, setting by setting."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.captions import marks, mean_of, shown
from analysis.figures.drawing import (
    MOST_SETTINGS,
    heading,
    money_axis,
    month_axis,
    months,
    new_figure,
    outer_labels,
    share_axis,
    styled,
    tick,
    two_and_five,
    zero_line,
)
from analysis.figures.names import plain, row_height, titles
from analysis.findings.dumber import QUESTIONS, commons_by_run, commons_verdicts
from analysis.palette import COLOURS, LAYER_LABELS
from analysis.results import BatchResults, in_memory
from analysis.statistics import summarise
from analysis.tables.comparison import MEASURES, compare
from market.records.columns import LAYERS

MOST_LINES: Final = 40
"""Settings in a figure of lines: so many differ by colour or dash."""

_TINTS: Final = 10

_LEGEND: Final = 2.8
"""Inches of the legend of settings."""

_TITLE: Final = 36
"""Letters of a panel's title in a line."""


_DASHES: Final = ("-", "--", ":", "-.")


@styled
def quality_over_time(results: Any) -> Figure:
    """Draw the best model of each setting month by month, and what it lacks for want of human text."""
    batch = in_memory(results)
    figure, (quality, behind) = _two_panels()
    left_out = _lines(batch, {"quality_potential": quality, "doublings_lost": behind})
    quality.set(title="Best model", ylabel="doublings of effective compute")
    behind.set(title="Lost for want of human text", ylabel="doublings of effective compute")
    worse, dumber = (_settings_where(batch, question.text) for question in QUESTIONS)
    finding = f"Models are worse than they could be in {worse}, and get dumber in {dumber}"
    _finish(figure, batch, finding, quality, left_out)
    return figure


@styled
def human_share_over_time(results: Any) -> Figure:
    """Draw the human share of training sets, and of the newest text in them, by setting."""
    batch = in_memory(results)
    figure, (corpus, fresh) = _two_panels()
    left_out = _lines(batch, {"corpus_human_share": corpus, "fresh_human_share": fresh})
    corpus.set_title("Human share of the training set")
    fresh.set_title("Human share of the newest text in it")
    for ax in (corpus, fresh):
        share_axis(ax.yaxis, "share of tokens", 1.0)
        ax.set_ylim(0, 1.03)
    shares = commons_by_run(batch).groupby("setting", observed=True)["human_share"].mean()
    wrote = f"{shares.min():.0%}" if len(shares) == 1 else f"{shares.min():.0%} to {shares.max():.0%}"
    finding = f"In the end people wrote {wrote} of the training set{', by setting' if len(shares) > 1 else ''}"
    _finish(figure, batch, finding, corpus, left_out)
    return figure


@styled
def text_and_exhaustion(results: Any) -> Figure:
    """Draw the stock of human text against the training set labs want, with the year in which it runs out."""
    batch = in_memory(results)
    settings, left_out = shown(batch, _settings(batch), MOST_SETTINGS)
    names = titles(batch)
    columns = min(len(settings), 3)
    rows = -(-len(settings) // columns)
    figure = new_figure(11, 1.6 + 2.3 * rows)
    axes = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel())
    by_run = commons_by_run(batch)
    for ax, setting in zip(axes, settings, strict=False):
        for column, colour, label in (
            ("human_stock", COLOURS["users"], "human text there is"),
            ("data_wanted", COLOURS["labs"], "training set labs want"),
        ):
            line = _mean(batch, column, setting)
            ax.plot(months(batch, setting).reindex(line["round"]), line["mean"], color=colour, label=label)
        years = by_run.loc[by_run["setting"] == setting, "year_exhausted"].dropna()
        ax.set_title(plain(names[setting], _TITLE), fontsize=10)
        if len(years):
            year, month = divmod(round(12 * years.median()), 12)
            ax.axvline(pd.Timestamp(year, month + 1, 1), color="#333333", linestyle=":")
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(lambda value, _: tick(value))
        ax.yaxis.set_minor_formatter(two_and_five)
        month_axis(ax, 5)
    outer_labels(axes[: len(settings)], columns)
    for ax in axes[len(settings) :]:
        ax.set_visible(False)
    figure.supylabel("Ttok (10¹² tokens)", fontsize=10)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="upper right", ncols=2, borderaxespad=0.2)
    years = by_run["year_exhausted"].dropna()
    finding = f"Labs want more human text than there is from {int(years.min())} on" if len(years) else "Text suffices"
    dotted = "Dotted: the median year in which it first runs short, in the runs where it does."
    heading(figure, finding, f"{mean_of(batch)} {dotted}{left_out}", 4.0)
    return figure


@styled
def profit_with_the_commons(results: Any, baseline: str) -> Figure:
    """Draw what the commons does to each layer's profit: differences from a setting in which text is never short."""
    batch = in_memory(results)
    settings, left_out = shown(batch, _settings(batch), MOST_SETTINGS)
    names = titles(batch)
    labels = [plain(names[setting]) for setting in settings]
    differences = compare(batch, baseline, {name: MEASURES[name] for name in map("{}_profit".format, LAYERS)})
    figure = new_figure(11, 2.0 + row_height(labels) * len(settings))
    axes = figure.subplots(1, len(LAYERS), sharey=True)
    for ax, layer in zip(axes, LAYERS, strict=True):
        rows = differences[differences["measure"] == f"{layer}_profit"].set_index("setting").reindex(settings)
        places = range(len(settings))
        ax.barh(places, rows["difference"], color=COLOURS[layer], height=0.7)
        known = rows["low"].notna().to_numpy()
        ax.hlines([p for p in places if known[p]], rows["low"][known], rows["high"][known], color="#222222")
        ax.set_yticks(places, labels)
        ax.set_title(LAYER_LABELS[layer])
        zero_line(ax)
        money_axis(ax.xaxis, rows[["difference", "low", "high"]].abs().max().max(), "difference")
    axes[0].invert_yaxis()
    note = f"Operating profit less that of {names[baseline]}, run by run. {marks(batch, 'Lines')}{left_out}"
    heading(figure, _profit_finding(differences, settings), note)
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


def _lines(batch: BatchResults, panels: Mapping[str, Axes]) -> str:
    """Draw a line per setting into a panel per column; return what is left out."""
    colours = sns.color_palette("colorblind", _TINTS)
    settings, left_out = shown(batch, _settings(batch), MOST_LINES)
    names = titles(batch)
    for place, setting in enumerate(settings):
        for column, ax in panels.items():
            line = _mean(batch, column, setting)
            x = months(batch, setting).reindex(line["round"]).to_numpy()
            dash, colour = _DASHES[(place + place // _TINTS) % len(_DASHES)], colours[place % _TINTS]
            ax.plot(x, line["mean"], color=colour, linestyle=dash, label=plain(names[setting]))
            ax.fill_between(x, line["low"], line["high"], color=colour, alpha=0.15, linewidth=0)
    for ax in panels.values():
        month_axis(ax, 5)
    return left_out


def _finish(figure: Figure, batch: BatchResults, finding: str, ax: Axes, left_out: str) -> None:
    handles, labels = ax.get_legend_handles_labels()
    height = 1.2 + sum(row_height([label], 0.2) for label in labels)
    figure.set_size_inches(figure.get_figwidth(), max(figure.get_figheight(), height))
    figure.legend(handles, labels, loc="outside right upper")
    heading(figure, finding, marks(batch, "Shaded") + left_out, _LEGEND)


def _settings(batch: BatchResults) -> list[str]:
    """Return the settings whose commons is not off."""
    return [str(setting) for setting in batch.settings if (batch.commons["setting"] == setting).any()]


def _mean(batch: BatchResults, column: str, setting: str) -> pd.DataFrame:
    rows = batch.commons[batch.commons["setting"] == setting]
    return summarise(rows, ["round"], column)


def _settings_where(batch: BatchResults, claim: str) -> str:
    verdicts = commons_verdicts(batch).query("claim == @claim")["verdict"]
    return f"{verdicts.isin(['confirmed', 'holds in this run']).sum()} of {len(verdicts)} settings"
