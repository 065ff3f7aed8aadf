"""Rented compute: with free entry it costs the user cost of a server at the share of time it is let (Jorgenson 1963).

The clouds looked at are those of the stationary world, beside labs that own servers too. Where servers are short the
price is what a server earns by serving, where some stand idle what running one costs; contracts are paid for whether
used or not: f x + s max(q − x, 0) for contracts of x at f, a spot price s and q used.
"""

from functools import cache

from analysis.validation.check import Check
from analysis.validation.stationary import opened, played, user_cost
from market import TokenMarket
from market.accounts import ledger

MONTHS = 120
CLOUDS = 3


@cache
def settled(conduct: str = "entry") -> TokenMarket:
    """Return the stationary world with clouds, after ten years."""
    return played(opened({"clouds.count": CLOUDS, "clouds.conduct": conduct}), MONTHS)


def at_its_use(model: TokenMarket) -> float:
    """Return the user cost of a server over the share of time it is let and of revenue kept, USD a month."""
    clouds = model.parameters.clouds
    return user_cost(model) / (clouds.uptime * (1 - clouds.staff_share))


def spot_of_entry() -> float:
    return settled().compute.price / at_its_use(settled())


def cournot_markup() -> float:
    """Return the price over that of free entry at which a cloud of three gains nothing by letting one server more."""
    model = settled("cournot")
    plans = sum(lab.training_plan for lab in model.labs)
    trains = plans / sum(lab.running for lab in model.labs)
    elasticity = model.parameters.clouds.substitution * (1 - model.labs[0].rented_share) + trains
    return 1 / (1 - 1 / (CLOUDS * elasticity))


def spot_of_cournot() -> float:
    return settled("cournot").compute.price / at_its_use(settled("cournot"))


def paid() -> float:
    """Return what a lab pays for rented compute in a month over f x + s max(q − x, 0)."""
    model = opened({"clouds.count": CLOUDS})
    played(model, 12)
    lab, compute = model.labs[0], model.compute
    on_contract = [(deals.price, float(deals.units[lab.index].sum())) for deals in compute.contracts
                   if deals.until > model.round]  # fmt: skip
    played(model, 1)
    due = sum(price * units for price, units in on_contract)
    due += compute.price * max(lab.rented - sum(units for _, units in on_contract), 0.0)
    return model.ledger.turnover()[lab.name][1][ledger.COMPUTE] / due


def paid_to_parent() -> float:
    """Return what a lab pays the cloud that owns it, of three that build like Cournot, over what its servers cost."""
    model = played(opened({"clouds.count": CLOUDS, "clouds.conduct": "cournot", "clouds.own_labs": 1}), MONTHS)
    lab, parent = model.labs[0], model.clouds[0]
    paid = sum(amount for payer, payee, category, amount in model.ledger.payments
               if (payer, payee, category) == (lab.name, parent.name, ledger.COMPUTE))  # fmt: skip
    return paid / (parent.let_to_own * at_its_use(model))


def idle() -> float:
    """Return the spot price over the running cost once labs no longer train."""
    model = opened({"clouds.count": CLOUDS, "clouds.contract_share": 0.0})
    played(model, 1)
    for lab in model.labs:
        lab.training_plan = 0.0
    played(model, 1)
    return model.compute.price / model.compute.running_cost()


def short() -> float:
    """Return the spot price over what a server earns at most by serving, once most servers are gone."""
    model = opened({"clouds.count": CLOUDS, "clouds.contract_share": 0.0})
    played(model, 1)
    model.assets.servers.fail(model.round, 0.8)
    prices = [lab.retail_price for lab in model.labs]
    played(model, 1)
    fleet, mtok = model.parameters.fleet, model.technology.mtok
    return model.compute.price / (max(prices) * model.retail.net_share_retail * mtok * fleet.highest_utilisation)


def profit() -> float:
    """Return what clouds earn over the cost of their capital, as a share of revenue: nothing is left at free entry."""
    model = settled()
    revenue = model.compute.price * sum(cloud.let for cloud in model.clouds)
    cost = user_cost(model) * sum(cloud.running for cloud in model.clouds)
    return (revenue * (1 - model.parameters.clouds.staff_share) - cost) / revenue


CHECKS = (
    Check("spot price with free entry over the user cost at the share let", "Jorgenson (1963)", 1.0,
          spot_of_entry, 0.01, slow=True),
    Check("economic profit of clouds over revenue with free entry", "free entry", 0.0, profit, 0.01, slow=True),
    Check("markup of three Cournot clouds over free entry, over theory's", "p (1 − s/η) = marginal cost",
          1.0, lambda: spot_of_cournot() / cournot_markup(), 0.02, slow=True),
    Check("rent a lab pays over f x + s max(q − x, 0)", "take or pay", 1.0, paid, 1e-9, slow=True),
    Check("rent a lab pays the Cournot cloud that owns it, over what its servers cost", "Spengler (1950)",
          1.0, paid_to_parent, 1e-3, slow=True),
    Check("spot price over running cost where servers stand idle", "competition", 1.0, idle, 1e-9),
    Check("spot price over what serving earns where servers are short", "rationing by price", 1.0, short, 1e-9),
)  # fmt: skip
