"""Where a dollar paid by users ends: as profit and as outside cost in each layer."""

from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from analysis.results import RUN_KEYS, BatchResults, in_memory
from analysis.statistics import summarise
from analysis.tables.layers import run_layers
from analysis.tables.plans import SERVING, run_serving
from market.accounts.ledger import FINANCING, NO_COST, SERVERS, TAX
from market.accounts.ledger import INVESTMENT as CAPITAL_GOODS
from market.records.columns import LAYERS
from scenarios.batches.precision import CONFIDENCE

Basis = Literal["accrued", "used"]

INVESTMENT: Final = "investment"
ROUNDING: Final = 1e-9
PARTS: Final = (*(f"{layer} {what}" for layer in LAYERS for what in ("profit", "costs")), TAX, INVESTMENT)


def waterfall(results: Any, basis: Basis = "accrued", confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return how one dollar paid by users divides, by setting.

    Args:
        results: Results of one run or of a batch.
        basis: ``accrued``: everything each layer earned and paid in the run, with fleets bought for later years as a
            part of its own (``accrued_parts``); ``used``: only what serving these users used up (``used_parts``).
        confidence: Of the interval.

    Returns:
        One row per setting and part, in the order of ``PARTS``: ``setting``, ``part``, ``mean`` (share of the dollar),
        ``low``, ``high``, ``replications``. The means of a setting add up to 1.
    """
    wide = run_waterfall(results, basis)
    tidy = wide.melt([*RUN_KEYS, "dollars"], list(PARTS), var_name="part")
    tidy["part"] = pd.Categorical(tidy["part"], categories=PARTS, ordered=True)
    return summarise(tidy, ["setting", "part"], confidence=confidence).drop(columns="deviation")


def run_waterfall(results: Any, basis: Basis = "accrued") -> pd.DataFrame:
    """Return the parts of one dollar paid by users, per run: columns ``PARTS`` and ``dollars`` (USD users paid)."""
    parts = accrued_parts(results) if basis == "accrued" else used_parts(results)
    shares = parts[list(PARTS)].div(parts["dollars"].where(parts["dollars"] > 0), axis=0)
    return shares.assign(dollars=parts["dollars"]).reset_index()


def accrued_parts(results: Any) -> pd.DataFrame:
    """Return USD of each part and ``dollars``, by run, from everything that was earned and paid in it.

    Add up the books of all layers. What one layer pays another cancels, so what users pay equals the layers' operating
    profits, plus what they pay to the outside world (``… costs``, capital goods made there included), plus tax on
    sales, less what the layers spend on lasting assets beyond what they depreciate:

        users' dollar = Σ profit + Σ outside costs + tax − (investment − depreciation)

    The last term is the part ``investment``. It is negative while fleets grow: then profits and costs together are more
    than the users' dollar, and investors or the firms' cash pay the rest. Profit is net of tax on sales.
    """
    batch = in_memory(results)
    paid, profit = _flow_totals(batch), _by_layer(batch, "profit")
    tax, running = paid[paid["category"] == TAX], paid[~paid["category"].isin([*NO_COST, TAX])]
    parts = pd.DataFrame({"dollars": _net(tax, "users", "outside", profit.index)})
    for layer in LAYERS:
        parts["dollars"] += _net(running, "users", layer, profit.index)
        parts[f"{layer} profit"] = profit[layer]
        parts[f"{layer} costs"] = _net(running, layer, "outside", profit.index)
    parts[TAX] = sum(_net(tax, party, "outside", profit.index) for party in (*LAYERS, "users"))
    parts[INVESTMENT] = parts["dollars"] - parts[list(PARTS[:-1])].sum(axis=1)
    return parts


def used_parts(results: Any) -> pd.DataFrame:
    """Return USD of each part and ``dollars``, by run, from what serving the users used up.

    Instead of the capital goods a lab buys in the run, this counts the wear of those it has: depreciation and
    write-offs, which are the labs' costs less what they pay for anything else. Wear divides into servers and what the
    outside world makes (buildings, network) as the run's purchases do. What hardware gets, electricity and wear of
    servers, divides into profit and outside costs at hardware's margin in the run. Nothing but rounding is left for
    ``investment``:

        users' dollar = profits of labs and resellers + their outside costs without capital goods + tax
                        + electricity + wear of servers + wear of buildings and network

    NaN in a run whose labs wear down a fleet but buy nothing: the composition of the fleet is not recorded.
    """
    batch = in_memory(results)
    parts, paid = accrued_parts(batch), _flow_totals(batch)
    goods = paid[paid["category"].isin(CAPITAL_GOODS) & (paid["payer"] == "labs")]
    running = paid[~paid["category"].isin([*NO_COST, *CAPITAL_GOODS])]
    runs = parts.index
    bought = _net(goods, "labs", "hardware", runs) + _net(goods, "labs", "outside", runs)
    expensed = _net(running, "labs", "hardware", runs) + _net(running, "labs", "outside", runs)
    wear = _by_layer(batch, "cost")["labs"] - expensed
    servers = wear * (_net(goods[goods["category"] == SERVERS], "labs", "hardware", runs) / bought.where(bought > 0))
    owns_nothing = (bought <= 0) & (wear.abs() <= ROUNDING * expensed.abs())
    servers = servers.mask(owns_nothing, 0.0)
    for_hardware = servers + sum(_net(running, layer, "hardware", runs) for layer in ("labs", "resellers"))
    margin = _by_layer(batch, "margin")["hardware"]
    outside = _net(running[running["category"] != TAX], "labs", "outside", runs)
    parts["hardware profit"] = for_hardware * margin
    parts["hardware costs"] = for_hardware * (1 - margin)
    parts["labs costs"] = outside + wear - servers
    parts[INVESTMENT] = parts["dollars"] - parts[list(PARTS[:-1])].sum(axis=1, skipna=False)
    return parts


def serving(results: Any, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return what labs spend on serving those who pay, and on serving free users, per dollar paid by users.

    Not parts beside those of ``waterfall`` but of them: running and wear of servers that serve, which goes to hardware
    and to the outside world.

    Returns:
        ``setting``, ``part`` (one of ``SERVING``), ``mean``, ``low``, ``high``, ``replications``.
    """
    batch = in_memory(results)
    dollars = run_waterfall(batch).set_index(RUN_KEYS)["dollars"]
    spent = run_serving(batch).reindex(dollars.index).div(dollars.where(dollars > 0), axis=0)
    tidy = spent.reset_index().melt(RUN_KEYS, list(SERVING), var_name="part")
    tidy["part"] = pd.Categorical(tidy["part"], categories=SERVING, ordered=True)
    return summarise(tidy, ["setting", "part"], confidence=confidence).drop(columns="deviation")


def investors_money(results: Any, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return what investors put into and took out of each layer, per dollar paid by users.

    Returns:
        ``setting``, ``layer``, ``mean`` (money in less money out, share of the users' dollar), ``low``, ``high``,
        ``replications``.
    """
    batch = in_memory(results)
    paid = _flow_totals(batch)
    paid = paid[paid["category"].isin(FINANCING)]
    dollars = run_waterfall(batch).set_index(RUN_KEYS)["dollars"]
    pieces = []
    for layer in LAYERS:
        share = _net(paid, "investors", layer, dollars.index) / dollars.where(dollars > 0)
        pieces.append(share.rename("value").reset_index().assign(layer=layer))
    tidy = pd.concat(pieces, ignore_index=True)
    tidy["layer"] = pd.Categorical(tidy["layer"], categories=LAYERS, ordered=True)
    return summarise(tidy, ["setting", "layer"], confidence=confidence).drop(columns="deviation")


def _by_layer(batch: BatchResults, measure: str) -> pd.DataFrame:
    """A measure over the run, [run, layer]."""
    return run_layers(batch).set_index([*RUN_KEYS, "layer"])[measure].unstack("layer").reindex(columns=list(LAYERS))


def _flow_totals(batch: BatchResults) -> pd.DataFrame:
    keys = [*RUN_KEYS, "payer", "payee", "category"]
    return batch.flows.groupby(keys, observed=True)["amount"].sum().reset_index()


def _net(paid: pd.DataFrame, payer: str, payee: str, runs: pd.Index) -> pd.Series:
    """USD paid one way less USD paid back, for each run."""
    source, sink = paid["payer"].astype(object).to_numpy(), paid["payee"].astype(object).to_numpy()
    sign = ((source == payer) & (sink == payee)).astype(float) - ((source == payee) & (sink == payer))
    rows = paid[sign != 0]
    place = runs.get_indexer(pd.MultiIndex.from_frame(rows[RUN_KEYS]))
    known = place >= 0
    amounts = (sign[sign != 0] * rows["amount"].to_numpy())[known]
    return pd.Series(np.bincount(place[known], amounts, minlength=len(runs)), index=runs)
