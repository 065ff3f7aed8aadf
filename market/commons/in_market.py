"""The commons in the token market: what it sees of a month, and what labs pay to creators."""

from typing import TYPE_CHECKING

from market.accounts import ledger
from market.commons.alone import play_alone
from market.commons.use import Use

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from market.model import TokenMarket


def tend(model: "TokenMarket", served: "NDArray[np.float64]") -> None:
    """Let labs pay creators, and play a month of the commons; ``served`` is people [type, offer]."""
    mode = model.parameters.commons.mode
    if mode == "on":
        model.commons.play(seen(model, float(served.sum()), pay_creators(model)))
    elif mode == "alone":
        play_alone(model.commons, model.calendar, model.round)


def seen(model: "TokenMarket", users: float, licences: float) -> Use:
    """Return this month's use of AI."""
    everybody = sum(segment.traits.people for segment in model.segments)
    best = max((lab.knowledge for lab in model.open_labs), default=0.0)
    return Use(
        reliance=min(users / everybody, 1.0) if everybody > 0 else 0.0,
        users=users,
        tokens=float(model.retail.sold.sum()),
        compute=float(best / model.first_knowledge) if model.first_knowledge > 0 else 0.0,
        algorithms=model.technology.algorithms,
        licences=licences,
    )


def pay_creators(model: "TokenMarket") -> float:
    """Let labs and hosts pay a share of this month's revenue to all people, who are the creators; return USD."""
    share = model.commons.licence_share
    people = {segment.account: segment.traits.people for segment in model.segments}
    everybody = sum(people.values())
    if share == 0 or everybody <= 0:
        return 0.0
    turnover, paid = model.ledger.turnover(), 0.0
    for lab in model.open_producers:
        received, _ = turnover[lab.name]
        due = share * (received.get(ledger.RETAIL, 0.0) + received.get(ledger.WHOLESALE, 0.0))
        for account, number in people.items():
            lab.pay(account, ledger.LICENCES, due * number / everybody)
        paid += due
    return paid
