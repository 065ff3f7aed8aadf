"""Who pays where users are one demand curve."""

from typing import Final

from market.accounts import ledger
from market.accounts.ledger import Ledger
from market.parameters.users import Population

PAYERS: Final = {f"{name} (users)": segment.people for name, segment in Population().segments.items()}
"""Accounts from which users pay, with the people behind each: a matter of books alone, which are those of the token
market."""


def open_accounts(book: Ledger) -> None:
    """Open the users' accounts."""
    for account in PAYERS:
        book.open(account, ledger.USERS)


def pay_together(book: Ledger, seller: str, amount: float) -> None:
    """Let all users pay a seller, each account by its people; the amount is in USD."""
    everybody = sum(PAYERS.values())
    for account, people in PAYERS.items():
        book.pay(account, seller, ledger.RETAIL, amount * people / everybody)
