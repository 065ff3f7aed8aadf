"""How firms decide: rules for prices and for training, of the market's own and from outside."""

from market.arrays import Vector
from market.conduct.layer import Layer
from market.conduct.pricing import (
    BestResponse,
    CapacityPricing,
    CostPlus,
    JointProfit,
    MarginalCost,
    Penetration,
    Undercut,
)
from market.conduct.rule import Rule
from market.conduct.training import Budget, FixedShare, MatchTheFrontier, Outlook, Race, Runway, Truce
from market.conduct.trying import Bandit, HillClimbing, QLearning

__all__ = [
    "Bandit",
    "BestResponse",
    "Budget",
    "CapacityPricing",
    "CostPlus",
    "FixedShare",
    "HillClimbing",
    "JointProfit",
    "Layer",
    "MarginalCost",
    "MatchTheFrontier",
    "Outlook",
    "Penetration",
    "QLearning",
    "Race",
    "Rule",
    "Runway",
    "Truce",
    "Undercut",
    "Vector",
]
