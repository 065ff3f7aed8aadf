"""The whole chain in one picture."""

from matplotlib.figure import Figure

from analysis import figures
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views.view import Table, View
from analysis.figures.chain import chain_payments
from analysis.palette import number


def picture(snapshot: Snapshot) -> Figure:
    """Draw boxes by revenue, coloured by margin, and arrows by payments."""
    return figures.chain(snapshot.run)


def numbers(snapshot: Snapshot) -> Table:
    """Return the payments behind the arrows."""
    payments = chain_payments(snapshot.run, snapshot.run.settings[0]).sort_values("amount", ascending=False)
    rows = [(payer, payee, number(amount, 4)) for payer, payee, amount in payments.itertuples(index=False, name=None)]
    return Table("Payments since the start, less what flows back", ("from", "to", "USD"), rows, words=(0, 1))


VIEW = View("Chain", lambda _: "Who pays whom, and what is left with each?", (picture,), numbers)
