"""The token factories of the labs."""

from matplotlib.figure import Figure

from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views.view import Table, View, this_month
from analysis.figures.factory import factory
from analysis.palette import number, percent


def fleet(snapshot: Snapshot) -> Figure:
    """Draw vintages, utilisation and unserved demand."""
    if snapshot.taken is None or snapshot.taken.fleet is None:
        raise ValueError("no servers yet")
    return factory(snapshot.run, snapshot.taken.fleet)


def numbers(snapshot: Snapshot) -> Table:
    """Return fleet, capacity, sales and cash of each lab and host in business."""
    firms = this_month(snapshot, "firms")
    labs = firms[firms["kind"].isin(["lab", "host"]) & firms["alive"]]
    rows = [
        (
            lab["firm"],
            number(lab["accelerators"]),
            number(lab["capacity"]),
            number(lab["quantity"]),
            number(lab["tokens_unserved"]),
            percent(lab["utilisation"]),
            number(lab["cash"]),
        )
        for lab in labs.to_dict("records")
    ]
    head = (
        "who",
        "own accelerators",
        "can serve, Mtok",
        "served, Mtok",
        "not served, Mtok",
        "utilisation",
        "cash, USD",
    )
    return Table(f"Who makes tokens in {snapshot.month}", head, rows)


VIEW = View("Factory", lambda _: "How old is the fleet, and is it busy?", (fleet,), numbers)
