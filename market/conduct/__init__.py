"""How firms decide: rules for prices and for training, of the market's own and from outside."""

from market.arrays import Vector
from market.conduct.layer import Layer
from market.conduct.pricing import (
    BestResponse,
    CapacityPricing,
    CostPlus,
    HillClimbing,
    JointProfit,
    MarginalCost,
    Penetration,
    Rule,
    Undercut,
)
from market.conduct.training import Budget, FixedShare, MatchTheFrontier, Outlook, Race, Runway, Truce

__all__ = [
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
    "Race",
    "Rule",
    "Runway",
    "Truce",
    "Undercut",
    "Vector",
]
