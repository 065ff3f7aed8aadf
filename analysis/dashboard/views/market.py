"""Who sells to whom: market shares, and users who change provider."""

from matplotlib.figure import Figure

from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views.view import Table, View, this_month
from analysis.figures import market_shares
from analysis.figures.moves import users_on_the_move
from analysis.palette import number, percent
from market.wording import counted

_MOST_ROWS = 20


def shares(snapshot: Snapshot) -> Figure:
    """Draw market shares of vendors, labs and resellers."""
    return market_shares(snapshot.run)


def moves(snapshot: Snapshot) -> Figure | None:
    """Draw users who change provider this month; nothing where users have none."""
    if snapshot.taken is None or snapshot.taken.moves is None:
        return None
    return users_on_the_move(snapshot.taken.moves, snapshot.month)


def numbers(snapshot: Snapshot) -> Table:
    """Return shares and prices of labs, hosts and resellers in business, largest first."""
    firms = this_month(snapshot, "firms")
    firms = firms[firms["kind"].isin(["lab", "host", "reseller"]) & firms["alive"]]
    firms = firms.sort_values(["kind", "market_share"], ascending=[True, False])
    rows = [
        (
            firm["firm"],
            percent(firm["market_share"]),
            number(firm["price"]),
            number(firm["wholesale_price"]),
            number(firm["quality"]),
            number(firm["quantity"]),
        )
        for firm in firms.head(_MOST_ROWS).to_dict("records")
    ]
    head = ("seller", "share of its kind's tokens", "retail price, USD per Mtok", "wholesale price, USD per Mtok",
            "quality, doublings", "sold, Mtok")  # fmt: skip
    rest = len(firms) - _MOST_ROWS
    who = "Labs, hosts and resellers" if (firms["kind"] == "host").any() else "Labs and resellers"
    more = f"; {counted(rest, 'smaller seller')} left out" if rest > 0 else ""
    return Table(f"{who} in {snapshot.month}{more}", head, rows)


VIEW = View("Market", lambda _: "Who sells the tokens, and do users stay?", (shares, moves), numbers)
