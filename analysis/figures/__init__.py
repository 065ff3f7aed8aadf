"""Figures of results; each function returns a matplotlib figure of its own and touches no global state."""

from analysis.figures.chain import chain
from analysis.figures.costs import prices_and_unit_costs
from analysis.figures.dollar import dollar_by_setting, investment_and_the_dollar, waterfall_of_a_dollar
from analysis.figures.dumber import (
    human_share_over_time,
    profit_with_the_commons,
    quality_over_time,
    text_and_exhaustion,
)
from analysis.figures.flip import flip_map
from analysis.figures.month import profit_in_month
from analysis.figures.prices import market_shares, price_paths
from analysis.figures.profit import margin_by_setting, profit_by_setting
from analysis.figures.response import response_curves
from analysis.figures.saving import image
from analysis.figures.time import margins_over_time, profit_over_time

__all__ = [
    "chain",
    "dollar_by_setting",
    "flip_map",
    "human_share_over_time",
    "image",
    "investment_and_the_dollar",
    "margin_by_setting",
    "margins_over_time",
    "market_shares",
    "price_paths",
    "prices_and_unit_costs",
    "profit_by_setting",
    "profit_in_month",
    "profit_over_time",
    "profit_with_the_commons",
    "quality_over_time",
    "response_curves",
    "text_and_exhaustion",
    "waterfall_of_a_dollar",
]
