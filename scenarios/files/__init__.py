"""Scenarios and experiments as files: reading, merging, validating."""
