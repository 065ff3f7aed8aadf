"""How many firms: prices on Salop's circle, free entry and the number a planner would choose."""

from collections.abc import Callable

from scipy.optimize import brentq, minimize_scalar

MOST = 10_000


def circle_price(firms: int, marginal_cost: float, transport: float) -> float:
    """Return the symmetric equilibrium price of evenly spaced firms on a circle of length 1 (Salop 1979).

    Consumers travel at ``transport`` a unit of distance and all buy; the price is its own best response.

    Raises:
        ValueError: If there are fewer than two firms or transport is not above 0.
    """
    if firms < 2 or transport <= 0:
        raise ValueError(f"firms must be at least 2 and transport above 0, not {firms} and {transport}")

    def best_response(rivals: float) -> float:
        def loss(price: float) -> float:
            sold = max(1 / firms + (rivals - price) / transport, 0.0)
            return -(price - marginal_cost) * sold

        ends = (marginal_cost, max(rivals, marginal_cost) + transport / firms)
        return float(minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-13}).x)

    highest = marginal_cost + 2 * transport
    return float(brentq(lambda price: best_response(price) - price, marginal_cost, highest, xtol=1e-13))


def free_entry(profit: Callable[[int], float]) -> int:
    """Return the largest number of firms at which each still earns its fixed cost, ``profit(n)`` being net of it.

    Raises:
        ArithmeticError: If firms go on entering.
    """
    for firms in range(1, MOST):
        if profit(firms) < -1e-9:
            return firms - 1
    raise ArithmeticError(f"{MOST} firms still earn a profit")


def best_number(welfare: Callable[[int], float]) -> int:
    """Return the number of firms from which welfare net of fixed costs falls with one more (Mankiw and Whinston 1986).

    Raises:
        ArithmeticError: If welfare goes on rising.
    """
    for firms in range(1, MOST):
        if welfare(firms + 1) <= welfare(firms):
            return firms
    raise ArithmeticError(f"welfare still rises at {MOST} firms")
