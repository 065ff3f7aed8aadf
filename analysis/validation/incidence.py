"""Who bears a tax on tokens, or gets a subsidy: prices go where sellers' first-order conditions say.

A share t of the price goes to the state, so that labs that sell all tokens themselves price as if they cost c/(k − t),
with k what is left of a dollar after other costs that follow it (Anderson, de Palma and Kreider 2001; Weyl and Fabinger
2013). Users bear (p − p₀)/(t p) of the tax, where p₀ is the price without it. A tax on pure profit is borne by the
firm alone (Stiglitz 1976): no first-order condition knows it.
"""

from functools import cache

import numpy as np

from analysis.validation.check import Check
from analysis.validation.stationary import free_to_switch, nash_prices, opened, played
from market import TokenMarket

MONTHS, TAX = 60, 0.2


@cache
def settled(tax: float, windfall: float = 0.0) -> TokenMarket:
    """Return the stationary world after five years under taxes, no reseller, and users free to switch.

    Args:
        tax: On tokens.
        windfall: On hardware's profit above normal.
    """
    taxes = {"policy.token_tax": tax, "policy.windfall_tax": windfall, "policy.windfall_on": "hardware"}
    return played(opened({"resellers.count": 0} | taxes | free_to_switch()), MONTHS)


def price(tax: float) -> float:
    return float(np.mean([lab.price for lab in settled(tax).labs]))


@cache
def nash(tax: float) -> float:
    """Return the mean Bertrand-Nash price at the marginal costs there are, USD/Mtok."""
    return float(nash_prices(settled(tax), tax).mean())


def borne(tax: float, untaxed: float, taxed: float) -> float:
    """Return the share of a tax that users bear, or get of a subsidy."""
    return (taxed - untaxed) / (tax * taxed)


def chip_price(windfall: float) -> float:
    """Return the mean price of chips under a windfall tax on hardware, USD."""
    return float(np.mean([vendor.price for vendor in settled(0.0, windfall).vendors]))


CHECKS = (
    Check("price under a tax of a fifth over the Bertrand-Nash price", "market.equilibrium at cost/(k − t)", 1.0,
          lambda: price(TAX) / nash(TAX), 1e-5, slow=True),
    Check("price under a subsidy of a fifth over the Bertrand-Nash price", "market.equilibrium at cost/(k − t)", 1.0,
          lambda: price(-TAX) / nash(-TAX), 1e-5, slow=True),
    Check("users' share of the tax over theory's", "Weyl and Fabinger (2013)", 1.0,
          lambda: borne(TAX, price(0.0), price(TAX)) / borne(TAX, nash(0.0), nash(TAX)), 1e-4, slow=True),
    Check("price of chips with half of hardware's windfall taxed over that without", "Stiglitz (1976)", 1.0,
          lambda: chip_price(0.5) / chip_price(0.0), 1e-12, slow=True),
)  # fmt: skip
