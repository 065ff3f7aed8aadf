"""Sweeps from the page: a control or two over ranges of values, run as a batch in the background."""
