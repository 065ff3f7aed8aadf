"""Where a dollar paid by users goes."""

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from analysis.figures.captions import mean_of, shown
from analysis.figures.drawing import MOST_SETTINGS, heading, new_figure, styled, zero_line
from analysis.figures.names import of_setting, plain, row_height, titles, wrap
from analysis.findings.sentences import dollar_finding, dollars_finding, investment_finding
from analysis.palette import COLOURS, LAYER_LABELS, PLAN_COLOURS
from analysis.results import BatchResults, in_memory
from analysis.tables.dollar import INVESTMENT, PARTS, Basis, investors_money, serving, waterfall
from analysis.tables.plans import SERVING
from market.accounts.ledger import TAX

_BASES: Final = {
    "used": "What serving users used up: wear of servers and buildings in place of their purchase; hardware's part "
    "of it divides at hardware's margin.",
    "accrued": "All that was earned and paid in the run. Investment ahead of depreciation is not paid by users but by "
    "investors or from cash.",
}
_SERVING_NOTE: Final = (
    "Right of the dotted line: what labs spend on running and wear of the servers that serve, hardware's part "
    "included, shared by tokens."
)
_OPACITY: Final = 0.25
_WHITE: Final = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.6}


@styled
def waterfall_of_a_dollar(results: Any, setting: str | None = None, basis: Basis = "used") -> Figure:
    """Draw how one dollar paid by users divides in a setting, step by step; ``basis`` as in ``waterfall``."""
    batch = in_memory(results)
    setting = setting or batch.settings[0]
    table = waterfall(batch, basis)
    shares = table[table["setting"] == setting].set_index("part")["mean"].reindex(PARTS)
    steps = [part for part in PARTS if abs(shares[part]) >= 5e-5]
    figure = new_figure(10.5, 4.8)
    ax = figure.subplots()
    _step(ax, 0, 0.0, 100.0, "100", {"color": COLOURS["users"]})
    levels = [100.0]
    for place, part in enumerate(steps, start=1):
        size = 100 * shares[part]
        ax.plot([place - 0.65, place + 0.35], [levels[-1]] * 2, color="#777777", linewidth=0.8)
        _step(ax, place, levels[-1], -size, f"{size:.1f}".replace("-", "−"), _part_style(part))
        levels.append(levels[-1] - size)
    labels: dict[float, str] = dict(enumerate(["users\npay", *(part_label(part) for part in steps)]))
    beside = _serving(batch, setting) if basis == "used" else {}
    labels |= _beside(ax, len(steps) + 1.4, beside)
    ax.set_xticks(list(labels), list(labels.values()))
    ax.set_ylabel("US cents of a dollar paid by users")
    ax.grid(visible=False, axis="x")
    reach = max(levels) - min(levels)
    ax.set_ylim(min(levels) - 0.04 * reach, max(levels) + 0.09 * reach)
    zero_line(ax, vertical=False)
    finding = dollar_finding(shares) if basis == "used" else investment_finding(shares[INVESTMENT])
    said = f"{_SERVING_NOTE} " if beside else ""
    heading(figure, of_setting(titles(batch)[setting], finding), said + _note(batch, setting, basis))
    return figure


def _serving(batch: BatchResults, setting: str) -> dict[str, float]:
    """Return the cents that serving takes, by who is served; nothing where nobody is served for nothing."""
    table = serving(batch)
    shares = 100 * table[table["setting"] == setting].set_index("part")["mean"].reindex(SERVING)
    return {str(part): float(size) for part, size in shares.items()} if shares[SERVING[1]] > 0 else {}


def _beside(ax: Axes, first: float, sizes: dict[str, float]) -> dict[float, str]:
    """Draw what is a part of other parts beside the steps, and return where it is and what it is called."""
    if not sizes:
        return {}
    ax.axvline(first - 0.7, color="#777777", linewidth=0.8, linestyle=":")
    for place, (part, size) in enumerate(sizes.items()):
        colour = PLAN_COLOURS["free" if part == SERVING[1] else "metered"]
        _step(ax, first + place, 0.0, size, f"{size:.1f}", {"color": colour})
    return {first + place: f"of it, labs:\n{part.replace(' ', chr(10), 1)}" for place, part in enumerate(sizes)}


