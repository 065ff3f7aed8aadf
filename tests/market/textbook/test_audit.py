"""The audit of a textbook month notices what does not add up."""

from collections.abc import Callable

import pytest

from market import TextbookMarket
from market.accounts import ledger
from market.records.identities import IdentityBroken
from scenarios import load

MONTHS = 4


def compute_from_nowhere(model: TextbookMarket) -> None:
    model.chain.hardware.output *= 0.9


def tokens_from_nowhere(model: TextbookMarket) -> None:
    model.chain.tokens *= 1.1


def labs_that_sell_what_nobody_resells(model: TextbookMarket) -> None:
    model.chain.labs.output *= 1.2


def cash_kept_back(model: TextbookMarket) -> None:
    model.ledger.pay(ledger.OUTSIDE, model.resellers[0].name, ledger.RETAIL, 0.5)


def profit_without_a_sale(model: TextbookMarket) -> None:
    model.labs[0].statement = model.labs[0].statement._replace(revenue=99.0)


FAULTS: dict[Callable[[TextbookMarket], None], str] = {
    compute_from_nowhere: "vendors rent out compute for",
    tokens_from_nowhere: "labs serve",
    labs_that_sell_what_nobody_resells: "labs sell",
    cash_kept_back: "cash of reseller 1 changed by",
    profit_without_a_sale: "cash of lab 1 changed by",
}


@pytest.mark.parametrize("preset", ["theory/chain", "theory/salinger", "theory/bertrand-nash"])
def test_a_month_as_it_is_adds_up(preset: str) -> None:
    audit = TextbookMarket(load(preset).parameters, rng=1).audit()
    for _ in range(MONTHS):
        audit.step()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_noticed_with_month_and_size(fault: Callable[[TextbookMarket], None]) -> None:
    class Faulty(TextbookMarket):
        def take_down(self) -> None:
            if self.round == MONTHS - 1:
                fault(self)
            super().take_down()

    audit = Faulty(load("theory/chain").parameters, rng=1).audit()
    for _ in range(MONTHS - 1):
        audit.step()
    with pytest.raises(IdentityBroken, match=f"^2024-0{MONTHS}: {FAULTS[fault]}"):
        audit.step()


def test_cash_that_owners_do_not_take_is_noticed() -> None:
    class Hoarding(TextbookMarket):
        def close_books(self) -> None:
            turnover = self.ledger.turnover()
            for firm in self.firms:
                firm.close(turnover[firm.name])

    with pytest.raises(IdentityBroken, match=r"chip vendor 1 keeps 4\.\d+ USD"):
        Hoarding(load("theory/chain").parameters, rng=1).audit().step()
