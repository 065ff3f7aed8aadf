"""The market for electricity."""
