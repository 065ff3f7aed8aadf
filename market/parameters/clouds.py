"""Clouds: who rents compute to labs."""

from typing import Literal

from pydantic import Field

from market.fields import Section, quantity


class Clouds(Section):
    """Firms that buy servers and rent them to labs by the month, spot or on contract."""

    fixed = ("count", "own_labs", "opening_months")

    count: int = quantity(0, "firms", "Clouds that rent servers to labs (0: labs own all they use)", ge=0, le=50)
    own_labs: int = quantity(
        0,
        "firms",
        "Clouds that own a lab: the first the largest, and so on. A lab of its own is served first, at cost",
        ge=0,
        le=50,
    )
    conduct: Literal["entry", "cournot"] = Field(
        "entry",
        description="How much clouds build. entry: until renting earns no more than the user cost; cournot: as long as "
        "one more server raises a cloud's own profit, given what the others have",
    )
    entry: bool = Field(
        True,
        description="Whether, where no cloud is left, new owners found one for the fleet of a cloud that has failed, "
        "if rents pay what is asked for it",
        json_schema_extra={"unit": "1"},
    )
    appeal: float = quantity(
        1.4,
        "1",
        "Utility to a lab of renting over owning at equal cost: no wait, no building, no money down",
        plausible=(0.0, 3.0),
        ge=-20,
        le=20,
        source="labs rent most of their compute: four fifths at equal cost",
        grade="M",
    )
    substitution: float = quantity(
        4.0,
        "1",
        "Fall of the logarithm of rented over owned compute with that of the cost of renting over owning",
        plausible=(1.0, 10.0),
        ge=0,
        le=50,
    )
    contract_share: float = quantity(
        0.6,
        "1",
        "Part of what a lab means to rent that it takes on contract, to be paid whether used or not",
        plausible=(0.2, 0.9),
        ge=0,
        le=1,
        source="take-or-pay contracts are most of GPU clouds' revenue (CoreWeave 2025)",
        grade="M",
        known_from="2025-03",
    )
    contract_months: int = quantity(
        12, "month", "Length of a contract", plausible=(3, 36), ge=1, le=36, source="one to three years", grade="M"
    )
    uptime: float = quantity(
        0.9,
        "1",
        "Share of a cloud's servers that can be let at a time (others are repaired or between tenants)",
        plausible=(0.8, 0.98),
        gt=0,
        le=1,
        source="utilisation that GPU clouds plan with",
        grade="M",
    )
    staff_share: float = quantity(
        0.1,
        "1",
        "Selling, administration and support as a share of revenue",
        plausible=(0.05, 0.2),
        ge=0,
        le=0.9,
        source="GPU clouds 2024-25",
        grade="M",
        known_from="2025-11",
    )
    opening_months: float = quantity(6.0, "month", "Cash at the start, in months of costs", ge=0, le=240)
