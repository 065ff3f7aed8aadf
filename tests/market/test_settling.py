from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from market import Parameters, TokenMarket, settling
from market.conduct.pricing import BestResponse
from market.markets.tokens.prices import lab_layer, reseller_layer
from market.parameters.overriding import overridden
from scenarios.files.loading import load, override


@pytest.fixture(scope="module")
def model() -> TokenMarket:
    return TokenMarket(Parameters(), rng=1)


def test_prices_open_where_nobody_would_move_in_the_absence_of_capacity(model):
    rule, count = BestResponse(patience=0.9), len(model.labs)
    layer = lab_layer(model.retail.posted_demand, model.labs, model.retail.costs(), rule.patience)
    layer = replace(layer, capacity=np.full(count, np.inf))
    assert rule.post(layer)[:count] == pytest.approx([lab.retail_price for lab in model.labs], rel=1e-5)
    resale = reseller_layer(model.retail.posted_demand, model.resellers)
    assert rule.post(resale) == pytest.approx([reseller.price for reseller in model.resellers], rel=1e-5)


def test_opening_prices_are_settled_to_the_last_digit():
    """With users who are not loyal, prices do not depend on where users were before: they are at rest exactly."""
    segments = {name: {**s.model_dump(), "loyalty": 0.0} for name, s in Parameters().population.segments.items()}
    free = TokenMarket(Parameters(population={"segments": segments}, labs={"share_ratio": 1.0}), rng=1)
    layer = lab_layer(free.retail.posted_demand, free.labs, free.retail.costs(), 0.9)
    layer = replace(layer, capacity=np.full(len(free.labs), np.inf))
    posted = BestResponse(patience=0.9).post(layer)[: len(free.labs)]
    assert posted == pytest.approx([lab.retail_price for lab in free.labs], rel=1e-6)


@pytest.mark.parametrize(
    ("preset", "plans"),
    [
        ("baseline", "both"),
        ("baseline", "free"),
        ("one-model", "none"),
        ("crowded-labs", "none"),
        ("crowded-labs", "both"),
        ("aggregators-only", "none"),
        ("aggregators-only", "both"),
        ("lab-duopoly", "both"),
        ("lab-monopoly", "both"),
        ("open-weights", "both"),
        ("two-part-wholesale", "both"),
    ],
)
def test_prices_and_fees_open_where_no_seller_would_move(preset, plans):
    """Where sellers' answers alone went to and fro for ever, too."""
    model = TokenMarket(load(preset, {"small_models.plans": plans}).parameters, rng=1)
    opened = settling.all_posted(model)
    settling.play_best_responses(model, 1.0, 1)
    assert settling.all_posted(model) == pytest.approx(opened, rel=1e-6)


@pytest.mark.parametrize("preset", ["baseline", "lab-monopoly", "rent-everything", "chips-at-cost"])
def test_last_digits_do_not_decide_where_a_market_opens(preset, monkeypatch):
    """Another processor rounds otherwise: it is to find the same prices."""
    parameters, ask = load(preset).parameters, settling._ask
    opened = settling.all_posted(TokenMarket(parameters, rng=1))

    def ask_a_little_more(model: TokenMarket) -> None:
        ask(model)
        for lab in model.open_producers:
            lab.retail_price *= 1 + 1e-13
        model.retail.publish_demand()

    monkeypatch.setattr(settling, "SHARED", {})
    monkeypatch.setattr(settling, "_ask", ask_a_little_more)
    again = settling.all_posted(TokenMarket(parameters, rng=1))
    assert (again != opened).any()
    assert again == pytest.approx(opened, rel=1e-7)


@pytest.mark.parametrize("preset", ["free-switching", "lab-monopoly", "rent-everything"])
def test_prices_that_leaps_lead_to_and_fro_go_to_rest_by_little(preset, monkeypatch):
    """They lie far from it: a round moves them by a per cent, past many kinks of demand of users' types."""
    rest = []
    monkeypatch.setattr(
        settling, "_settled_by", lambda *on, settled=settling._settled_by: rest.append(settled(*on)) or rest[-1]
    )
    monkeypatch.setattr(settling, "SHARED", {})
    model = TokenMarket(load(preset).parameters, rng=1)
    (_, leaping), (settled, drifting) = rest
    assert leaping > settling.LOST > 10 * drifting
    assert [lab.retail_price for lab in model.labs] == settled.labs[: len(model.labs), 0].tolist()


