"""What the command line prints of results: the layers of a run, the settings of a batch, the validation ladder."""

import json
import math
from typing import TYPE_CHECKING, Any, cast

from rich.console import Console
from rich.table import Table

from market.wording import counted
from scenarios.command.values import literal

if TYPE_CHECKING:
    import pandas as pd

    from analysis.validation import Outcome
    from market.parameters import Parameters
    from market.records.results import Results

MONEY = ("revenue", "cost", "profit", "capitalised_profit", "cash_profit")
CAPTION = (
    "profit: operating, training expensed; capitalised: training written off over a model's life; "
    "cash: operating cash flow less investment; profit gain: 0 as in price competition with today's demand and costs, "
    "1 as in a cartel, last month"
)
SCALES = ((1e9, "USD bn"), (1e6, "USD m"), (1.0, "USD"))
WIDEST = 160
"""Columns of a table where the output is no terminal."""


def console() -> Console:
    """Return the console for standard output; where it is a file or a pipe, tables keep their full width."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=WIDEST)


def layer_sums(results: "Results") -> dict[str, dict[str, float | None]]:
    """Return USD of each layer over the whole run, its margin, and its profit gain in the last month.

    The margin is None where the layer sold nothing, the gain where it has none: a single seller, no firms.
    """
    by_layer = results.layers.groupby("layer", sort=False, observed=True)
    sums = by_layer[list(MONEY)].sum()
    gains = by_layer["profit_gain"].last().to_dict()
    layers: dict[str, dict[str, float | None]] = {}
    for layer, row in sums.iterrows():
        money = {name: _finite(row[name]) for name in MONEY}
        revenue, profit = money["revenue"], money["profit"]
        margin = _finite(profit / revenue) if revenue and profit is not None else None
        first = {name: money[name] for name in ("revenue", "cost", "profit")}
        layers[str(layer)] = {**first, "margin": margin, **money, "profit_gain": _finite(gains[layer])}
    return layers


def summary(results: "Results", name: str) -> dict[str, Any]:
    """Return what ``run --json`` prints."""
    return {
        "scenario": name,
        "seed": results.seed,
        "rounds": len(results.rounds),
        "layers": layer_sums(results),
        "conservation_error": _finite(results.conservation_error),
        **({"commons": commons_summary(results)} if len(results.commons) else {}),
        **({"sessions": sessions_summary(results)} if len(results.sessions) else {}),
    }


def sessions_summary(results: "Results") -> dict[str, Any]:
    """Return how the sessions of a pricing game ended: profit gain, shares by length of the cycle, convergence."""
    sessions = results.sessions
    length, gain = sessions["cycle_length"], sessions["profit_gain"]
    return {
        "count": len(sessions),
        "converged": _finite(sessions["converged"].mean()),
        "periods": _finite(sessions["periods"].mean()),
        "profit_gain": _finite(gain.mean()),
        "deviation": _finite(gain.std()),
        "cycle_length": {"1": float((length == 1).mean()), "2": float((length == 2).mean()),
                         "longer": float((length > 2).mean())},
    }  # fmt: skip


def sessions_line(results: "Results") -> str:
    """Return ``sessions_summary`` in words."""
    found = sessions_summary(results)
    spread = "" if found["deviation"] is None else f" (standard deviation {found['deviation']:.3f})"
    one, two, longer = found["cycle_length"].values()
    return (
        f"{counted(found['count'], 'session')}: profit gain {found['profit_gain']:.3f}{spread} in the end; prices "
        f"stand still in {one:.0%}, change to and fro in {two:.0%} and go round in longer cycles in {longer:.0%}. "
        f"{found['converged']:.0%} have converged, after {found['periods']:,.0f} periods on the mean of all"
    )


def commons_summary(results: "Results") -> dict[str, Any]:
    """Return what became of the content commons: doublings lost, when human text runs short, and what decides that.

    Years are None where there is no such month; ``expected`` is on the adoption curves without a market, ``deciding``
    the assumption whose plausible range (``low`` to ``high``) moves it most.
    """
    from market.commons.alone import exhaustion_sensitivity, expected_exhaustion, year_of_exhaustion

    parameters = cast("Parameters", results.parameters)  # the token market alone has a commons
    most = exhaustion_sensitivity(parameters).iloc[0]
    ends = {name: _finite(most[name]) for name in ("low", "high", "year_low", "year_high")}
    return {
        "doublings_lost": _finite(results.commons["doublings_lost"].iloc[-1]),
        "human_share": _finite(results.commons["corpus_human_share"].iloc[-1]),
        "year_of_exhaustion": _finite(year_of_exhaustion(results.commons)),
        "expected": _finite(expected_exhaustion(parameters)),
        "deciding": {"assumption": most["assumption"], **ends},
    }


def commons_lines(results: "Results") -> str:
    """Return ``commons_summary`` in words."""
    found = commons_summary(results)
    most = found["deciding"]
    return (
        f"commons: human text runs short {_when(found['year_of_exhaustion'])} in this run, on the adoption curves "
        f"{_when(found['expected'])}. Most depends on {most['assumption']}: {_when(most['year_low'])} at "
        f"{most['low']:g}, {_when(most['year_high'])} at {most['high']:g}.\n"
        f"At the end people wrote {found['human_share']:.0%} of the training set, and the best model lacks "
        f"{found['doublings_lost']:.2f} doublings of compute for want of their text."
    )


def _when(year: float | None) -> str:
    return "at no time" if year is None else f"in {int(year)}-{1 + round(12 * (year % 1)) % 12:02d}"


def scale_of(largest: float) -> tuple[float, str]:
    """Return the unit to show amounts of money in, in USD and by its name."""
    return next((step for step in SCALES if largest >= step[0]), SCALES[-1])


def settings_table(profit: "pd.DataFrame", margin: "pd.DataFrame", period: str) -> Table:
    """Return profit and margin of each layer by setting over a period, as `analysis.profit_by_layer` gives them."""
    layers = list(dict.fromkeys(profit["layer"]))
    scale, unit = scale_of(float(profit["mean"].abs().max()))
    title = f"operating profit, {unit} (95 % interval), and margin, means over replications, {period}"
    table = Table("setting", title=title)
    for layer in layers:
        table.add_column(literal(layer), justify="right")
    margins = margin.set_index(["setting", "layer"])["mean"]
    for setting, rows in profit.groupby("setting", sort=False, observed=True):
        cells = []
        for row in rows.to_dict("records"):
            ends = f" ({row['low'] / scale:.1f} to {row['high'] / scale:.1f})" if math.isfinite(row["low"]) else ""
            share = float(margins.loc[row["setting"], row["layer"]])
            cells.append(f"{row['mean'] / scale:.2f}{ends}  {share:6.1%}" if math.isfinite(share) else "–")
        table.add_row(literal(setting), *cells)
    return table


def ladder_table(outcomes: "list[Outcome]") -> Table:
    """Return the validation ladder: errors are relative where the expected value is above one, absolute below."""
    table = Table("group", "claim", "source", title="validation ladder")
    for head in ("expected", "obtained", "error", "tolerance"):
        table.add_column(head, justify="right")
    table.add_column("")
    group = ""
    for outcome in outcomes:
        check, shown = outcome.check, outcome.group if outcome.group != group else ""
        if shown and group:
            table.add_section()
        group = outcome.group
        numbers = f"{check.expected:.8g}", f"{outcome.obtained:.8g}", f"{outcome.error:.1e}", f"{check.tolerance:g}"
        said = (literal(text) for text in (shown, check.claim, check.source))
        table.add_row(*said, *numbers, "PASS" if outcome.passed else "FAIL")
    return table


def to_json(value: Any) -> str:
    """Return strict JSON: NaN and infinity are refused, not written."""
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def layer_table(results: "Results", name: str) -> Table:
    """Return the layers of a run as a table for people."""
    layers = layer_sums(results)
    largest = max((abs(amount) for row in layers.values() for key in MONEY if (amount := row[key])), default=0.0)
    scale, unit = scale_of(largest)
    rounds = results.rounds
    title = f"{name}, seed {results.seed}, {rounds['month'].iloc[0]} to {rounds['month'].iloc[-1]}"
    table = Table(title=literal(f"{title} ({len(rounds)} months)", "table.title"), caption=CAPTION)
    table.add_column("layer")
    for head in ("revenue", "cost", "profit", "margin", "capitalised", "cash"):
        table.add_column(head if head == "margin" else f"{head}\n{unit}", justify="right")
    table.add_column("profit\ngain", justify="right")
    for layer, row in layers.items():
        margin = row["margin"]
        cells = [_amount(row[key], scale) for key in MONEY]
        cells.insert(3, "–" if margin is None else f"{margin:.1%}")
        cells.append("–" if row["profit_gain"] is None else f"{round(row['profit_gain'], 2) + 0.0:.2f}")
        table.add_row(literal(layer), *cells)
    return table


def users_line(results: "Results") -> str:
    """Return how many users were simulated and by which engine; empty where users are one demand curve."""
    from market.users.choice import pick_engine

    population = getattr(results.parameters, "population", None)
    if population is None:
        return ""
    engine = pick_engine(population.engine, population.users)
    how = {"individual": "each drawn alone", "cohort": "drawn as cohorts of one type and last provider"}[engine]
    why = "picked by their number" if population.engine == "auto" else "as set"
    return f"{population.users:,} users, {how} (population.engine: {engine}, {why})"


def _amount(amount: float | None, scale: float) -> str:
    return "–" if amount is None else f"{amount / scale:,.2f}"


def _finite(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
