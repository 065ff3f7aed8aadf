"""Where a dollar paid by users ends."""

from matplotlib.figure import Figure

from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views.view import Table, View
from analysis.figures import waterfall_of_a_dollar
from analysis.figures.dollar import part_label
from analysis.tables.dollar import PARTS, run_waterfall, serving


def used(snapshot: Snapshot) -> Figure:
    """Draw the dollar with what serving users used up."""
    return waterfall_of_a_dollar(snapshot.run)


def numbers(snapshot: Snapshot) -> Table:
    """Return the parts of the dollar on both bases."""
    bases = [run_waterfall(snapshot.run, basis).iloc[0] for basis in ("used", "accrued")]
    rows = [(part_label(part, " "), *(_cents(basis[part]) for basis in bases)) for part in PARTS]
    beside = serving(snapshot.run).set_index("part")["mean"]
    if snapshot.plans:
        rows += [(f"of it, labs: {part}", _cents(beside[part]), "") for part in beside.index]
    head = ("part of the dollar", "used up, US cents", "earned and paid, US cents")
    return Table("One dollar paid by users so far", head, rows)


def _cents(share: float) -> str:
    return "–" if share != share else f"{100 * share:.2f}".replace("-", "−")


VIEW = View("The dollar", lambda _: "Where does a dollar paid by users end?", (used,), numbers)
