"""The market for rented compute."""
