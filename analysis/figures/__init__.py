"""Figures of results; each function returns a matplotlib figure of its own and touches no global state."""

from analysis.figures.chain import chain
from analysis.figures.commons import commons_over_time
from analysis.figures.costs import prices_and_unit_costs
from analysis.figures.dollar import dollar_by_setting, investment_and_the_dollar, waterfall_of_a_dollar
from analysis.figures.drawing import image
from analysis.figures.factory import factory
from analysis.figures.month import profit_in_month
from analysis.figures.moves import users_on_the_move
from analysis.figures.prices import market_shares, price_paths
from analysis.figures.profit import margin_by_setting, profit_by_setting
from analysis.figures.time import margins_over_time, profit_over_time

__all__ = [
    "chain",
    "commons_over_time",
    "dollar_by_setting",
    "factory",
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
    "users_on_the_move",
    "waterfall_of_a_dollar",
]