def test_prices_that_do_not_settle_open_as_near_as_they_come():
    """Of few types of users one after the other gives a plan up as its fee rises: answers go round that for ever."""
    model = TokenMarket(load("crowded-labs", {"population.types": 16}).parameters, rng=1)
    opened = settling.all_posted(model)
    moves = []
    for _ in range(10):
        settling.play_best_responses(model, 1.0, 1)
        moves.append(np.abs(settling.all_posted(model) / opened - 1).max())
    assert 1e-6 < moves[0] < 0.05
    assert moves[0] < max(moves[1:])


def test_users_settle_with_whom_they_would_choose_tilted_to_the_larger_labs():
    model = TokenMarket(Parameters(labs={"share_ratio": 1.0, "count": 2}, resellers={"count": 0}), rng=1)
    even = np.concatenate(settling.expected_shares(model))
    tilt = overridden(model.parameters, {"labs.share_ratio": 0.5})
    model.now = replace(model.now, parameters=tilt)
    tilted = np.concatenate(settling.expected_shares(model))
    np.testing.assert_allclose(tilted[:, 1] / tilted[:, 0], 0.5 * even[:, 1] / even[:, 0], rtol=1e-9)
    np.testing.assert_allclose(tilted.sum(axis=1), even.sum(axis=1), rtol=1e-9)


def test_users_open_where_they_would_stay(model):
    """One month later as many have come to every seller as have left, but for the tilt to larger labs."""
    changes = {"labs.share_ratio": 1.0, "population.users": 10**10, "population.engine": "cohort"}
    still = TokenMarket(override(model.parameters, changes), rng=1)
    demand = still.retail.expected()
    before = demand.mass.sum(axis=0)[:-1]
    assert demand.choice.users.sum(axis=0) == pytest.approx(before, rel=settling.LEAPING.until)


@pytest.mark.parametrize(("preset", "near"), [("by-the-token", 1e-7), ("lab-monopoly", 1e-6)])
def test_answers_end_where_they_would_have_led(preset, near, monkeypatch):
    """A lab alone goes there by little: where a round moves its price by 1e-8 it is some dozen times that away."""
    parameters = load(preset, {"population.users": 1000}).parameters
    monkeypatch.setattr(settling, "SHARED", {})
    short = TokenMarket(parameters, rng=1)
    monkeypatch.setattr(settling, "SHARED", {})
    monkeypatch.setattr(settling, "SETTLED", -1.0)
    full = TokenMarket(parameters, rng=1)
    for one, other in zip([*short.labs, *short.resellers], [*full.labs, *full.resellers], strict=True):
        assert one.price == pytest.approx(other.price, rel=near)
        assert one.wholesale_price == pytest.approx(other.wholesale_price, rel=near)


@pytest.mark.parametrize(
    "change", [{}, {"labs.wholesale": "chosen"}, {"resellers.count": 0}, {"policy.price_cap": 3.0}]
)
def test_a_run_is_the_same_whether_another_has_opened_before(change, monkeypatch):
    parameters = load("by-the-token", {"population.users": 1000} | change).parameters
    for seed in (1, 2):  # the second run finds what the first has settled
        after = TokenMarket(parameters, rng=seed)
        with monkeypatch.context() as alone:
            alone.setattr(settling, "SHARED", {})
            first = TokenMarket(parameters, rng=seed)
        for model in (after, first):
            for _ in range(2):
                model.step()
        for table in ("rounds", "firms", "layers", "flows", "plans"):
            pd.testing.assert_frame_equal(
                getattr(after.results(), table), getattr(first.results(), table), check_exact=True
            )


def test_prices_settled_for_one_scenario_are_not_those_of_another():
    cheap, dear = (TokenMarket(Parameters(fleet={"throughput": rate}), rng=1) for rate in (4000.0, 2000.0))
    assert dear.labs[0].price > 1.2 * cheap.labs[0].price


def test_few_settled_prices_are_kept(monkeypatch):
    monkeypatch.setattr(settling, "MOST_SHARED", 2)
    monkeypatch.setattr(settling, "SHARED", {})
    for labs in (1, 2, 3):
        TokenMarket(Parameters(labs={"count": labs}, population={"users": 1000}), rng=1)
    assert [len(settled.labs) for settled in settling.SHARED.values()] == [2, 3]


def test_threads_that_open_alike_settle_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page and a lesson on it open the same market at once."""
    settle, settled = settling.settle, []
    parameters = Parameters(population={"users": 1000})

    def counted(model: TokenMarket) -> settling.Settled:
        settled.append(model)
        return settle(model)

    monkeypatch.setattr(settling, "SHARED", {})
    monkeypatch.setattr(settling, "settle", counted)
    with ThreadPoolExecutor(3) as pool:
        markets = list(pool.map(lambda seed: TokenMarket(parameters, rng=seed), (1, 2, 3)))
    assert len(settled) == 1
    assert len({market.labs[0].retail_price for market in markets}) == 1
