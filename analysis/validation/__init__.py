"""The validation ladder: what theory says, and what the code gives."""

from analysis.validation.ladder import GROUPS, climb
from analysis.validation.rung import Outcome, Rung

__all__ = ["GROUPS", "Outcome", "Rung", "climb"]
