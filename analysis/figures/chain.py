"""The chain in one picture: what each kind of firm sells, what it keeps, who pays whom."""

from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.ticker import PercentFormatter

from analysis.figures.captions import mean_of
from analysis.figures.drawing import heading, new_figure, styled
from analysis.figures.names import of_setting, titles
from analysis.palette import COLOURS, number, percent
from analysis.results import BatchResults, in_memory

_PLACES: Final = {
    "chip vendor": (0.0, 1.0),
    "server maker": (1.0, 1.0),
    "power supplier": (1.0, 0.0),
    "lab": (2.0, 0.5),
    "cloud": (2.0, -0.45),
    "reseller": (3.0, 1.0),
    "users": (4.0, 0.5),
    "investors": (2.0, 1.5),
}
_SELLER: Final = {"chips": "chip vendor", "servers": "server maker", "electricity": "power supplier",
                  "rented compute": "cloud"}  # fmt: skip
_BUYER: Final = {"chips": "server maker", "servers": "cloud", "electricity": "cloud"}
"""Of payments between firms of hardware."""
_KIND: Final = {"labs": "lab", "resellers": "reseller", "users": "users", "investors": "investors"}
_WITHIN: Final = {"host": "lab"}
"""Kinds of firms that are shown with another of their layer: payments are known by layer."""
_NOTE: Final = (
    "Area of a box: revenue over the run in USD, with the operating margin. "
    "Arrows run from payer to payee, their width follows the payments; payments to the outside world are left out. "
    "Hosts of open models, where there are any, count as labs. "
)
_WIDEST_BOX: Final = 0.6
_WIDEST_ARROW: Final = 22.0
_MARGIN_RANGE: Final = 0.6
"""Margins from −60 % to +60 % take the full range of colours; beyond, the colour no longer changes."""


@dataclass(frozen=True)
class Box:
    """One kind of firm with its revenue and operating margin, or an account with what it pays (USD) and no margin."""

    name: str
    x: float
    y: float
    turnover: float
    margin: float


@styled
def chain(results: Any, setting: str | None = None) -> Figure:
    """Draw the chain of a setting: boxes by revenue, coloured by operating margin, arrows by payments over the run."""
    batch = in_memory(results)
    setting = setting or batch.settings[0]
    payments = chain_payments(batch, setting)
    boxes = _boxes(batch, setting, payments)
    figure = new_figure(11, 5.2)
    ax = figure.subplots()
    colours, scale = sns.color_palette("PuOr", as_cmap=True), Normalize(-_MARGIN_RANGE, _MARGIN_RANGE)
    most = max(box.turnover for box in boxes.values())
    for payer, payee, amount in payments.sort_values("amount", ascending=False).itertuples(index=False, name=None):
        if payer in boxes and payee in boxes:
            _draw_arrow(ax, boxes[payer], boxes[payee], float(amount), most)
    for box in boxes.values():
        _draw_box(ax, box, most, COLOURS[box.name] if box.name in COLOURS else colours(scale(box.margin)))
    ax.set(xlim=(-0.5, 4.5), ylim=(-1.05 if "cloud" in boxes else -0.55, 1.95), aspect="equal")
    ax.set_axis_off()
    bar = figure.colorbar(ScalarMappable(scale, colours), ax=ax, shrink=0.5, extend="both", pad=0.01)
    bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    bar.set_label("operating margin")
    heading(figure, of_setting(titles(batch)[setting], _finding(boxes)), _NOTE + mean_of(batch, setting))
    return figure


