from dataclasses import replace

import numpy as np
import pytest
from agreed import wholesale_agreed
from scipy.optimize import minimize, minimize_scalar

from market import Parameters, TokenMarket
from market.conduct.pricing import BestResponse, JointProfit
from market.markets.tokens.foresight import prizes
from market.markets.tokens.prices import derived_demand, lab_layer, price_shift, profit_of_quality, reseller_layer
from market.parameters.overriding import overridden

LABS, RESELLERS = 2, 3
PATIENT = BestResponse(patience=1.0, largest_move=0.2)


NESTS = pytest.mark.parametrize(("nests", "correlation"), [("model", 0.95), ("channel", 0.5)])


def market(
    wholesale="chosen", pricing="best-response", loyalty=0.0, tax=0.05, nests="model", correlation=0.95
) -> TokenMarket:
    """Two labs and three resellers, the first two of them with lab 1; nobody loyal unless asked for."""
    segments = {
        "developers": {"people": 3e7, "need": 3.0, "price_sensitivity": 3.0, "loyalty": loyalty},
        "enterprises": {
            "people": 7e7,
            "need": 1.5,
            "price_sensitivity": 1.8,
            "reseller_taste": 0.4,
            "loyalty": loyalty,
        },
    }
    parameters = Parameters(
        population={"segments": segments, "types": 8, "nests": nests, "nest_correlation": correlation},
        labs={"count": LABS, "wholesale": wholesale, "pricing": {"rule": pricing}},
        resellers={"count": RESELLERS},
        policy={"token_tax": tax},
    )
    model = TokenMarket(parameters, rng=1)
    for reseller, lab in zip(model.resellers, (0, 0, 1), strict=True):
        reseller.carry(model.labs[lab])
    model.retail.publish_demand()
    return model


def looked_at(model: TokenMarket, retail, wholesale=None):
    """Return the demand at other retail prices of the labs, and wholesale prices that resellers pass on."""
    kept = [(lab.retail_price, lab.wholesale_price) for lab in model.labs]
    asked = [reseller.price for reseller in model.resellers]
    for lab, price in zip(model.labs, retail, strict=True):
        lab.retail_price = float(price)
    if wholesale is not None:
        through = 1 / model.resellers[0].net_share
        for reseller in model.resellers:
            paid = reseller.wholesale_price
            reseller.price += through * (float(wholesale[reseller.lab]) - paid)
    model.retail.list_offers()
    found = model.retail.expected()
    for lab, (own, sold) in zip(model.labs, kept, strict=True):
        lab.retail_price, lab.wholesale_price = own, sold
    for reseller, price in zip(model.resellers, asked, strict=True):
        reseller.price = price
    model.retail.list_offers()
    return found


def posted(model: TokenMarket):
    return (
        np.array([lab.retail_price for lab in model.labs]),
        np.array([lab.wholesale_price for lab in model.labs]),
    )


def instruments(demand) -> np.ndarray:
    """Tokens sold by instrument: each lab's own, then each lab's through resellers."""
    offers = demand.offers
    return np.concatenate(
        [
            offers.by_lab(np.where(offers.resold, 0.0, demand.quantity)),
            offers.by_lab(np.where(offers.resold, demand.quantity, 0.0)),
        ]
    )


def test_a_wholesale_price_moves_resellers_by_their_pass_through():
    model = market()
    costs = replace(model.retail.costs(), pass_through=np.full(3, 1.25))
    shift = price_shift(model.retail.posted_demand.offers, costs)
    expected = np.zeros((4, 5))
    expected[0, 0] = expected[1, 1] = 1.0
    expected[2, 2] = expected[2, 3] = expected[3, 4] = 1.25
    np.testing.assert_array_equal(shift, expected)


def test_pass_through_is_what_resellers_do():
    model = market()
    reseller = model.resellers[0]
    before = reseller.price
    reseller.pass_on(reseller.wholesale_price + 0.5)
    assert reseller.price - before == pytest.approx(0.5 * model.retail.costs().pass_through)
    assert model.retail.costs().pass_through == pytest.approx(1 / (1 - 0.03 - 0.04 - 0.05))


@NESTS
def test_the_labs_layer_has_the_slopes_of_tokens_by_channel(nests, correlation):
    model = market(loyalty=2.0, nests=nests, correlation=correlation)
    layer = lab_layer(model.retail.posted_demand, model.labs, model.retail.costs(), 1.0)
    retail, wholesale = posted(model)
    np.testing.assert_allclose(layer.quantity, instruments(model.retail.posted_demand), rtol=1e-12)
    np.testing.assert_allclose(layer.price, [*retail, *wholesale])
    step = 1e-5
    for k in range(4):
        move = step * (np.arange(4) == k)
        up, down = (
            instruments(looked_at(model, retail + sign * move[:2], wholesale + sign * move[2:])) for sign in (1, -1)
        )
        slope = (up - down) / (2 * step)
        np.testing.assert_allclose(layer.response[:, k], slope, rtol=1e-5, atol=1e-6 * np.abs(slope).max())


