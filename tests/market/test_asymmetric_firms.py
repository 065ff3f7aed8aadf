"""Firms that differ from their layer, in the market: what repeats the layer changes nothing, what differs shows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from all_plans import market as menus_market
from menu_moves import Moves, best, look

from market import Parameters, TokenMarket
from market.conduct.following import followings
from market.conduct.pricing import BestResponse, JointProfit
from market.markets.tokens import setters
from market.markets.tokens.lab_menus import LabMenus
from market.markets.tokens.prices import wholesale_profit_taken
from market.parameters.overriding import overridden
from scenarios import BadInput, load

SMALL = {"population.users": 2_000, "population.types": 4, "horizon.rounds": 8}
MONTHS = 8
PLAIN = {"tariffs.subscription": "none", "tariffs.free": {"rule": "none"}, "labs.wholesale": "chosen"}
PATIENT = {"patience": 1.0, "largest_move": 0.3}


def played(changes) -> tuple[TokenMarket, dict[str, pd.DataFrame]]:
    model = TokenMarket(overridden(Parameters(), SMALL | changes), rng=2)
    for _ in range(MONTHS):
        model.step()
    results = model.results()
    return model, {name: getattr(results, name) for name in ("rounds", "firms", "layers", "flows")}


def repeated(parameters: Parameters) -> dict:
    """Return exceptions that say of the first firms of each layer what its section says, of all a firm may have."""
    found = {}
    for layer in ("labs", "resellers", "vendors", "makers"):
        section = getattr(parameters, layer)
        values = section.model_dump(mode="json")
        found[f"{layer}.firms"] = [{"firm": [1, 2], "set": {key: values[key] for key in section.of_a_firm}}]
    return found


@pytest.mark.parametrize("changes", [{}, PLAIN | {"labs.pricing.rule": "joint-profit"}])
def test_exceptions_that_repeat_the_section_change_no_byte(changes):
    base, again = played(changes)[1], played(changes | repeated(overridden(Parameters(), changes)))[1]
    for name, table in base.items():
        pd.testing.assert_frame_equal(table, again[name], check_exact=True)


def mean(tables, kind: str, column: str) -> pd.Series:
    firms = tables["firms"]
    return firms[firms["kind"] == kind].groupby("firm", observed=True)[column].mean()


def test_a_lab_whose_servers_serve_twice_as_many_tokens_has_half_the_cost_from_the_date_it_does():
    twice = [{"firm": 2, "set": {"efficiency": 2.0}}]
    later = {"events": [{"round": 4, "set": {"labs": {"firms": twice}}}]}
    for changes, since in (({"labs.firms": twice}, 0), (later, 4)):
        model = TokenMarket(overridden(Parameters(), SMALL | changes), rng=2)
        audit = model.audit()
        for month in range(MONTHS):
            audit.step()
            mtok, ratio = model.technology.mtok, 2.0 if month >= since else 1.0
            first, second, *_ = [lab.marginal_cost(mtok) / lab.user_cost for lab in model.labs]
            assert first / second == pytest.approx(ratio)
    dear, cheap = (played(changes)[1] for changes in ({}, {"labs.firms": twice}))
    assert mean(cheap, "lab", "price")["lab 2"] < 0.8 * mean(dear, "lab", "price")["lab 2"]


def test_a_vendor_whose_chips_cost_more_to_make_asks_more_and_sells_less():
    base = played({})[1]
    dear = played({"vendors.firms": [{"firm": 2, "set": {"unit_cost": 12_000.0}}]})[1]
    changed = [mean(tables, "chip vendor", "price")["chip vendor 2"] for tables in (base, dear)]
    assert changed[1] > 1.02 * changed[0]
    sold = [mean(tables, "chip vendor", "quantity") for tables in (base, dear)]
    shares = [sales["chip vendor 2"] / sales.sum() for sales in sold]
    assert shares[1] < 0.95 * shares[0]


def test_a_reseller_whose_support_costs_more_asks_more_and_sells_less():
    hazard = {"resellers.repricing_hazard": 1.0}
    base = played(hazard)[1]
    dear = played(hazard | {"resellers.firms": [{"firm": 3, "set": {"support_cost": 1.0, "staff": 1e6}}]})[1]
    prices = [mean(tables, "reseller", "price")["reseller 3"] for tables in (base, dear)]
    assert prices[1] > 1.02 * prices[0]
    sold = [mean(tables, "reseller", "quantity")["reseller 3"] for tables in (base, dear)]
    assert sold[1] < 0.9 * sold[0]


def test_a_maker_whose_parts_cost_more_asks_more_for_the_same_chip():
    model, _ = played({"makers.firms": [{"firm": 1, "set": {"parts_cost": 8_000.0}}]})
    products, price, cost = model.servers.products, model.servers.price, model.servers.maker_cost()
    mine = products.maker == 0
    for vendor in range(len(model.vendors)):
        here = products.vendor == vendor
        assert cost[mine & here] - 4_000 / (1 - 0.035) == pytest.approx(cost[~mine & here][0])
        assert price[mine & here] > price[~mine & here].max()


def test_the_one_lab_that_cuts_prices_is_cheaper_than_its_followers():
    cutter = {"pricing": {"rule": "undercut", "cut": 0.1}, "repricing_hazard": 1.0}
    tables = played({"labs.repricing_hazard": 1.0, "labs.firms": [{"firm": 2, "set": cutter}]})[1]
    base = played({"labs.repricing_hazard": 1.0})[1]
    prices, before = mean(tables, "lab", "price"), mean(base, "lab", "price")
    assert prices["lab 2"] < prices.drop("lab 2").min()
    assert prices["lab 2"] < 0.9 * before["lab 2"]


def three_labs(changes) -> TokenMarket:
    """Three labs by the token, three resellers of theirs, nobody loyal."""
    segments = {name: {"loyalty": 0.0} for name in Parameters().population.segments}
    cartel = [{"firm": [1, 3], "set": {"pricing": {"rule": "joint-profit", **PATIENT}}}]
    told = {"labs.count": 3, "resellers.count": 3, "resellers.wrapper_share": 0.0, "resellers.aggregator_share": 0.0}
    told |= {"labs.pricing": PATIENT, "labs.firms": cartel, "population.segments": segments}
    model = TokenMarket(overridden(Parameters(), SMALL | PLAIN | told | changes), rng=1)
    for reseller, lab in zip(model.resellers, model.labs, strict=True):
        reseller.carry(lab)
    model.retail.publish_demand()
    return model


@pytest.mark.parametrize("wholesale", ["chosen", "bargained"])
def test_a_partial_cartel_settles_at_the_maximum_of_its_joint_profit_in_the_tokens_market(wholesale):
    model = three_labs({"labs.wholesale": wholesale})
    retail, labs, costs = model.retail, model.labs, model.retail.costs()
    chosen = wholesale == "chosen"
    kinds = followings([lab.own.pricing for lab in labs])
    for _ in range(400):
        retail.publish_demand()
        wanted = []
        for following in kinds:
            seen = setters.lab_layer(retail.posted_demand, labs, costs, 1.0, following)
            seen = replace(seen, capacity=np.inf, colluding=following.members)
            wanted.append(np.where(seen.of_seller(following.members), following.rule.post(seen), 0.0))
        prices = sum(wanted)
        moved = np.abs(prices / seen.price - 1).max()
        for place, lab in enumerate(labs):
            lab.retail_price = float(prices[place])
            if chosen:
                lab.wholesale_price = float(prices[len(labs) + place])
        for reseller in model.resellers:
            reseller.pass_on(reseller.asked_by(labs[reseller.lab]))
        if moved < 1e-12:
            break
    else:
        raise AssertionError(f"labs do not settle: {moved}")
    retail.publish_demand()
    profit = earnings(model, chosen)
    at_rest = profit(prices)
    seller = np.tile(np.arange(3), 2 if chosen else 1)
    for group in ([0, 2], [1]):
        mine = np.isin(seller, group)
        for step in np.eye(prices.size)[mine]:
            up, down = (profit(prices * (1 + sign * 1e-4 * step))[group].sum() for sign in (1, -1))
            slope = (up - down) / 2e-4
            assert abs(slope) < 1e-5 * at_rest[group].sum()
            assert up + down < 2 * at_rest[group].sum()


def earnings(model: TokenMarket, chosen: bool):
    """Return what labs earn [lab] at other prices, which resellers pass on keeping their margins in USD."""
    costs, offers = model.retail.costs(), model.retail.posted_demand.offers
    asked = np.array([lab.wholesale_price for lab in model.labs])
    resold = np.flatnonzero(offers.resold)

    def profit(prices: np.ndarray) -> np.ndarray:
        posted, wholesale = offers.price.copy(), prices[3:] if chosen else asked
        posted[:3] = prices[:3]
        posted[resold] += costs.pass_through * (wholesale - asked)[offers.lab[resold]]
        tokens = model.retail.posted_demand.at(posted).quantity
        margin = np.where(
            offers.resold,
            wholesale[offers.lab] * costs.net_share_wholesale,
            posted * costs.net_share_retail,
        )
        return offers.by_lab((margin - costs.marginal_cost[offers.lab]) * tokens)

    return profit


def test_a_cartel_of_all_labs_counts_what_the_cartel_of_a_layer_counts():
    model = menus_market("bargained")
    demand, labs, costs = look(model), model.labs, model.retail.costs()
    menus = LabMenus(demand, labs, costs, chosen=False)
    everybody = np.ones(len(labs), dtype=bool)
    whole, parts = (menus.cost_taken(demand.today, who) for who in (True, everybody))
    np.testing.assert_allclose(parts, whole, rtol=1e-12)
    retail, won = np.array([[-3.0, 1], [1, -2]]), np.array([[0.4, 0.1], [0.4, 1.2]])
    whole, parts = (wholesale_profit_taken(retail, won, who) for who in (True, everybody))
    np.testing.assert_allclose(parts, whole, rtol=1e-12)


def test_a_lab_beside_a_cartel_of_one_with_menus_is_at_the_numerical_maximum_of_its_profit():
    """A cartel of one is a lab like any other, by the way of the members of a cartel."""
    model = menus_market("chosen")
    rules = [BestResponse(largest_move=0.3), JointProfit(largest_move=0.3)]
    costs, mover = model.retail.costs(), 1
    following = followings(rules)[mover]
    for _ in range(300):
        demand = look(model)
        seen = setters.lab_layer(demand, model.labs, costs, 0.0, following)
        seen = replace(seen, capacity=np.inf, colluding=following.members)
        wanted = np.sqrt(following.rule.post(seen) * seen.price)
        if np.abs(wanted / seen.price - 1)[seen.seller == mover].max() < 1e-12:
            break
        setters.set_retail(demand, model.labs, wanted, [mover])
        model.labs[mover].wholesale_price = float(wanted[mover - 2])
        for reseller in model.resellers:
            reseller.pass_on(reseller.asked_by(model.labs[reseller.lab]))
    moves = Moves(model)
    at_rest, optimum = best(moves, moves.seller == mover, np.arange(2) == mover, 0.03)
    np.testing.assert_allclose(at_rest, optimum, rtol=1e-6)


def test_a_lab_that_is_better_backed_is_offered_more_and_trains_more():
    """Money comes first: what it may train with follows, as far as its rule asks for it."""
    money = {"funding.opening_months": 3.0, "training.budget": {"rule": "race"}}
    runs = [played(money | changes) for changes in ({}, {"labs.firms": [{"firm": 2, "set": {"backing": 20.0}}]})]
    offered = [model.labs[1].credit + mean(tables, "lab", "funding")["lab 2"] for model, tables in runs]
    trained = [mean(tables, "lab", "training")["lab 2"] for _, tables in runs]
    assert offered[1] > 2 * offered[0]
    assert trained[1] > trained[0]


def test_labs_open_with_qualities_of_their_own_and_the_best_leads():
    qualities = [-2.0, 0.0, -1.0]
    model = TokenMarket(Parameters(labs={"count": 3, "qualities": qualities}, population={"users": 2_000}), rng=1)
    assert [lab.quality for lab in model.labs] == qualities
    assert model.first_knowledge == model.labs[1].knowledge
    assert [lab.knowledge / model.first_knowledge for lab in model.labs] == pytest.approx([0.25, 1.0, 0.5])
    even = Parameters(labs={"count": 3, "quality_spread": 2.0}, population={"users": 2_000})
    told = overridden(even, {"labs.qualities": [0.0, -1.0, -2.0]})
    one, other = (TokenMarket(parameters, rng=1, collect=False) for parameters in (even, told))
    for market in (one, other):
        for _ in range(3):
            market.step()
    pd.testing.assert_frame_equal(one.results().firms, other.results().firms)


@pytest.mark.parametrize(
    ("qualities", "said"),
    [
        ([0.0, -1.0], r"labs\.qualities must be a list of 5, one for each lab, not of 2"),
        ([-1.0] * 5, r"labs\.qualities must be 0 for the best lab, not -1"),
        ([0.0, 1.0, 0.0, 0.0, 0.0], r"labs\.qualities\.1 = 1 must be -30 to 0 doublings"),
    ],
)
def test_qualities_that_cannot_be_are_refused(qualities, said):
    with pytest.raises(BadInput, match=said):
        load("baseline", {"labs.qualities": qualities})
