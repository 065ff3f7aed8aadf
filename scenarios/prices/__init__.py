"""Prices from outside: what labs ask for tokens, what resellers ask for the same, what clouds ask for GPU-hours."""
