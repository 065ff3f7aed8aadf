"""The tables of a report as HTML, each with a line on how to read it."""

from collections.abc import Hashable, Mapping
from math import isnan
from typing import Any, Final

from analysis.claim import CLAIMS, claims
from analysis.comparison import MEASURES, compare
from analysis.dollar import PARTS, Basis, investors_money, waterfall
from analysis.figures.dollar import part_label
from analysis.horizon import margin_by_year, turns
from analysis.page import Cell, details, paragraph, section, table
from analysis.palette import LAYER_LABELS, LAYERS, gain, number, percent, points, span
from analysis.results import BatchResults
from analysis.tables import profit_by_layer, profit_split
from analysis.targets import NEAR, compare_targets
from analysis.wording import evidence, reported

Row = Mapping[Hashable, Any]

_SHADES: Final = {
    "confirmed": "yes",
    "holds in this run": "yes",
    "refuted": "no",
    "fails in this run": "no",
    "met": "yes",
    "missed": "no",
    "higher": "yes",
    "lower": "no",
}
_HEADLINES: Final = (
    *(f"{layer}_profit" for layer in LAYERS),
    "tokens",
    "price_retail",
    "consumer_surplus",
)

_PROFIT_NOTE: Final = (
    "Sums over the run, means over replications, 95 % intervals below. Operating profit is on accrual, before "
    "financing and tax on income, with training expensed; capitalised: training written off over a model's life; "
    "cash: operating cash flow less investment. A dash: nothing sold."
)
_SPLIT_NOTE: Final = (
    "Shares of profit where every layer that sells earned one in every run; otherwise shares of gross value added "
    "(revenue less purchases, before own staff); undefined where the sum is too near zero to divide by."
)
_GAIN_NOTE: Final = (
    "(π − equilibrium)/(cartel − equilibrium) in the last month: 0 where a layer earns what price competition with "
    "that month's demand and costs gives it, 1 where it earns what a cartel of all its firms would, below 0 where it "
    "sells for less. Prices that lag behind falling costs, users' loyalty and scarce capacity put it above 0 without "
    "any cartel. Hardware stands for its chip vendors. A dash: a single seller, or none."
)
_CLAIMS_NOTE: Final = (
    "Confirmed: the 95 % intervals of all quantities lie on the claim's side of zero (hardware and resellers above, "
    "labs below). Refuted: one lies on the other side. Undecided: neither. With a single run there is no interval, "
    "only what holds in that run. Small: the numbers that were tested, and the plain operating margin beside them. "
    "Investors' money costs what fleet.cost_of_capital says."
)
_YEARS_NOTE: Final = (
    "Operating margin in each year of the run and, small, from the first month to that year's end: what the answer "
    "would be had the run ended there. The sign is that of means over replications; a single odd month is no turn."
)
_TARGETS_NOTE: Final = (
    "No parameter was fitted to these facts, but the leading chip vendor's are no independent test: vendors.unit_cost "
    "and vendors.research_share draw on the accounts of the same firm, makers.staff_share on those of a server maker."
)
_DOLLAR_NOTE: Final = (
    "US cents of a dollar paid by users. What layers pay each other cancels: users' dollar = profits + payments to "
    "the outside world + tax on sales − (investment − depreciation). The last is negative while fleets grow: that "
    "part is paid by investors or from cash. Counting the wear of fleets in place of what was bought for later years, "
    "nothing is left over."
)
_DIFFERENCES_NOTE: Final = (
    "Differences of runs with the same random numbers, mean and 95 % interval over pairs (Student's t). Blue: "
    "higher, orange: lower, grey: the interval holds zero, or there is one pair. One interval in twenty misses by "
    "chance."
)


def profit_table(results: BatchResults) -> str:
    """Return profit and margin of each layer by setting with intervals, and other measures of profit on demand."""
    profits, margins = (profit_by_layer(results, name) for name in ("profit", "margin"))
    rows = []
    for setting in results.settings:
        cells: list[Cell] = [results.title(setting)]
        for layer in LAYERS:
            for found, name in ((profits, "profit"), (margins, "margin")):
                row = found[(found["setting"] == setting) & (found["layer"] == layer)]
                cells += [_spread(record, name) for record in row.to_dict("records")] or ["–"]
        rows.append(cells)
    head = [f"{LAYER_LABELS[layer]}: {what}" for layer in LAYERS for what in ("profit, USD", "margin")]
    others = details("Training capitalised, and cash profit", _other_profits(results))
    return table(["Setting", *head], rows) + paragraph(_PROFIT_NOTE, "note") + others


