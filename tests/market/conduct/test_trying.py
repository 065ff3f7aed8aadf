"""Rules that learn by trying: what they remember, and where it leads."""

import numpy as np
import pytest

from market import Parameters, TextbookParameters, TokenMarket
from market.conduct.layer import Layer
from market.conduct.trials import Trials
from market.conduct.trying import Bandit, QLearning
from market.conduct.values import Learning, State, Values
from market.demand import Logit
from market.parameters.overriding import overridden
from market.textbook.model import TextbookMarket
from scenarios.files.loading import load

MARKUPS = [0.0, 0.5, 1.0]


def trials() -> Trials:
    return Trials(lambda: np.random.SeedSequence(7))


def month(memory: Trials, profit, explore=0.0, latest=0.0, move=1e9) -> float:
    """Play a month in which the price is set anew; return the markup wanted."""
    wanted = memory.choose(MARKUPS, explore, latest, move)
    memory.begin()
    memory.note(profit(memory.now))
    return wanted


def test_each_markup_is_tried_once_and_then_the_best():
    memory, worth = trials(), {0.0: 1.0, 0.5: 3.0, 1.0: 2.0}
    tried = [month(memory, worth.get) for _ in range(10)]
    assert sorted(tried[:3]) == MARKUPS
    assert tried[3:] == [0.5] * 7
    assert memory.earned == worth


def test_a_share_of_the_times_any_markup_is_tried():
    memory = trials()
    tried = np.array([month(memory, {0.0: 1.0, 0.5: 3.0, 1.0: 2.0}.get, explore=0.3) for _ in range(4000)])
    assert (tried != 0.5).mean() == pytest.approx(0.3 * 2 / 3, abs=0.02)


def test_what_a_markup_earns_is_the_mean_of_few_months_and_then_of_the_latest():
    memory, profits = trials(), [4.0, 2.0, 3.0, 10.0, 0.0]
    memory.choose([0.5], 0.0, 0.25, 1.0)
    memory.begin()
    expected = [4.0, 3.0, 3.0, 0.75 * 3 + 2.5, 0.75 * 4.75]
    for profit, mean in zip(profits, expected, strict=True):
        memory.choose([0.5], 0.0, 0.25, 1.0)
        memory.note(profit)
        assert memory.earned[0.5] == pytest.approx(mean)


def test_the_way_to_a_markup_tells_nothing_of_it():
    """To twice the price by a tenth at a time takes eight repricings; before the first trial it may be any."""
    memory = trials()
    memory.earned, memory._last = {0.0: 1.0, 1.0: 5.0}, 0.0
    for _ in range(7):
        assert memory.choose([0.0, 1.0], 0.0, 0.2, 0.1) == 1.0
        memory.begin()
        memory.note(-100.0)
        assert memory.now is None
    memory.choose([0.0, 1.0], 0.0, 0.2, 0.1)
    memory.begin()
    assert memory.now == 1.0
    assert memory.earned[1.0] == 5.0
    first = trials()
    first.choose(MARKUPS, 0.0, 0.2, 0.25)
    first.begin()
    assert first.now is None


def test_choices_are_those_of_the_seed_and_do_not_change_within_a_month():
    one, two = trials(), trials()
    path = [one.choose(MARKUPS, 1.0, 0.2, 1.0) for _ in range(5)]
    assert path == [path[0]] * 5
    assert path[0] == two.choose(MARKUPS, 1.0, 0.2, 1.0)


def textbook(changes) -> TextbookMarket:
    parameters = load("theory/bertrand-nash", {"horizon.rounds": 200} | changes).parameters
    assert isinstance(parameters, TextbookParameters)
    return TextbookMarket(parameters, rng=3, collect=False)


@pytest.mark.parametrize("largest_move", [0.1, 0.25, 10.0])
def test_an_agent_remembers_the_monopolists_profit_at_each_markup(largest_move):
    """In its market: what it takes a markup to earn is the closed form, to rounding, and it keeps to the best."""
    bandit = {"rule": "bandit", "markups": 11, "lowest": 0.0, "highest": 2.0, "explore": 0.2}
    model = textbook({"resellers.count": 1, "resellers.pricing": bandit | {"largest_move": largest_move}})
    for _ in range(200):
        model.step()
    seller, demand = model.resellers[0], Logit(np.full(1, 8.0), 4.0)
    profit = {m: m * demand.quantities(np.array([1 + m]))[0] for m in np.linspace(0, 2, 11).tolist()}
    assert seller.trials.earned == pytest.approx({markup: profit[markup] for markup in seller.trials.earned}, abs=1e-12)
    assert len(seller.trials.earned) == 11
    assert max(seller.trials.times, key=seller.trials.times.get) == max(profit, key=profit.get)


