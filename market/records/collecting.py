"""What Mesa's tools see of the market, read off the rows that the recorder has just taken down.

Users are no part of it: they are arrays, and collecting them would cost more than playing the month.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

import mesa

from market.firms import Firm
from market.records.columns import LAYERS, RECORDED

if TYPE_CHECKING:
    from market.economy import Economy


def of_market(column: int, model: "Economy") -> Any:
    """Return a value of the market in the month just played; NaN before the first."""
    rows = model.recorder.rows["rounds"]
    return rows[-1][column] if rows else float("nan")


def of_layer(layer: int, column: int, model: "Economy") -> Any:
    """Return a value of a layer in the month just played; NaN before the first."""
    rows = model.recorder.rows["layers"]
    return rows[layer - len(LAYERS)][column] if rows else float("nan")


def of_firm(column: int, firm: Firm) -> Any:
    """Return a value of a firm in the month just played; NaN before its first."""
    row = firm.model.recorder.last_of.get(firm.name)
    return row[column] if row else float("nan")


MARKET = {name: partial(of_market, place) for place, name in enumerate(RECORDED["rounds"].names)}
MONEY = {
    f"{name}_{layer}": partial(of_layer, number, place)
    for name, place in RECORDED["layers"].collected.items()
    for number, layer in enumerate(LAYERS)
}
FIRMS = {name: partial(of_firm, place) for name, place in RECORDED["firms"].collected.items()}
"""Names that no reporter of the market has: ``mesa.batch_run`` puts both in one row."""


def collector() -> mesa.DataCollector:
    """Return a collector of the market (``model_reporters``) and of firms in business (``agenttype_reporters``)."""
    return mesa.DataCollector(model_reporters=MARKET | MONEY, agenttype_reporters={Firm: FIRMS})
