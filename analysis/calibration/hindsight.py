"""What worlds are held to that nobody could know yet when what they foretell began."""

from typing import Final

import pandas as pd

from market.parameters.keys import leaves
from scenarios.files.ensemble import Ensemble
from scenarios.files.implications import without_effect
from scenarios.files.loading import load

COLUMNS: Final = ("input", "known_from", "grade", "source")


def hindsight(ensemble: Ensemble, month: str) -> pd.DataFrame:
    """Return the inputs that no world moves and whose sources are younger than a month, the youngest first.

    Those that have no effect in the ensemble's scenario are left out.

    Args:
        ensemble: Worlds; what they move was calibrated on its record.
        month: The last that was known, YYYY-MM.
    """
    parameters = load(ensemble.scenario).parameters
    values, moved = parameters.model_dump(mode="json"), ensemble.members[0].keys()
    rows = [
        (leaf.name, known, leaf.facts.get("grade", ""), leaf.facts.get("source", ""))
        for leaf in leaves(type(parameters), values)
        if leaf.name not in moved and (known := leaf.facts.get("known_from", "")) > month
        if without_effect(type(parameters), values, leaf.name) is None
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).sort_values("known_from", ascending=False, kind="stable")
