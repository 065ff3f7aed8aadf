"""The economy of AI tokens: chips, servers, power, labs, resellers and users."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.learning.model import LearningMarket
    from market.learning.parameters import LearningParameters
    from market.model import TokenMarket
    from market.parameters import Parameters
    from market.textbook.model import TextbookMarket
    from market.textbook.parameters import TextbookParameters

__all__ = [
    "LearningMarket",
    "LearningParameters",
    "Parameters",
    "TextbookMarket",
    "TextbookParameters",
    "TokenMarket",
]

_HOMES = {
    "LearningMarket": "learning.model",
    "LearningParameters": "learning.parameters",
    "Parameters": "parameters",
    "TextbookMarket": "textbook.model",
    "TextbookParameters": "textbook.parameters",
    "TokenMarket": "model",
}


def __getattr__(name: str) -> Any:
    """Import on first use: the command line must answer before Mesa has loaded."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'market' has no attribute {name!r}")
    return getattr(import_module(f"market.{_HOMES[name]}"), name)
