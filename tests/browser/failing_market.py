"""Serves a market whose third month fails."""

from analysis.dashboard import serve
from market import TokenMarket

play = TokenMarket.step


def step(model: TokenMarket) -> None:
    if model.round == 2:
        raise FloatingPointError("prices ran away")
    play(model)


TokenMarket.step = step  # type: ignore[method-assign]
serve(port=0)
