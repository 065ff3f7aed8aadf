"""The plans that sellers may have on their menus."""

FREE, SUBSCRIPTION, METERED = range(3)
PLANS = ("free", "subscription", "metered")
"""In the order of arrays [plan]."""