def test_costs_that_follow_revenue_are_part_of_marginal_cost():
    """The marginal cost of an instrument is the price at which a token earns nothing."""
    model = market()
    layer, costs = lab_layer(model.retail.posted_demand, model.labs, model.retail.costs(), 1.0), model.retail.costs()
    for lab, price in zip(model.labs, layer.marginal_cost[:2], strict=True):
        left = price * (1 - model.parameters.labs.overhead_on_sales - 0.05) - lab.marginal_cost(model.technology.mtok)
        assert left == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(layer.marginal_cost[2:] * costs.net_share_wholesale, costs.marginal_cost)


def profits(model: TokenMarket, retail, wholesale) -> np.ndarray:
    """Gross profit [lab] at labs' prices; what wholesale brings is reckoned at ``wholesale``."""
    costs = model.retail.costs()
    tokens = instruments(looked_at(model, retail, wholesale))
    own = (np.asarray(retail) * costs.net_share_retail - costs.marginal_cost) * tokens[:LABS]
    return own + (np.asarray(wholesale) * costs.net_share_wholesale - costs.marginal_cost) * tokens[LABS:]


def answer_each_other(model: TokenMarket, rule, rounds=400) -> None:
    """Let labs answer each other until prices settle, capacity and contracts aside."""
    for _ in range(rounds):
        model.retail.publish_demand()
        layer = lab_layer(model.retail.posted_demand, model.labs, model.retail.costs(), rule.looks_ahead)
        layer = replace(layer, capacity=np.inf)
        posted = rule.post(layer)
        for lab, prices in zip(model.labs, posted.reshape(-1, LABS).T, strict=True):
            lab.retail_price = float(prices[0])
            if prices.size > 1:
                lab.wholesale_price = float(prices[1])
        for reseller in model.resellers:
            reseller.pass_on(model.labs[reseller.lab].wholesale_price)
        if np.abs(posted - layer.price).max() < 1e-12:
            model.retail.publish_demand()
            return
    raise AssertionError("labs do not settle")


TAXES = [0.0, 0.05]


@NESTS
@pytest.mark.parametrize("tax", TAXES)
def test_no_lab_gains_by_another_pair_of_prices_where_best_responses_settle(tax, nests, correlation):
    model = market(tax=tax, nests=nests, correlation=correlation)
    answer_each_other(model, PATIENT)
    retail, wholesale = posted(model)
    at_rest = profits(model, retail, wholesale)
    for index in range(LABS):

        def loss(pair, index=index):
            own = np.arange(LABS) == index
            return -profits(model, np.where(own, pair[0], retail), np.where(own, pair[1], wholesale))[index]

        best = minimize(loss, [retail[index], wholesale[index]], method="Nelder-Mead", options={"xatol": 1e-7})
        assert best.x == pytest.approx([retail[index], wholesale[index]], rel=1e-4)
        assert -best.fun == pytest.approx(at_rest[index], rel=1e-9)


@NESTS
def test_no_lab_gains_by_another_retail_price_where_wholesale_is_bargained(nests, correlation):
    """With wholesale given, the retail price counts what it takes from wholesale."""
    model = market("bargained", nests=nests, correlation=correlation)
    answer_each_other(model, PATIENT)
    retail, wholesale = posted(model)
    for index in range(LABS):

        def loss(price, index=index):
            return -profits(model, np.where(np.arange(LABS) == index, price, retail), wholesale)[index]

        best = minimize_scalar(loss, bounds=(0.5 * retail[index], 2 * retail[index]), method="bounded")
        assert best.x == pytest.approx(retail[index], rel=1e-4)


def joint_optimum(model: TokenMarket) -> np.ndarray:
    retail, wholesale = posted(model)

    def loss(prices):
        return -profits(model, prices, wholesale).sum()

    return minimize(loss, retail, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-7}).x


@NESTS
def test_a_cartel_gains_nothing_by_other_retail_prices_where_wholesale_is_bargained(nests, correlation):
    model = market("bargained", "joint-profit", nests=nests, correlation=correlation)
    answer_each_other(model, JointProfit(patience=1.0, largest_move=0.2))
    assert posted(model)[0] == pytest.approx(joint_optimum(model), rel=1e-4)


