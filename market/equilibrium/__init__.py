"""Equilibria of one layer, of a chain of layers, and of bargaining between two."""

from market.equilibrium.bargaining import Bargain, vertical_bargaining
from market.equilibrium.bertrand import Equilibrium, bertrand_nash, joint_profit
from market.equilibrium.chain import Chain, chain_equilibrium

__all__ = [
    "Bargain",
    "Chain",
    "Equilibrium",
    "bertrand_nash",
    "chain_equilibrium",
    "joint_profit",
    "vertical_bargaining",
]
