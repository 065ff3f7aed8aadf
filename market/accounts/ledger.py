"""Accounts: every payment has a payer, a payee, a category and an amount; nothing else changes cash."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import fsum, inf

ROUNDING = 1e-9
"""Of what moved, or of what there is: differences below are rounding."""

RETAIL = "retail tokens"
WHOLESALE = "wholesale tokens"
COMPUTE = "rented compute"
SERVERS = "servers"
CHIPS = "chips"
REBATE = "rebates on chips"
ELECTRICITY = "electricity"
FUEL = "fuel"
PLANT = "power plants"
CHIP_PRODUCTION = "chip production"
PARTS = "server parts"
NETWORK = "network"
FACILITY = "facility"
OPERATION = "operation"
STAFF = "staff"
RESEARCH = "research staff"
FEES = "fees"
TAX = "tax"
FUNDING = "funding"
DIVIDENDS = "dividends"
SALVAGE = "salvage"
SECOND_HAND = "second-hand servers"
LOANS = "loans"
REPAYMENT = "repayment"
INTEREST = "interest"
LICENCES = "licences"
WINDFALL = "windfall tax"

REVENUE = frozenset({RETAIL, WHOLESALE, COMPUTE, SERVERS, CHIPS, ELECTRICITY})
INVESTMENT = frozenset({SERVERS, NETWORK, FACILITY, SECOND_HAND})
FINANCING = frozenset({FUNDING, DIVIDENDS, SALVAGE, LOANS, REPAYMENT, INTEREST})
NO_COST = FINANCING | {WINDFALL}
"""What operating profit is before: financing and tax on income."""

OUTSIDE = "outside"
INVESTORS = "investors"
USERS = "users"


class Ledger:
    """Balances of all accounts, and the payments of the current round.

    Every account belongs to a layer; ``outside`` and ``investors`` are accounts and layers of their own. All balances
    start at zero and always add up to zero, for each payment takes from one what it gives to another.

    Attributes:
        balance: USD by account.
        layer: Of each account.
        money_moved: USD paid in this round.
    """

    def __init__(self) -> None:
        self.balance: dict[str, float] = {}
        self.layer: dict[str, str] = {}
        self.money_moved = 0.0
        self._payments: list[tuple[str, str, str, float]] = []
        for account in (OUTSIDE, INVESTORS):
            self.open(account, account)

    def open(self, account: str, layer: str) -> None:
        """Open an account with nothing in it; raises ValueError if the name is taken."""
        if account in self.balance:
            raise ValueError(f"account {account!r} exists already")
        self.balance[account] = 0.0
        self.layer[account] = layer

    def pay(self, payer: str, payee: str, category: str, amount: float) -> None:
        """Move ``amount`` USD; ValueError for a negative or undefined amount, KeyError for an unknown account."""
        if not 0.0 <= amount < inf:
            raise ValueError(f"{payer} cannot pay {amount!r} USD to {payee} for {category}")
        balance = self.balance
        if payee not in balance:
            raise KeyError(payee)
        balance[payer] -= amount
        balance[payee] += amount
        if amount:
            self._payments.append((payer, payee, category, amount))
            self.money_moved += amount

    def pay_each(self, payer: str, payees: Iterable[str], category: str, amounts: Iterable[float]) -> None:
        """Move an amount, USD, to each of several payees; see `pay`."""
        pay = self.pay
        for payee, amount in zip(payees, amounts, strict=True):
            pay(payer, payee, category, amount)

    def start_round(self) -> None:
        """Forget the payments of the round before."""
        self._payments.clear()
        self.money_moved = 0.0

    @property
    def payments(self) -> Iterator[tuple[str, str, str, float]]:
        """Yield (payer, payee, category, USD) of this round, one entry for all of a category between two accounts."""
        sums: defaultdict[tuple[str, str, str], float] = defaultdict(float)
        for payer, payee, category, amount in self._payments:
            sums[payer, payee, category] += amount
        return ((*key, amount) for key, amount in sums.items())

    @property
    def imbalance(self) -> float:
        """USD by which all balances together differ from zero: rounding only."""
        return abs(fsum(self.balance.values()))

    def flows(self) -> dict[tuple[str, str, str], float]:
        """Return USD of this round by (payer's layer, payee's layer, category)."""
        flows: defaultdict[tuple[str, str, str], float] = defaultdict(float)
        layer = self.layer
        for payer, payee, category, amount in self._payments:
            flows[layer[payer], layer[payee], category] += amount
        return dict(flows)

    def turnover(self) -> dict[str, tuple[dict[str, float], dict[str, float]]]:
        """Return, per account, USD received and USD paid in this round by category; nothing where nothing was paid."""
        turnover: dict[str, tuple[dict[str, float], dict[str, float]]] = {account: ({}, {}) for account in self.balance}
        for payer, payee, category, amount in self._payments:
            paid, received = turnover[payer][1], turnover[payee][0]
            paid[category] = paid.get(category, 0.0) + amount
            received[category] = received.get(category, 0.0) + amount
        return turnover

    def spent(self, category: str) -> dict[str, float]:
        """Return USD paid in this round under a category, per account that paid any."""
        return self._under(category, payer=True)

    def received(self, category: str) -> dict[str, float]:
        """Return USD received in this round under a category, per account that received any."""
        return self._under(category, payer=False)

    def _under(self, category: str, payer: bool) -> dict[str, float]:
        """Return USD paid in this round under a category, per account on one side of the payments."""
        found: defaultdict[str, float] = defaultdict(float)
        for source, payee, of, amount in self._payments:
            if of == category:
                found[source if payer else payee] += amount
        return found
