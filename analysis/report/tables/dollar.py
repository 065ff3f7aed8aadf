"""Where a dollar paid by users goes, in cents."""

from math import isnan
from typing import Final

from analysis.figures.dollar import part_label
from analysis.report.blocks import details, paragraph, table
from analysis.results import BatchResults
from analysis.tables.dollar import PARTS, Basis, investors_money, waterfall

_DOLLAR_NOTE: Final = (
    "US cents of a dollar paid by users. What layers pay each other cancels: users' dollar = profits + payments to "
    "the outside world + tax on sales − (investment − depreciation). The last is negative while fleets grow: that "
    "part is paid by investors or from cash. Counting the wear of fleets in place of what was bought for later years, "
    "nothing is left over."
)


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


def _cents(share: float) -> str:
    return "–" if isnan(share) else f"{100 * share:.1f}".replace("-", "−")
