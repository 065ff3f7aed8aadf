"""The market for servers and the chips in them."""
