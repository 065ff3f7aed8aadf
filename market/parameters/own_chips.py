"""Chips of labs' own."""

from market.fields import Section, quantity


class OwnChips(Section):
    """Accelerators that labs design for themselves, beside those that they buy."""

    fixed = ("labs", "months", "capacity")

    labs: int = quantity(0, "firms", "Labs, the largest of the start first, that design their own chips", ge=0, le=50)
    months: int = quantity(
        24,
        "month",
        "Months of design before the first chips are made",
        plausible=(12, 36),
        ge=0,
        le=240,
        source="two to three years from the decision to chips in service",
        grade="M",
    )
    design: float = quantity(
        20e6,
        "USD/month",
        "Staff, tools and masks behind the chips of one lab, from the start on",
        plausible=(5e6, 60e6),
        ge=0,
        le=1e12,
        source="some 540 million USD to design a chip of a 5 nm process (IBS), over about two years",
        grade="C",
        known_from="2022-12",
    )
    lag: float = quantity(
        1.2,
        "1",
        "Appeal of the leading vendor's chips over a lab's own in its choice (software and maturity)",
        plausible=(0.0, 2.4),
        ge=-20,
        le=20,
        source="as far behind as the second vendor (`vendors.lead`), for want of an estimate",
        grade="M",
    )
    capacity: float = quantity(
        0.1,
        "1",
        "Share of what the foundries make that goes to labs' own chips once there are any, the same to each lab; "
        "vendors have so much less",
        plausible=(0.02, 0.3),
        ge=0,
        le=0.9,
        source="orders that custom chips have of advanced packaging, against those of vendors",
        grade="M",
    )