def chain_payments(batch: BatchResults, setting: str) -> pd.DataFrame:
    """Return mean USD over the run from one kind of firm to another: ``payer``, ``payee``, ``amount``.

    Payments to and from the outside world are left out; dividends count against funding.
    """
    flows = batch.flows[batch.flows["setting"] == setting]
    runs = max(len(flows[["replication", "seed"]].drop_duplicates()), 1)
    names = {column: flows[column].astype(str) for column in ("payer", "payee", "category")}
    seller = _SELLER if (batch.firms["kind"] == "cloud").any() else _SELLER | {"rented compute": "chip vendor"}
    buys, sells = names["payer"] == "hardware", names["payee"] == "hardware"
    payer = names["payer"].map(_KIND).where(~buys, names["category"].map(_BUYER).where(sells))
    payee = names["payee"].map(_KIND).where(~sells, names["category"].map(seller))
    table = pd.DataFrame({"payer": payer, "payee": payee, "amount": flows["amount"] / runs}).dropna()
    table = table[table["payer"] != table["payee"]]  # what labs buy second-hand of each other
    back = table["payee"] == "investors"
    table.loc[back, ["payer", "payee"]] = table.loc[back, ["payee", "payer"]].to_numpy()
    table.loc[back, "amount"] *= -1
    return table.groupby(["payer", "payee"])["amount"].sum().reset_index()


def _boxes(batch: BatchResults, setting: str, payments: pd.DataFrame) -> dict[str, Box]:
    firms = batch.firms[batch.firms["setting"] == setting]
    runs = max(len(firms[["replication", "seed"]].drop_duplicates()), 1)
    kinds = firms["kind"].astype(str).replace(_WITHIN)
    sums = firms.groupby(kinds)[["revenue", "operating_profit"]].sum() / runs
    boxes = {}
    for name, (x, y) in _PLACES.items():
        if name in COLOURS:
            boxes[name] = Box(name, x, y, float(payments.loc[payments["payer"] == name, "amount"].sum()), np.nan)
        elif name in sums.index and sums["revenue"][name] > 0:
            revenue, profit = float(sums["revenue"][name]), float(sums["operating_profit"][name])
            boxes[name] = Box(name, x, y, revenue, profit / revenue)
    return boxes


def _finding(boxes: dict[str, Box]) -> str:
    margins = {f"{box.name}s": box.margin for box in boxes.values() if box.name not in COLOURS}
    best, worst = max(margins, key=margins.__getitem__), min(margins, key=margins.__getitem__)
    return (
        f"users pay USD {number(boxes['users'].turnover)}; "
        f"margins reach from {percent(margins[worst], 0)} ({worst}) to {percent(margins[best], 0)} ({best})"
    )


def _half(box: Box, most: float) -> float:
    """Half the side of a box whose area follows its turnover."""
    return _WIDEST_BOX / 2 * max(sqrt(abs(box.turnover) / most), 0.2)


def _draw_box(ax: Axes, box: Box, most: float, colour: Any) -> None:
    half = _half(box, most)
    ax.add_patch(Rectangle((box.x - half, box.y - half), 2 * half, 2 * half, fc=colour, ec="#333333", zorder=3))
    if box.name == "investors":
        verb = "put in" if box.turnover >= 0 else "take out"
        text, y, align = f"investors {verb}\n{number(abs(box.turnover))}", box.y + half + 0.05, "bottom"
    elif box.name == "users":
        text, y, align = f"users pay\n{number(box.turnover)}", box.y - half - 0.05, "top"
    else:
        text, y, align = f"{box.name}s\n{number(box.turnover)} · {percent(box.margin, 0)}", box.y - half - 0.05, "top"
    ax.text(box.x, y, text, ha="center", va=align, fontsize=9, zorder=4)


def _draw_arrow(ax: Axes, payer: Box, payee: Box, amount: float, most: float) -> None:
    """Draw an arrow from edge to edge; a negative amount runs the other way."""
    source, sink = (payer, payee) if amount > 0 else (payee, payer)
    way = np.array([sink.x - source.x, sink.y - source.y])
    step = way / np.abs(way).max()
    start = np.array([source.x, source.y]) + step * _half(source, most)
    end = np.array([sink.x, sink.y]) - step * (_half(sink, most) + 0.02)
    width = 1.0 + _WIDEST_ARROW * abs(amount) / most
    style = f"simple,tail_width={width},head_width={width + 8},head_length=10"
    arrow = FancyArrowPatch(tuple(start), tuple(end), arrowstyle=style, shrinkA=0, shrinkB=0, color="#bdbdbd", zorder=1)
    ax.add_patch(arrow)