@NESTS
@pytest.mark.parametrize("tax", TAXES)
def test_a_cartel_gains_nothing_by_other_prices_where_it_chooses_them_all(tax, nests, correlation):
    model = market("chosen", "joint-profit", tax=tax, nests=nests, correlation=correlation)
    answer_each_other(model, JointProfit(patience=1.0, largest_move=0.2))
    assert posted(model)[0] == pytest.approx(joint_optimum(model), rel=1e-4)


@NESTS
def test_resellers_see_the_slopes_of_their_own_tokens(nests, correlation):
    model = market(loyalty=2.0, nests=nests, correlation=correlation)
    layer = reseller_layer(model.retail.posted_demand, model.resellers)
    step = 1e-5
    for k, reseller in enumerate(model.resellers):
        before, found = reseller.price, []
        for sign in (1, -1):
            reseller.price = before + sign * step
            model.retail.list_offers()
            found.append(model.retail.expected().quantity[LABS:])
        reseller.price = before
        np.testing.assert_allclose(layer.response[:, k], (found[0] - found[1]) / (2 * step), rtol=1e-5)


@NESTS
def test_no_reseller_gains_by_another_price_where_best_responses_settle(nests, correlation):
    """They settle soon, though one of them sells most of what is resold of its lab's model."""
    model = market(nests=nests, correlation=correlation)
    for _ in range(30):
        model.retail.publish_demand()
        layer = reseller_layer(model.retail.posted_demand, model.resellers)
        for reseller, price in zip(model.resellers, PATIENT.post(layer), strict=True):
            reseller.price = float(price)
    for index, reseller in enumerate(model.resellers):
        at_rest = reseller.price

        def loss(price, index=index, reseller=reseller):
            reseller.price = float(price)
            model.retail.list_offers()
            tokens = model.retail.expected().quantity[LABS + index]
            return -(price * reseller.net_share - reseller.wholesale_price - model.now.support_cost) * tokens

        best = minimize_scalar(loss, bounds=(0.5 * at_rest, 2 * at_rest), method="bounded")
        reseller.price = at_rest
        assert best.x == pytest.approx(at_rest, rel=1e-4)


@NESTS
def test_derived_demand_is_the_slope_of_tokens_where_labs_keep_their_margins_in_dollars(nests, correlation):
    model = market(nests=nests, correlation=correlation)
    costs, (retail, wholesale) = model.retail.costs(), posted(model)
    found = derived_demand(model.retail.posted_demand, costs, mtok=600.0)
    assert found.mtok == 600.0
    tokens = instruments(model.retail.posted_demand).reshape(2, LABS).sum(axis=0)
    step = 1e-5
    for k in range(LABS):
        move = step * (np.arange(LABS) == k)
        up, down = (
            instruments(
                looked_at(
                    model, retail + s * move / costs.net_share_retail, wholesale + s * move / costs.net_share_wholesale
                )
            )
            .reshape(2, LABS)
            .sum(axis=0)
            for s in (1, -1)
        )
        np.testing.assert_allclose(found.semi_elasticity[:, k], (up - down) / (2 * step) / tokens, rtol=1e-5)


@pytest.mark.parametrize(
    ("rule", "valued", "asks"),
    [("match-the-frontier", "growth", False), ("runway", "profit", True), ("race", "growth", True)],
)
def test_what_quality_is_worth_is_worked_out_where_a_rule_or_investors_ask(rule, valued, asks):
    changes = {"training.budget.rule": rule, "funding.valued": valued, "population.users": 2_000}
    model = TokenMarket(**changes, rng=1)
    assert np.isfinite([prize.profit_of_quality for prize in prizes(model)]).all() == asks


@NESTS
def test_profit_of_quality_is_the_slope_of_a_labs_profit(nests, correlation):
    """One lab's quality lifts all offers of its model; prices and the frontier stay where they are."""
    model = market(nests=nests, correlation=correlation)
    demand, costs, (retail, wholesale) = model.retail.posted_demand, model.retail.costs(), posted(model)
    found = profit_of_quality(demand, model.labs, costs)
    margins = np.concatenate(
        [
            retail * costs.net_share_retail - costs.marginal_cost,
            wholesale * costs.net_share_wholesale - costs.marginal_cost,
        ]
    )
    step = 1e-5
    for index in range(LABS):
        move = step * (demand.offers.lab == index)
        up, down = (
            instruments(replace(demand, offers=replace(demand.offers, quality=demand.offers.quality + s * move)))
            for s in (1, -1)
        )
        gain = (margins * (up - down)).reshape(2, LABS)[:, index].sum() / (2 * step)
        assert found[index] == pytest.approx(gain, rel=1e-6)


