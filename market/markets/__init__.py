"""The markets along the chain."""
