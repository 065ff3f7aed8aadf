"""A stationary world: the agents' own market, in which nothing grows, stays where it is and returns when pushed.

The preset ``stationary`` opens at its stationary state. Prices are held to a Bertrand-Nash equilibrium that
`market.equilibrium` computes from the users' tastes, fleets and orders to the renewal equation, knowledge to its law of
motion.

Servers bought together are replaced together. One that fails is replaced at once and out of step from then on, so that
of a bulge in purchases (1 − λ)^life comes back a life later: echoes fade by that factor from life to life. Capacity and
prices do not follow them, as labs order what will be missing at delivery.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from analysis.validation.check import Check
from market import TokenMarket
from market.demand import MixedLogit
from market.equilibrium import bertrand_nash

Vector = NDArray[np.float64]
Look = Callable[[TokenMarket], list[float]]

EXACT = {"population.users": 10**10, "population.engine": "cohort"}
"""So many people that chance does not matter."""

DRAWN = {"population.users": 2_000_000, "population.engine": "individual"}
MONTHS, TO_RETURN, LIFE = 120, 48, 60
TO_FORGET = 288
"""Months in which training is back: it follows labs' shares, and loyal users take years to spread again.

Of a distance that users' habits keep up there is left (1 − χ)^months, where χ is the share of users who choose anew, a
little over 1 % a month of the most loyal: half of it after five years.
"""
BULGE_AT, ECHO = 25, LIFE
"""Servers of one age in the bulge wear out, and are ordered again, in month 25 and a life later."""

TRAINING = "training of labs"
STANDS: dict[str, Look] = {
    "number of firms": lambda model: [float(sum(firm.alive for firm in model.firms))],
    "prices of labs": lambda model: [lab.price for lab in model.labs],
    "mean price of resellers": lambda model: [float(np.mean([reseller.price for reseller in model.resellers]))],
    "prices of chips": lambda model: [vendor.price for vendor in model.vendors],
    "servers in service": lambda model: [sum(lab.reference for lab in model.labs)],
    TRAINING: lambda model: [lab.trained for lab in model.labs],
}
FLOWS: dict[str, Look] = {
    "orders of half a year": lambda model: [bought(model)],
}


def opened(changes: dict[str, object] | None = None) -> TokenMarket:
    """Return the stationary world before its first month, with changes by dotted name."""
    from scenarios.files.loading import load

    return TokenMarket(load("stationary", EXACT | (changes or {})).parameters, rng=1, collect=False)


def played(model: TokenMarket, months: int) -> TokenMarket:
    """Return the model, some months later."""
    for _ in range(months):
        model.step()
    return model


def free_to_switch() -> dict[str, object]:
    """Return changes, by dotted name, with which no user minds leaving a provider."""
    return {f"population.segments.{segment.name}.loyalty": 0.0 for segment in opened().segments}


@cache
def settled(resellers: int = 10, loyal: bool = True) -> TokenMarket:
    """Return the stationary world after ten years, with as many resellers; users may be free to switch."""
    changes: dict[str, object] = {"resellers.count": resellers}
    if not loyal:
        changes |= free_to_switch()
    return played(opened(changes), MONTHS)


def apart(model: TokenMarket, look: Look, reference: list[float]) -> float:
    """Return the largest relative difference of what is looked at from a reference."""
    return float(np.abs(np.array(look(model)) / np.array(reference) - 1).max())


@cache
def moves(drawn: bool) -> dict[str, float]:
    """Return by how much anything moves within ten years, as a share of what it was in the first month."""
    model = played(opened(DRAWN if drawn else None), 1)
    looks = STANDS | FLOWS
    first, most = {name: look(model) for name, look in looks.items()}, dict.fromkeys(looks, 0.0)
    for _ in range(MONTHS - 1):
        model.step()
        most = {name: max(most[name], apart(model, look, first[name])) for name, look in looks.items()}
    return most


# pushed ------------------------------------------------------------------------------------------------------------


def raise_prices(model: TokenMarket) -> None:
    for firm in (*model.labs, *model.resellers):
        firm.price *= 1.3


def lose_servers(model: TokenMarket) -> None:
    model.assets.servers.fail(model.round, 0.2)


def forget(model: TokenMarket) -> None:
    model.labs[-1].knowledge *= 0.7


def turn_away_users(model: TokenMarket) -> None:
    stay = np.where(np.arange(len(model.retail.offers)) == 0, 1.0, 0.5)
    for segment in model.segments:
        segment.remember(stay, MONTHS)


PUSHES: dict[str, Callable[[TokenMarket], None]] = {
    "all token prices rose by 30 %": raise_prices,
    "a fifth of all servers was lost": lose_servers,
    "a lab lost 30 % of its knowledge": forget,
    "all sellers but one lost half their users": turn_away_users,
}


def returns(push: Callable[[TokenMarket], None]) -> float:
    """Return how far the market is from its stationary state four years after it was pushed away from it."""
    model = played(opened(), 1)
    push(model)
    played(model, TO_RETURN)
    looks = {name: look for name, look in STANDS.items() if name != TRAINING}
    return max(apart(model, look, look(settled())) for look in looks.values())


def forgets(push: Callable[[TokenMarket], None]) -> float:
    """Return how far training is from its stationary level, long after the market was pushed away."""
    model = played(opened(), 1)
    push(model)
    return apart(played(model, TO_FORGET), STANDS[TRAINING], STANDS[TRAINING](settled()))


@cache
def bulges() -> Vector:
    """Return orders in excess of a usual month's, accelerators [month], where many servers are of one age."""
    model, ordered = opened(), []
    servers, others = model.assets.servers, model.assets.servers.since != BULGE_AT + 5 - LIFE
    servers.units[:] *= np.where(others, 0.97, 3.0)
    for _ in range(BULGE_AT + ECHO + 1):
        model.step()
        ordered.append(float(model.servers.shipped.sum()))
    return np.array(ordered) - np.median(ordered)


