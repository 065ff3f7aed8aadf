"""What resellers ask for a model over what its lab asks, and how prices are spread."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

EQUAL = 1e-3
"""Relative; prices that differ by less are the same: some channels convert from units of their own, and round."""


def is_list(frame: "pd.DataFrame") -> "pd.Series":
    """Return which prices of tokens are a lab's own, [row]."""
    return frame["channel"] == frame["lab"]


def markups(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return reseller over list price of each model that its lab sells too, [channel, region, model].

    Args:
        frame: Prices of tokens on one day. Where a lab has prices by region, the lowest is its list price.

    Returns:
        The rows of resellers with the columns ``list`` (USD/Mtok, blended) and ``markup``.
    """
    own = is_list(frame)
    lists = frame[own].groupby(["lab", "model"])["blended"].min().to_frame("list").reset_index()
    resold = frame[~own].merge(lists, on=["lab", "model"])
    return resold.assign(markup=resold["blended"] / resold["list"])


def spreads(frame: "pd.DataFrame", value: str, by: Sequence[str]) -> "pd.DataFrame":
    """Return number, quartiles and ends of a column by group, the largest group first.

    Markups are also shared into those above list, equal to it and below.
    """
    import pandas as pd

    rows = []
    for key, group in frame.groupby(list(by), sort=True, observed=True):
        numbers = group[value]
        low, first, median, third, high = numbers.quantile([0, 0.25, 0.5, 0.75, 1]).tolist()
        row = dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True))
        row |= {"n": len(numbers), "min": low, "q1": first, "median": median, "q3": third, "max": high}
        if value == "markup":
            above, below = float((numbers > 1 + EQUAL).mean()), float((numbers < 1 - EQUAL).mean())
            row |= {"above": above, "equal": 1 - above - below, "below": below}
        rows.append(row)
    found = pd.DataFrame(rows, columns=None if rows else [*by, "n"])
    return found.sort_values("n", ascending=False, kind="stable", ignore_index=True)
