"""The plans that sellers may have on their menus."""

FREE, SUBSCRIPTION, METERED, SMALL = range(4)
PLANS = ("free", "subscription", "metered", "small")
"""In the order of arrays [plan]; the last is a small model by the token, and there are no more where none is sold."""