# what the state is -------------------------------------------------------------------------------------------------


def mixed_logit(model: TokenMarket) -> MixedLogit:
    """Return the users' demand as theory writes it down, of users who are free to switch.

    A text in a language of f tokens a word costs f times as much: b f^(1−ε) stands for b, k f^(1−ε) for k, and the
    utility of an offer at the reference price stays what it is.
    """
    demand = model.retail.expected()
    tastes, types = demand.tastes, demand.tastes.types
    fertile = types.fertility ** (1 - tastes.elasticity)
    at_reference = replace(demand.offers, price=np.full(len(demand.offers), tastes.reference_price))
    return MixedLogit(
        value=tastes.utility(at_reference, demand.progress),
        price_coefficient=types.price_sensitivity * fertile,
        weights=demand.mass.sum(axis=1),
        nests=demand.nest,
        rho=tastes.correlation,
        elasticity=tastes.elasticity,
        reference_price=tastes.reference_price,
        need=types.need * fertile,
    )


def nash_prices(model: TokenMarket, tax: float = 0.0) -> Vector:
    """Return Bertrand-Nash prices, [offer], of those who sell their own tokens, at the marginal costs there are."""
    kept = 1 - model.parameters.labs.overhead_on_sales - tax
    return np.asarray(bertrand_nash(mixed_logit(model), np.array(model.retail.marginal_costs()) / kept).prices)


def user_cost(model: TokenMarket) -> float:
    """Return what a server costs a month, USD: by discounting month by month what it yields, and what it uses."""
    parameters, fleet = model.parameters, model.parameters.fleet
    interest = (1 + fleet.cost_of_capital) ** (1 / 12)
    server = sum(((1 - fleet.failure_hazard) / interest) ** month for month in range(fleet.server_life))
    house = sum(interest**-month for month in range(fleet.facility_life))
    hardware, building = float(model.servers.price.mean()) + fleet.network_cost, fleet.facility_cost * fleet.power_draw
    energy = fleet.power_draw * fleet.load_factor * parameters.horizon.hours * model.power.price
    return hardware / server + building / house + fleet.operation / 12 * (hardware + building) + energy