def test_streams_of_others_do_not_move_when_one_learns():
    """Trials have random numbers of their own: who reprices when stays as it was."""
    small, drawn = {"population.users": 2_000, "population.types": 4}, []
    for changes in ({}, {"labs.firms": [{"firm": 5, "set": {"pricing": {"rule": "bandit"}}}]}):
        model = TokenMarket(overridden(Parameters(), small | changes), rng=1, collect=False)
        for _ in range(3):
            model.step()
        drawn.append([float(firm.draws.random()) for firm in (*model.vendors, *model.makers, *model.resellers)])
    assert drawn[0] == drawn[1]


def test_a_price_is_the_markup_on_marginal_cost():
    class Firm:
        trials = Trials(lambda: np.random.SeedSequence(1))

    rule = Bandit(markups=2, lowest=0.5, highest=0.5)
    tried = rule.of_firms([Firm()])
    assert tried["trial"].tolist() == [0.5]
    assert rule.target(Layer(np.ones(1), np.full(1, 4.0), np.ones(1), -np.eye(1), **tried)).tolist() == [6.0]


ALWAYS = Learning(rate=1.0, discount=0.5, fades=0.0)


def values() -> Values:
    return Values(lambda: np.random.SeedSequence(7))


def test_what_a_markup_is_worth_is_the_fixed_point_of_bellman():
    """Profit π(m, rivals), rivals answering the last markup by their own place: Q = π + δ max Q', state by state."""
    memory, profit = values(), {0.0: 1.0, 0.5: 3.0, 1.0: 2.0}
    for _ in range(600):
        here = 0 if memory.now is None else MARKUPS.index(memory.now)
        wanted = memory.decide(MARKUPS, State(here, 2 - here), ALWAYS, 1e9)
        memory.begin()
        memory.note(profit[wanted] * (1 + here))
    expected = np.zeros((3, 3))
    for _ in range(200):
        expected = np.array([[profit[m] * (1 + own) + 0.5 * expected[place].max() for place, m in enumerate(MARKUPS)]
                             for own in range(3)])  # fmt: skip
    found = [[memory.worth[State(own, 2 - own), markup] for markup in MARKUPS] for own in range(3)]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_trials_fade_and_the_best_after_a_state_is_kept_to():
    memory, how = values(), Learning(rate=0.5, discount=0.0, fades=0.02)
    wanted = []
    for _ in range(1500):
        wanted.append(memory.decide(MARKUPS, State(0, 0), how, 1e9))
        memory.begin()
        memory.note({0.0: 1.0, 0.5: 3.0, 1.0: 2.0}[wanted[-1]])
    assert set(wanted[:50]) == set(MARKUPS)
    assert wanted[500:] == [0.5] * 1000


def test_months_without_repricing_count_as_their_mean():
    memory, how = values(), Learning(rate=1.0, discount=0.0, fades=0.0)
    memory.decide([0.5], State(0, 0), how, 1e9)
    memory.begin()
    for profit in (1.0, 2.0, 6.0):
        memory.note(profit)
    memory.decide([0.5], State(0, 0), how, 1e9)
    assert memory.worth == {(State(0, 0), 0.5): 3.0}


def test_the_state_is_the_own_markup_and_the_mean_of_rivals():
    class Firm:
        def __init__(self, price: float) -> None:
            self.price, self.values, self.states = price, self, []

        def sale(self) -> tuple[float, float, float]:
            return self.price, 2.0, 1.0

        def decide(self, markups, state, how, largest_move) -> float:
            self.states.append(state)
            return markups[state.own]

    firms = [Firm(2.0), Firm(3.0), Firm(4.0)]
    rule = QLearning(markups=3, lowest=0.0, highest=1.0)
    assert rule.of_firms(firms)["trial"].tolist() == [0.0, 0.5, 1.0]
    assert [firm.states for firm in firms] == [[(0, 1)], [(1, 1)], [(2, 0)]]  # (0.5 + 1)/2 and (0 + 0.5)/2: the nearest


def test_any_layer_may_learn_by_it():
    small = {"population.users": 2_000, "population.types": 4}
    rule = {"rule": "q-learning", "fades": 0.3}
    layers = ("vendors", "makers", "labs", "resellers")
    changes = small | {f"{layer}.pricing": rule for layer in layers}
    model = TokenMarket(overridden(Parameters(), changes), rng=1, collect=False)
    audit = model.audit()
    for _ in range(18):
        audit.step()
    for firms in (model.vendors, model.makers, model.open_labs, model.open_resellers):
        assert any(firm.values.worth for firm in firms)


def test_trials_fade_with_repricings_not_with_months():
    memory, how = values(), Learning(rate=0.5, discount=0.0, fades=10.0)
    wanted = set()
    for _ in range(100):
        wanted.add(memory.decide(MARKUPS, State(0, 0), how, 1e9))
        if memory.now is None:
            memory.begin()
        memory.note(1.0)
    assert len(wanted) < 3  # one repricing: exp(−10) of the months try another
    again = [memory.decide(MARKUPS, State(0, 0), how, 1e9) for _ in range(3)]
    assert len(set(again)) == 1
