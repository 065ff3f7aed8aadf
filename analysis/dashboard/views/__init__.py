"""The tabs of the page; what they show is imported when a view is first drawn, for a page must be there at once."""

from typing import Final

PLANS: Final = "Who pays"
FACTORY: Final = "Factory"
COMMONS: Final = "Commons"
COMPARE: Final = "Compare"
SWEEP: Final = "Sweep"
APART: Final = (COMPARE, SWEEP)
"""Show no view of the running market."""

TABS: Final = (
    "Profit",
    "Verdict",
    "The dollar",
    PLANS,
    "Prices",
    "Market",
    FACTORY,
    "Chain",
    COMMONS,
    *APART,
)
