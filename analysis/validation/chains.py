"""Chains of two and three layers."""

from functools import partial

from analysis.validation import one_layer
from analysis.validation.check import Check
from market.demand import Linear
from market.equilibrium import chain_equilibrium

LINEAR = Linear(10, 1)
SHARES = {(1, 1, 1): (4 / 7, 2 / 7, 1 / 7), (2, 2, 2): (9 / 19, 6 / 19, 4 / 19), (2, 3, 5): (4 / 7, 2 / 7, 1 / 7),
          (3, 3, 10): (22 / 43, 33 / 86, 9 / 86), (1, 5, 50): (0.845304, 0.140884, 0.013812)}  # fmt: skip
SPLIT = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 5), (10, 10)]
SALINGER = {(1, 1): 16 / 3, (2, 2): 14 / 3, (1, 2): 5.0, (3, 5): 27 / 7}
RESELLERS = {
    1: (1.6888880, 2.1038844),
    2: (1.7399043, 2.0921292),
    5: (1.8940317, 2.1850403),
    10: (2.0285059, 2.2988236),
}


def share(firms: tuple[int, ...], layer: int) -> float:
    cost = (2, *(0 for _ in firms[1:]))
    return float(chain_equilibrium(LINEAR, firms, cost).profit_shares[layer])


def integrated(firms: tuple[int, int]) -> float:
    return float(chain_equilibrium(LINEAR, firms, (2, 0), integrated=1).prices[-1])


def logit(resellers: int, layer: int) -> float:
    found = chain_equilibrium(one_layer.demand(resellers), (1, resellers), (1, 0))
    return float(found.prices[layer])


def _checks() -> list[Check]:
    checks = [
        Check(f"upstream share of profit, {n} sellers over {m}", "Greenhut and Ohta (1979)", (m + 1) / (n + m + 1),
              partial(share, (n, m), 0), 1e-8)
        for n, m in SPLIT
    ]  # fmt: skip
    for firms, shares in SHARES.items():
        digits = 1e-8 if firms != (1, 5, 50) else 1e-6
        for layer, name in enumerate(("top", "middle", "bottom")):
            claim = f"{name} layer's share of profit, {firms} firms"
            source = "successive Cournot, closed form"
            checks.append(Check(claim, source, shares[layer], partial(share, firms, layer), digits))
    for (sellers, buyers), price in SALINGER.items():
        claim = f"price with one integrated firm beside {sellers} sellers and {buyers} buyers"
        checks.append(Check(claim, "Salinger (1988)", price, partial(integrated, (sellers, buyers)), 1e-8))
    for resellers, prices in RESELLERS.items():
        for layer, name in enumerate(("wholesale", "retail")):
            claim = f"{name} price of a lab over {resellers} logit resellers"
            source = "double marginalisation, computed by brute force"
            checks.append(Check(claim, source, prices[layer], partial(logit, resellers, layer), 1e-7))
    return checks


CHECKS = tuple(_checks())
