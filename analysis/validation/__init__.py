"""The validation ladder: what theory says, and what the code gives."""

from analysis.validation.ladder import GROUPS, Outcome, Rung, climb

__all__ = ["GROUPS", "Outcome", "Rung", "climb"]
