"""Interest."""

from functools import cache


def annuity(months: float, monthly_loss: float) -> float:
    """Return the present value of a dollar a month for ``months``, each worth ``monthly_loss`` less than the last."""
    keep = 1 - monthly_loss
    return months if keep == 1 else (1 - keep**months) / (1 - keep)


@cache
def monthly_rate(yearly: float) -> float:
    """Return the monthly rate that compounds to a yearly one."""
    return float((1 + yearly) ** (1 / 12) - 1)
