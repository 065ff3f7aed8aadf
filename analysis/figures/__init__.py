"""Figures of results; each function returns a matplotlib figure of its own and touches no global state."""

from analysis.figures.backtest import backtest_series
from analysis.figures.chain import chain
from analysis.figures.commons_by_setting import (
    human_share_over_time,
    profit_with_the_commons,
    quality_over_time,
    text_and_exhaustion,
)
from analysis.figures.convergence import margins_by_replications
from analysis.figures.costs import prices_and_unit_costs
from analysis.figures.dollar import dollar_by_setting, investment_and_the_dollar, waterfall_of_a_dollar
from analysis.figures.flip import flip_map
from analysis.figures.gpu_hour import gpu_hour
from analysis.figures.month import profit_in_month
from analysis.figures.plans import who_pays_for_whom
from analysis.figures.prices import market_shares, price_paths
from analysis.figures.profit import margin_by_setting, profit_by_setting
from analysis.figures.response import response_curves
from analysis.figures.saving import image
from analysis.figures.sensitivity import sensitivity
from analysis.figures.time import margins_over_time, profit_over_time
from analysis.figures.worlds import margin_in_worlds

__all__ = [
    "backtest_series",
    "chain",
    "dollar_by_setting",
    "flip_map",
    "gpu_hour",
    "human_share_over_time",
    "image",
    "investment_and_the_dollar",
    "margin_by_setting",
    "margin_in_worlds",
    "margins_by_replications",
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
    "sensitivity",
    "text_and_exhaustion",
    "waterfall_of_a_dollar",
    "who_pays_for_whom",
]
