"""A market under some contract between labs and resellers, played with its books checked month by month."""

from typing import Any

from market import TokenMarket
from scenarios import load

LARGE = {"population.users": 10**9, "population.engine": "cohort"}


def played(months: int, scenario: str, given: dict[str, Any]) -> TokenMarket:
    """Return a market of very many users after some months."""
    model = TokenMarket(load(scenario, LARGE | given).parameters, rng=1)
    audit = model.audit()
    for _ in range(months):
        audit.step()
    return model
