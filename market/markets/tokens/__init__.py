"""The market for tokens, retail and wholesale."""