def _other_profits(results: BatchResults) -> str:
    names = ("profit", "capitalised_profit", "cash_profit", "revenue", "value_added")
    tables = [profit_by_layer(results, name).to_dict("records") for name in names]
    rows = []
    for same in zip(*tables, strict=True):
        cells = [_spread(row, name) for row, name in zip(same, names, strict=True)]
        rows.append([results.title(same[0]["setting"]), LAYER_LABELS[same[0]["layer"]], *cells])
    head = [
        "Setting",
        "Layer",
        "Operating profit, USD",
        "Training capitalised",
        "Cash profit",
        "Revenue",
        "Value added",
    ]
    return table(head, rows, (0, 1))


def split_table(results: BatchResults) -> str:
    """Return how profit, or value added, divides between layers."""
    shares = profit_split(results)
    rows = []
    for setting, part in shares.groupby("setting", observed=True):
        cells = {row["layer"]: _spread(row, "margin") for row in part.to_dict("records")}
        rows.append([results.title(str(setting)), part["basis"].iloc[0], *(cells.get(layer, "–") for layer in LAYERS)])
    head = ["Setting", "Share of", *(LAYER_LABELS[layer] for layer in LAYERS)]
    return details("How profit or value added divides", table(head, rows, (0, 1)), paragraph(_SPLIT_NOTE, "note"))


def gain_table(results: BatchResults) -> str:
    """Return the profit gain of each layer by setting."""
    gains = profit_by_layer(results, "profit_gain")
    rows = []
    for setting, part in gains.groupby("setting", observed=True, sort=False):
        cells = {row["layer"]: _interval(row, gain) for row in part.to_dict("records")}
        rows.append([results.title(str(setting)), *(cells.get(layer, "–") for layer in LAYERS)])
    head = ["Setting", *(LAYER_LABELS[layer] for layer in LAYERS)]
    return details("Between competition and cartel: the profit gain", table(head, rows), paragraph(_GAIN_NOTE, "note"))


def claims_table(results: BatchResults) -> str:
    """Return the verdicts on the three parts of the claim, and on demand the numbers behind them."""
    verdicts = claims(results)
    matrix: list[list[Cell]] = []
    behind: list[list[Cell]] = []
    for setting, of_setting in verdicts.groupby("setting", observed=True):
        cells: list[Cell] = []
        for claim, part in of_setting.groupby("claim", sort=False):
            verdict = part["verdict"].iloc[0]
            shade = _SHADES.get(verdict, "open")
            cells.append((f"{verdict}\n{evidence(part)}", shade))
            plain = percent(part["margin"].iloc[0])
            numbers = "; ".join(f"{row['quantity']} {_interval(row, percent)}" for row in part.to_dict("records"))
            behind.append([results.title(str(setting)), claim, (verdict, shade), f"{numbers}; plain margin {plain}"])
        matrix.append([results.title(str(setting)), *cells])
    head = ["Setting", *(f"{claim.text} (“{claim.says}”)" for claim in CLAIMS)]
    numbers = table(["Setting", "Claim", "Verdict", "Evidence"], behind, (0, 1, 2, 3))
    return table(head, matrix, range(4)) + paragraph(_CLAIMS_NOTE, "note") + details("The numbers behind", numbers)


def years_table(results: BatchResults) -> str:
    """Return each layer's margin year by year and so far, with the month from which it has its last sign."""
    years, signs = margin_by_year(results), turns(results).set_index(["setting", "layer"])
    numbers = sorted(years["year"].unique())
    rows = []
    for (setting, layer), part in years.groupby(["setting", "layer"], observed=True):
        path = part.set_index("year").reindex(numbers)
        cells = [
            f"{percent(now, 0)}\nso far {percent(so_far, 0)}" for now, so_far in path[["margin", "so_far"]].to_numpy()
        ]
        turn = signs.loc[(setting, layer)]
        since = "" if turn["sign"] == 0 else f"{'earning' if turn['sign'] > 0 else 'losing'}, {_since(turn)}"
        rows.append([results.title(str(setting)), LAYER_LABELS[str(layer)], *cells, since])
    head = ["Setting", "Layer", *(f"Year {number}" for number in numbers), "Sign of the monthly margin at the end"]
    return table(head, rows, (0, 1, len(head) - 1)) + paragraph(_YEARS_NOTE, "note")


def _since(turn: Any) -> str:
    often = f" (turned {turn['times']} times)" if turn["times"] > 1 else ""
    return f"since {turn['month']}{often}" if turn["times"] else "all the time"