def _step(ax: Axes, place: float, bottom: float, height: float, label: str, style: dict[str, Any]) -> None:
    ax.bar(place, height, bottom=bottom, width=0.7, **style)
    above: dict[str, Any] = {"xytext": (0, 3), "textcoords": "offset points", "ha": "center", "va": "bottom"}
    ax.annotate(label, (place, max(bottom, bottom + height)), fontsize=9, bbox=_WHITE, zorder=3, **above)


def investment_and_the_dollar(results: Any, setting: str | None = None) -> Figure:
    """Draw the waterfall of all that was earned and paid, with the fleets bought for later years."""
    return waterfall_of_a_dollar(results, setting, "accrued")


@styled
def dollar_by_setting(results: Any, basis: Basis = "used") -> Figure:
    """Draw how one dollar paid by users divides, a bar per setting; parts below zero lie left of it."""
    batch = in_memory(results)
    settings, left_out = shown(batch, batch.settings, MOST_SETTINGS)
    names = titles(batch)
    labels = [plain(names[setting]) for setting in settings]
    table = waterfall(batch, basis)
    wide = 100 * table.pivot(index="setting", columns="part", values="mean").reindex(settings)
    figure = new_figure(10.5, 2.6 + row_height(labels) * len(settings))
    ax = figure.subplots()
    places = np.arange(len(settings))
    right, left = np.zeros(len(settings)), np.zeros(len(settings))
    for part in PARTS:
        size = wide[part].fillna(0.0).to_numpy()
        start = np.where(size >= 0, right, left)
        if np.any(np.abs(size) >= 5e-3):
            seen = np.where(size == 0, np.nan, size)
            ax.barh(places, seen, left=start, height=0.7, label=part_label(part, " "), **_part_style(part))
        right, left = right + np.maximum(size, 0), left + np.minimum(size, 0)
    ax.set_yticks(places, labels)
    ax.set_ylim(len(settings) - 0.5, -0.5)
    ax.grid(visible=False, axis="y")
    ax.axvline(100, color="#333333", linewidth=1, linestyle=":")
    zero_line(ax)
    note = wrap(f"{_BASES[basis]} {mean_of(batch)}{left_out}", 120)
    ax.set_xlabel(f"US cents of a dollar paid by users; the parts of a bar add up to 100\n{note}", fontsize=9)
    drawn = len(ax.get_legend_handles_labels()[0])
    figure.legend(loc="outside lower center", ncols=(drawn + 1) // 2)
    heading(figure, dollars_finding(table))
    return figure


def part_label(part: str, gap: str = "\n") -> str:
    """Name a part of the waterfall for an axis."""
    if part == INVESTMENT:
        return f"investment ahead{gap}of depreciation"
    if part == TAX:
        return f"tax{gap}on sales"
    layer, what = part.split()
    return f"{LAYER_LABELS[layer]}:{gap}{'profit' if what == 'profit' else 'outside costs'}"


def _part_style(part: str) -> dict[str, Any]:
    """Profit in the layer's colour, its outside costs in a light hatched shade of it."""
    if part == INVESTMENT:
        return {"color": COLOURS["investors"]}
    if part == TAX:
        return {"color": COLOURS["outside"]}
    layer, what = part.split()
    if what == "profit":
        return {"color": COLOURS[layer]}
    return {"facecolor": _light(COLOURS[layer]), "edgecolor": COLOURS[layer], "hatch": "///", "linewidth": 0.6}


def _light(colour: str) -> str:
    """Return a colour mixed with white: printers and editors of SVG files ignore how opaque a hatched area is."""
    red, green, blue = (1 - _OPACITY * (1 - part) for part in to_rgb(colour))
    return to_hex((red, green, blue))


def _note(batch: BatchResults, setting: str, basis: Basis) -> str:
    money = investors_money(batch)
    put_in = 100 * money.loc[money["setting"] == setting, "mean"].sum()
    moved = f"put {put_in:.1f} cents in" if put_in >= 0 else f"took {-put_in:.1f} cents out"
    beside = f"Beside each dollar of users, investors {moved} (net). " if basis == "accrued" else ""
    return f"{_BASES[basis]} {beside}{mean_of(batch, setting)}"
