"""Results of textbook chains: what does not exist there is left out, not drawn as zero or refused."""

from dataclasses import replace

import pytest

from analysis.dashboard.choice import Choice
from analysis.dashboard.painter import paint
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.taking import take
from analysis.dashboard.views import APART, TABS
from analysis.figures import price_paths
from analysis.figures.chain import chain_payments
from analysis.results import in_memory
from analysis.tables.dollar import PARTS, run_waterfall
from market import TextbookMarket
from scenarios import load

MONTHS = 12


@pytest.fixture(scope="module")
def model() -> TextbookMarket:
    played = TextbookMarket(load("theory/chain").parameters, rng=1)
    for _ in range(MONTHS):
        played.step()
    return played


def test_every_view_that_is_shown_is_drawn(model: TextbookMarket):
    choice = Choice("theory/chain")
    snapshot = replace(Snapshot.of(choice, choice.load()), round=MONTHS, month="2024-12", taken=take(model))
    assert snapshot.hidden == {"Commons", "Factory", "Who pays"}
    for tab in TABS:
        if tab not in snapshot.hidden and tab not in APART:
            painting = paint(tab, snapshot)
            assert not painting.error, (tab, painting.error)
            assert painting.pictures


@pytest.mark.parametrize("basis", ["accrued", "used"])
def test_a_dollar_divides_without_fleets(model: TextbookMarket, basis):
    shares = run_waterfall(model.results(), basis).iloc[0]
    assert shares[list(PARTS)].sum() == pytest.approx(1)
    assert shares["hardware profit"] > shares["labs profit"] > shares["resellers profit"] > 0
    assert shares["investment"] == pytest.approx(0, abs=1e-9)


def test_labs_pay_vendors(model: TextbookMarket):
    payments = chain_payments(in_memory(model.results()), in_memory(model.results()).settings[0])
    assert {("lab", "chip vendor"), ("reseller", "lab"), ("users", "reseller")} <= set(
        zip(payments["payer"], payments["payee"], strict=True)
    )


def test_prices_that_do_not_exist_are_not_drawn(model: TextbookMarket):
    assert [ax.get_ylabel() for ax in price_paths(model.results()).axes] == ["USD per Mtok"]
