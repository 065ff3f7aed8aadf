"""The claim under test: what holds so far in this run, and on which numbers."""

from matplotlib.figure import Figure

from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views.view import Table, View
from analysis.figures import margins_over_time
from analysis.findings.claim import CLAIMS, claims
from analysis.findings.sentences import evidence
from analysis.tables.horizon import period


def heading(snapshot: Snapshot) -> str:
    """Say how much of the claim holds so far."""
    verdicts = claims(snapshot.run).drop_duplicates("claim")["verdict"]
    holding = int((verdicts == "holds in this run").sum())
    return f"{holding} of {len(CLAIMS)} parts of the claim hold over {period(snapshot.run)}"


def margins(snapshot: Snapshot) -> Figure:
    """Draw the margin of each layer, month by month."""
    return margins_over_time(snapshot.run)


def numbers(snapshot: Snapshot) -> Table:
    """Return each part of the claim with its verdict, the numbers that were tested and the plain margin."""
    found = claims(snapshot.run)
    rows = []
    for claim in CLAIMS:
        part = found[found["claim"] == claim.text]
        rows.append((claim.text, f"“{claim.says}”", part["verdict"].iloc[0], evidence(part)))
    head = ("what is tested", "the article's words", "verdict", "on these numbers")
    return Table(f"One run, {period(snapshot.run)}: it may hold by chance", head, rows, words=(0, 1, 2, 3))


VIEW = View("Verdict", heading, (margins,), numbers)
