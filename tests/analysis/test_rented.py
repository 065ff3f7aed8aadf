"""Results of rented chains: what does not exist there is left out, not drawn as zero or refused."""

import pytest

from analysis.dashboard.choice import Choice
from analysis.dashboard.painter import paint
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.taking import tables_of
from analysis.dashboard.views import COMPARE, TABS
from analysis.dollar import PARTS, run_waterfall
from analysis.figures import price_paths
from analysis.figures.chain import chain_payments
from analysis.results import in_memory
from market import TokenMarket
from scenarios import load

MONTHS = 12


@pytest.fixture(scope="module")
def model() -> TokenMarket:
    played = TokenMarket(load("theory/chain").parameters, rng=1)
    for _ in range(MONTHS):
        played.step()
    return played


def test_every_view_that_is_shown_is_drawn(model: TokenMarket):
    snapshot = Snapshot(Choice("theory/chain"), round=MONTHS, month="2024-12", rented=True, **tables_of(model))
    assert snapshot.hidden == {"Commons", "Factory"}
    for tab in TABS:
        if tab not in snapshot.hidden and tab != COMPARE:
            painting = paint(tab, snapshot)
            assert not painting.error, (tab, painting.error)
            assert painting.pictures


@pytest.mark.parametrize("basis", ["accrued", "used"])
def test_a_dollar_divides_without_fleets(model: TokenMarket, basis):
    shares = run_waterfall(model.results(), basis).iloc[0]
    assert shares[list(PARTS)].sum() == pytest.approx(1)
    assert shares["hardware profit"] > shares["labs profit"] > shares["resellers profit"] > 0
    assert shares["investment"] == pytest.approx(0, abs=1e-9)


def test_labs_pay_vendors(model: TokenMarket):
    payments = chain_payments(in_memory(model.results()), in_memory(model.results()).settings[0])
    assert {("lab", "chip vendor"), ("reseller", "lab"), ("users", "reseller")} <= set(
        zip(payments["payer"], payments["payee"], strict=True)
    )


def test_prices_that_do_not_exist_are_not_drawn(model: TokenMarket):
    assert [ax.get_ylabel() for ax in price_paths(model.results()).axes] == ["USD per Mtok"]