def nash_price() -> float:
    """Return the Bertrand-Nash price of alike labs that sell all tokens themselves, at the user cost, USD/Mtok."""
    model = settled(resellers=0, loyal=False)
    cost = user_cost(model) / (model.parameters.fleet.target_utilisation * model.technology.mtok)
    kept = 1 - model.parameters.labs.overhead_on_sales
    return float(bertrand_nash(mixed_logit(model), np.full(len(model.labs), cost / kept)).prices.mean())


def lab_price() -> float:
    return float(np.mean([lab.price for lab in settled(resellers=0, loyal=False).labs]))


def best_margin() -> float:
    """Return the margin that meets the first-order condition of a reseller at the prices there are, USD/Mtok."""
    model = settled(loyal=False)
    demand, prices = mixed_logit(model), model.retail.offers.price
    margins = -demand.quantities(prices) / np.diag(demand.jacobian(prices))
    return float(margins[len(model.labs) :].mean())


def reseller_margin() -> float:
    sellers = settled(loyal=False).resellers
    return float(np.mean([seller.price - seller.marginal_cost(seller.wholesale_price) for seller in sellers]))


def replaced(model: TokenMarket) -> float:
    """Return the servers that must come in a month for as many to be there, accelerators: the renewal equation."""
    fleet = model.parameters.fleet
    ages = np.arange(1, fleet.server_life + 1)
    return sum(lab.accelerators for lab in model.labs) / float(((1 - fleet.failure_hazard) ** ages).sum())


def bought(model: TokenMarket) -> float:
    """Return the servers ordered a month, a mean over half a year, reference accelerators."""
    return float(model.servers.serving.sum() + model.servers.training.sum())


def kept_up(model: TokenMarket) -> float:
    """Return what a lab trains over what keeps its knowledge where it is."""
    decay = model.parameters.training.decay
    return float(np.mean([lab.trained / (decay * lab.knowledge) for lab in model.labs]))


def moved(drawn: bool, name: str) -> float:
    """Return how far one of them moved."""
    return moves(drawn)[name]


def _stays() -> list[Check]:
    checks = []
    for drawn, who, tolerance in ((False, "expected users", 0.01), (True, "users drawn one by one", 0.02)):
        for name in STANDS | FLOWS:
            checks.append(Check(f"change of {name} in ten years, {who}", "nothing grows", 0.0,
                              partial(moved, drawn, name), tolerance))  # fmt: skip
    return checks


def _is_equilibrium() -> list[Check]:
    return [
        Check("price of labs without resellers over the Bertrand-Nash price", "market.equilibrium at the user cost",
              1.0, lambda: lab_price() / nash_price(), 1e-6),
        Check("margin of resellers over their best response", "first-order condition of the mixed logit", 1.0,
              lambda: reseller_margin() / best_margin(), 1e-6),
        Check("user cost of servers over what discounting gives", "present value, month by month", 1.0,
              lambda: settled().labs[0].user_cost / user_cost(settled()), 1e-9),
        Check("use of the servers that serve over the target", "fleets fit demand", 1.0,
              lambda: settled().labs[0].utilisation / settled().parameters.fleet.target_utilisation, 1e-3),
        Check("servers ordered a month over those replaced", "renewal equation", 1.0,
              lambda: bought(settled()) / replaced(settled()), 1e-3),
        Check("training over what keeps knowledge up", "law of motion of knowledge", 1.0,
              lambda: kept_up(settled()), 1e-3),
    ]  # fmt: skip


def _comes_back() -> list[Check]:
    checks = [
        Check(f"distance from the stationary state four years after {name}", "nothing grows", 0.0,
              partial(returns, push), 0.01)
        for name, push in PUSHES.items()
    ]  # fmt: skip
    checks += [
        Check(f"distance of training from its stationary level {TO_FORGET // 12} years after {name}", "nothing grows",
              0.0, lambda p=push: forgets(p), 0.015)  # type: ignore[misc]
        for name, push in PUSHES.items()
    ]  # fmt: skip
    fades = 0.995**LIFE
    checks.append(
        Check("echo of servers bought together, over the first wave", "renewal: (1 − λ)^life", fades,
              lambda: float(bulges()[BULGE_AT + ECHO] / bulges()[BULGE_AT]), 1e-2)
    )  # fmt: skip
    return checks


CHECKS = (*_stays(), *_is_equilibrium(), *_comes_back())