# bargaining ---------------------------------------------------------------------------------------------------------


def plain_logit(overhead=0.0) -> TokenMarket:
    """One type, unit demand, no nests: there, removing an offer diverts its users as a rise of its price does."""
    segments = {"all": {"people": 1e6, "need": 1.0, "taste_spread": 0.0, "need_spread": 0.0, "loyalty": 0.0}}
    parameters = Parameters(
        population={"segments": segments, "quantity_elasticity": 0.0, "nest_correlation": 0.0, "types": 1},
        labs={"count": LABS, "wholesale": "bargained", "overhead_share": overhead},
        resellers={"count": RESELLERS},
    )
    model = TokenMarket(parameters, rng=1)
    for reseller, lab in zip(model.resellers, (0, 0, 1), strict=True):
        reseller.carry(model.labs[lab])
    model.retail.publish_demand()
    return model


def weighing(model: TokenMarket, weight: float) -> TokenMarket:
    model.now = replace(model.now, parameters=overridden(model.parameters, {"labs.reseller_weight": weight}))
    return model


def without(demand, offer: int):
    keep = np.arange(len(demand.offers)) != offer
    offers = replace(
        demand.offers,
        sellers=tuple(np.array(demand.offers.sellers)[keep]),
        **{name: getattr(demand.offers, name)[keep] for name in ("price", "quality", "lab", "reseller", "added_value")},
    )
    mass = demand.mass[:, np.append(keep, True)]
    mass[:, -1] += demand.mass[:, offer]
    return replace(demand, offers=offers, mass=mass)


@pytest.mark.parametrize("weight", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("overhead", [0.0, 0.3])
def test_bargained_prices_maximise_the_nash_product_of_each_link(overhead, weight):
    """(lab's gain)^(1 − b) × (reseller's gain)^b is largest, retail prices given.

    The lab's gain is what it earns with the reseller less what it earns where the reseller's offer is gone.
    """
    model = weighing(plain_logit(overhead), weight)
    demand, costs = model.retail.posted_demand, model.retail.costs()
    retail, wholesale = costs.margins(model.labs)
    offers, quantity = demand.offers, demand.quantity
    margin = np.where(offers.resold, wholesale[offers.lab], retail[offers.lab])
    links = []
    for index, reseller in enumerate(model.resellers):
        offer = LABS + index
        own = (offers.lab == reseller.lab) & (np.arange(5) != offer)
        alone = without(demand, offer).quantity
        diverted = np.zeros(5)
        diverted[np.arange(5) != offer] = alone - quantity[np.arange(5) != offer]
        elsewhere = (diverted * margin)[own].sum()
        cost = costs.marginal_cost[reseller.lab]

        def loss(price, reseller=reseller, offer=offer, elsewhere=elsewhere, cost=cost):
            lab = quantity[offer] * (costs.net_share_wholesale * price - cost) - elsewhere
            gain = quantity[offer] * (reseller.price * reseller.net_share - model.now.support_cost - price)
            return -((1 - weight) * np.log(lab) + weight * np.log(gain))

        low = (cost + elsewhere / quantity[offer]) / costs.net_share_wholesale
        high = reseller.price * reseller.net_share - model.now.support_cost
        assert low < high
        bounds = (low + 1e-9, high - 1e-9)
        links.append(minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-10}).x)
    mean = np.average(links[:2], weights=quantity[LABS : LABS + 2])
    found = wholesale_agreed(demand, model.labs, model.resellers, costs)
    assert found == pytest.approx([mean, links[2]], rel=1e-6)


def test_resellers_with_all_the_weight_buy_at_the_labs_next_best():
    """b → 1: the lab keeps only what the reseller's users would have brought it elsewhere; b → 0: all of the gain."""
    model = plain_logit()
    demand, costs = model.retail.posted_demand, model.retail.costs()

    def agreed(weight):
        return wholesale_agreed(demand, weighing(model, weight).labs, model.resellers, costs)

    earns = model.resellers[2].price * model.resellers[2].net_share - model.now.support_cost
    assert agreed(0.0)[1] == pytest.approx(earns)
    least, most = agreed(1.0), agreed(0.0)
    assert (least < agreed(0.5)).all()
    assert (agreed(0.5) < most).all()
    assert (least * costs.net_share_wholesale > costs.marginal_cost).all()


def test_a_lab_without_resellers_bargains_with_nobody():
    model = plain_logit()
    model.resellers[2].carry(model.labs[0])
    model.retail.publish_demand()
    found = wholesale_agreed(model.retail.posted_demand, model.labs, model.resellers, model.retail.costs())
    assert np.isnan(found[1])
    assert np.isfinite(found[0])