def waterfall_table(results: BatchResults) -> str:
    """Return the parts of a dollar by setting, in cents, on both bases, with investors' money beside it."""
    return details(
        "The same in numbers",
        paragraph("What serving users used up"),
        _cents_table(results, "used"),
        paragraph("All that was earned and paid in the run"),
        _cents_table(results, "accrued"),
        paragraph(_DOLLAR_NOTE, "note"),
    )


def _cents_table(results: BatchResults, basis: Basis) -> str:
    money = investors_money(results).groupby("setting", observed=True)["mean"].sum()
    rows = []
    for setting, parts in waterfall(results, basis).groupby("setting", observed=True):
        cents = dict(zip(parts["part"], parts["mean"], strict=True))
        ends = (parts["mean"].sum(), money[setting])
        rows.append(
            [results.title(str(setting)), *(_cents(share) for share in (*map(cents.__getitem__, PARTS), *ends))]
        )
    head = ["Setting", *(part_label(part, " ") for part in PARTS), "Sum", "Investors' money, net"]
    return table(head, rows)


def differences_table(results: BatchResults, baseline: str, period: str) -> str:
    """Return what each setting changes against the baseline: a matrix of headlines, then everything."""
    differences = compare(results, baseline)
    head = ["Setting", *(f"{MEASURES[name].label}, {MEASURES[name].unit}" for name in _HEADLINES)]
    rows = []
    for setting, part in differences.groupby("setting", observed=True):
        cells = {row["measure"]: _difference(row) for row in part.to_dict("records")}
        rows.append([results.title(str(setting)), *(cells.get(name, "–") for name in _HEADLINES)])
    everything = [_full_row(results, row) for row in differences.to_dict("records")]
    columns = [
        "Measure",
        "Setting",
        "Unit",
        results.title(baseline),
        "Setting's",
        "Difference",
        "95 % interval",
        "Relative",
        "Pairs",
        "Verdict",
    ]
    return section(
        f"What each setting changes against {results.title(baseline)}",
        table(head, rows),
        paragraph(_DIFFERENCES_NOTE, "note"),
        details(f"All {len(MEASURES)} measures", table(columns, everything, (0, 1, 2, 9))),
        when=period,
    )


def targets_table(results: BatchResults, setting: str) -> str:
    """Return facts that were compared, not imposed, beside the values of a setting."""
    compared = compare_targets(results, setting=setting)
    rows = [_target_row(row) for row in compared.to_dict("records")]
    head = [
        "Firm",
        "Measure",
        "Period",
        "Reported",
        f"In {results.title(setting)}",
        "Off by",
        "Status",
        "Source (grade)",
    ]
    counts = compared["status"].value_counts()
    summary = ", ".join(f"{counts[status]} {status}" for status in counts.index)
    note = f"{summary}. Near: within {points(NEAR, 0)} of the range. {_TARGETS_NOTE}"
    return section("Beside reported margins", table(head, rows, (0, 1, 2, 7)), paragraph(note, "note"))


def _full_row(results: BatchResults, row: Row) -> list[Cell]:
    values = [number(row[name]) for name in ("baseline", "value", "difference")]
    interval = span(row["low"], row["high"], number)
    return [
        row["label"],
        results.title(row["setting"]),
        row["unit"],
        *values,
        interval,
        percent(row["relative"]),
        row["pairs"],
        row["verdict"],
    ]


def _target_row(row: Row) -> list[Cell]:
    measure = f"{row['measure'].replace('_', ' ')}\n{row['note']}"
    found = _interval(row, percent, "value", "value_")
    status = (row["status"], _SHADES.get(row["status"], "open"))
    source = f"{row['source']} ({row['grade']})"
    return [
        row["agent"],
        measure,
        row["period"],
        reported(row["low"], row["high"]),
        found,
        points(row["miss"]),
        status,
        source,
    ]


def _difference(row: Row) -> tuple[str, str]:
    write = points if row["unit"] == "1" else number
    change = f"{'+' if row['difference'] > 0 else ''}{write(row['difference'])}"
    if isnan(row["low"]):
        return change, "open"
    return f"{change}\n{span(row['low'], row['high'], write)}", _SHADES.get(row["verdict"], "open")


def _spread(row: Row, measure: str) -> str:
    write = percent if "margin" in measure else number
    if isnan(row["low"]):
        return write(row["mean"])
    return f"{write(row['mean'])}\n{span(row['low'], row['high'], write)}"


def _interval(row: Row, write: Any, mean: str = "mean", prefix: str = "") -> str:
    if isnan(row[f"{prefix}low"]):
        return str(write(row[mean]))
    return f"{write(row[mean])} ({span(row[f'{prefix}low'], row[f'{prefix}high'], write)})"


def _cents(share: float) -> str:
    return "–" if isnan(share) else f"{100 * share:.1f}".replace("-", "−")
