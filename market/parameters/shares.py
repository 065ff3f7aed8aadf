"""Shares of one revenue: what several payments take of it leaves the seller something."""

from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from market.parameters import Parameters

LEAST_KEPT = 1e-9
"""Share of its revenue that a seller keeps at least: prices are costs over it."""


def shares_problem(parameters: "Parameters") -> str | None:
    """Return which shares of one revenue add up to all of it or more; None if none do."""
    for names in _together(parameters):
        taken = sum(float(attrgetter(name)(parameters)) for name in names)
        if taken > 1 - LEAST_KEPT:
            return f"{', '.join(names[:-1])} and {names[-1]} must add up to less than 1, not {taken:.6g}"
    return None


def _together(parameters: "Parameters") -> Iterator[tuple[str, ...]]:
    """Yield the shares taken of one revenue: that of labs from users, and that of resellers.

    Vendors and makers pay one share each, which its own bounds keep below 1. Training is paid out of funding too, so
    that its share may exceed revenue.
    """
    licences = ("commons.licence_share",) if parameters.commons.mode == "on" else ()
    yield ("labs.overhead_share", *licences, "policy.token_tax")
    shared = ("labs.revenue_share",) if parameters.labs.wholesale == "revenue-share" else ()
    yield ("resellers.fee_share", "resellers.staff_share", "policy.token_tax", *shared)
