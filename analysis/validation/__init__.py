"""The validation ladder: what theory says, and what the code gives."""

from analysis.validation.check import Check, Outcome
from analysis.validation.ladder import GROUPS, run_checks

__all__ = ["GROUPS", "Check", "Outcome", "run_checks"]
