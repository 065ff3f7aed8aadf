"""The economy of AI tokens: chips, servers, power, labs, resellers and users."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.model import TokenMarket
    from market.parameters import Parameters

__all__ = ["Parameters", "TokenMarket"]


def __getattr__(name: str) -> Any:
    """Import on first use: the command line must answer before Mesa has loaded."""
    if name == "Parameters":
        from market.parameters import Parameters

        return Parameters
    if name == "TokenMarket":
        from market.model import TokenMarket

        return TokenMarket
    raise AttributeError(f"module 'market' has no attribute {name!r}")
