"""The part of a report on plans: who pays for whom, where anything but tokens by the token is sold."""

from typing import Final

from analysis import figures
from analysis.palette import number, percent
from analysis.report.blocks import paragraph, section, table
from analysis.report.pictures import Drawings
from analysis.results import BatchResults
from analysis.tables.dollar import serving
from analysis.tables.plans import SERVING, has_plans, plans_by_setting

_NOTE: Final = (
    "Means over months and runs. Paying: people who pay anything, of those with a provider. Converts: free users of a "
    "month who are expected to pay in the next. What free users cost is running and wear of the labs' servers that "
    "served them, in US cents of a dollar paid by users."
)


def plans_section(shown: BatchResults, main: str, draw: Drawings, when: str) -> str:
    """Return the section, with the figure of the main setting or of the first that has plans; nothing if none has."""
    known = [setting for setting in (main, *shown.settings) if has_plans(shown, setting)]
    if not known:
        return ""
    figure = draw(figures.who_pays_for_whom, shown, known[0])
    return section("Who pays for whom", figure, _plans_table(shown), paragraph(_NOTE, "note"), when=when)


def _plans_table(shown: BatchResults) -> str:
    cents = serving(shown).set_index(["setting", "part"])["mean"]
    rows = [
        [
            shown.title(row["setting"]),
            percent(row["paying_share"]),
            percent(row["free_token_share"]),
            number(row["free_allowance"]),
            percent(row["conversion"]),
            number(row["revenue_per_payer"]),
            *(number(100 * cents[row["setting"], part]) for part in SERVING),
        ]
        for row in plans_by_setting(shown).to_dict("records")
    ]
    head = [
        "Setting",
        "Paying",
        "Tokens served free",
        "Free, Mtok a month",
        "Converts in a month",
        "A payer pays, USD a month",
        *(f"Labs: {part}, cents" for part in SERVING),
    ]
    return table(head, rows)
