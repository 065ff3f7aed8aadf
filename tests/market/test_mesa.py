"""What users of Mesa expect of a model."""

import gc
import inspect
import pickle
import subprocess
import sys
import warnings
import weakref

import mesa
import numpy as np
import pandas as pd
import pytest

from market import Parameters, TextbookMarket, TokenMarket
from market.firms import Firm, Reseller
from market.models import model_for
from market.records.collecting import FIRMS, MARKET, MONEY
from market.records.columns import LAYERS, UNITS
from scenarios import load, run
from scenarios.simulation import simulate

SMALL = {"labs.count": 2, "resellers.count": 2, "population.users": 1000}
SEEDS_ARE_RNG = "rng" in inspect.signature(mesa.batch_run).parameters


def played(months, market=TokenMarket, **keywords):
    model = market(**keywords)
    for _ in range(months):
        model.step()
    return model


# the horizon --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["baseline", "theory/chain"])
def test_a_run_ends_with_its_horizon(scenario):
    parameters = load(scenario, {"horizon.rounds": 3}).parameters
    model = model_for(parameters)(parameters)
    assert model.running
    model.run_model()
    assert (model.round, model.steps, model.running) == (3, 3, False)
    assert len(model.results().rounds) == 3


def test_months_beyond_the_horizon_can_be_played_by_hand():
    model = played(3, **SMALL, **{"horizon.rounds": 2})
    longer = played(3, **SMALL, **{"horizon.rounds": 3})
    pd.testing.assert_frame_equal(model.results().rounds, longer.results().rounds)
    assert not model.running
    gains = model.results().layers.groupby("round")["profit_gain"].count()
    assert list(gains > 0) == [False, True, False]


def test_who_stops_a_run_early_has_it_stopped():
    model = played(1, **SMALL)
    model.running = False
    model.step()
    assert not model.running


# keywords -----------------------------------------------------------------------------------------------------------


def test_keywords_are_parameters_on_top_of_parameters():
    base = Parameters(resellers={"count": 3})
    model = TokenMarket(base, rng=4, **{"labs.count": 3})
    assert model.parameters == Parameters(resellers={"count": 3}, labs={"count": 3})
    assert (len(model.labs), len(model.resellers), model.seed) == (3, 3, 4)
    assert TokenMarket(base).parameters is base
    assert TokenMarket(**{"labs.count": 3}).parameters == Parameters(labs={"count": 3})


def test_a_wrong_keyword_is_told():
    with pytest.raises(TypeError, match=r"unknown key lab; did you mean labs\?"):
        TokenMarket(**{"lab.count": 3})
    with pytest.raises(ValueError, match=r"labs\.count = 0 must be a whole number, 1 to 200"):
        TokenMarket(**{"labs.count": 0})
    with pytest.raises(TypeError, match=r"parameters must be market\.Parameters.*scenarios\.files\.loading\.Scenario"):
        TokenMarket(load("baseline"))
    with pytest.raises(TypeError, match=r'fleet\.compute = "rented" is written model = "textbook" now'):
        TokenMarket(**{"fleet.compute": "rented"})


def test_a_model_is_told_what_another_one_is_not():
    chain = load("theory/chain").parameters
    with pytest.raises(TypeError, match=r"those of a textbook scenario, which market\.TextbookMarket plays"):
        TokenMarket(chain)
    with pytest.raises(TypeError, match=r"those of a token-market scenario, which market\.TokenMarket plays"):
        TextbookMarket(Parameters())
    with pytest.raises(TypeError, match=r'labs\.overhead_share is a key of scenarios with model = "token-market"'):
        TextbookMarket(chain, **{"labs.overhead_share": 0.2})
    model = TextbookMarket(chain, rng=4, **{"labs.count": 7})
    assert (len(model.labs), model.seed, model.parameters.vendors.count) == (7, 4, 2)


def test_seed_is_another_word_for_rng():
    assert TokenMarket(seed=3).seed == TokenMarket(rng=3).seed == TokenMarket(rng=None, seed=3).seed == 3
    assert TokenMarket().seed == 1
    for rng in (1, 2, np.int64(3)):
        with pytest.raises(TypeError, match=rf"rng = .*{rng}.* and seed = 3 are two words for one thing"):
            TokenMarket(rng=rng, seed=3)
    with pytest.raises(TypeError, match="rng must be an integer ≥ 0, not '3'"):
        TokenMarket(seed="3")
    with pytest.raises(TypeError, match=r"not None; mesa\.batch_run .* rng=\[1, 2\]"):
        TokenMarket(rng=None)


def test_a_scenario_that_would_have_no_effect_is_refused():
    with pytest.raises(TypeError, match="scenario must not be given"):
        TokenMarket(scenario=load("baseline"))
    scenarios = pytest.importorskip("mesa.experimental.scenarios", reason="Mesa before 3.4 has no scenarios")
    assert TokenMarket(scenario=scenarios.Scenario()).seed == 1
    for given in (scenarios.Scenario(rng=2), scenarios.Scenario(labs=3)):
        with pytest.raises(TypeError, match="scenario must not be given"):
            TokenMarket(scenario=given)


# the data collector -------------------------------------------------------------------------------------------------

COLLECTED = {
    "the whole chain": {"resellers.entry": True, "resellers.count": 3, "population.users": 1000},
    "labs close": {"funding.opening_months": 0.0, "funding.appetite": 0.0, "population.users": 1000},
    "the textbook chain": {"market": TextbookMarket},
}


@pytest.fixture(scope="module", params=COLLECTED)
def collected(request):
    return played(12, **COLLECTED[request.param])


def test_the_collector_has_what_the_tables_have(collected):
    results, found = collected.results(), collected.datacollector.get_model_vars_dataframe()
    pd.testing.assert_frame_equal(found[list(UNITS["rounds"])], results.rounds, check_dtype=False)
    layers = results.layers.set_index(["round", "layer"])
    for layer in LAYERS:
        for name in ("profit", "revenue", "margin"):
            np.testing.assert_array_equal(found[f"{name}_{layer}"], layers[name].xs(layer, level="layer"))


def test_firms_in_business_are_collected_and_users_are_not(collected):
    results = collected.results()
    found = collected.datacollector.get_agenttype_vars_dataframe(Firm)
    expected = results.firms[results.firms["alive"]]
    assert list(found.index.get_level_values("Step")) == list(expected["round"] + 1)
    by_name = [frame.sort_values(["round", "firm"])[list(FIRMS)].reset_index(drop=True)
               for frame in (found.reset_index().rename(columns={"Step": "round"}), expected)]  # fmt: skip
    pd.testing.assert_frame_equal(*by_name, check_dtype=False)


def test_firms_come_and_go_in_what_is_collected():
    closed = played(12, **COLLECTED["labs close"]).datacollector.get_agenttype_vars_dataframe(Firm)
    assert closed.groupby("Step").size().nunique() > 1


def test_values_collected_are_single_and_small():
    model = played(2, **SMALL)
    for values in model.datacollector.model_vars.values():
        assert all(np.isscalar(value) for value in values)
    assert set(MARKET | MONEY).isdisjoint(FIRMS), "batch_run would mix them up"


def test_collecting_before_the_first_month_gives_no_numbers():
    model = TokenMarket(**SMALL)
    model.datacollector.collect(model)
    assert model.datacollector.get_model_vars_dataframe().isna().all(axis=None)
    assert model.datacollector.get_agenttype_vars_dataframe(Firm).isna().all(axis=None)


def test_who_does_not_collect_pays_nothing_and_may_collect_later():
    model = TokenMarket(collect=False, **SMALL)
    model.datacollector.collect = lambda _: pytest.fail("collected all the same")
    model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) == 0
    del model.datacollector.collect
    model.step()
    model.datacollector.collect(model)
    assert list(model.datacollector.get_model_vars_dataframe()["round"]) == [1]


def test_collecting_changes_nothing():
    pd.testing.assert_frame_equal(played(3, **SMALL).results().firms, played(3, collect=False, **SMALL).results().firms)


def test_runs_and_batches_do_not_collect(monkeypatch):
    monkeypatch.setattr(mesa.DataCollector, "collect", lambda *_: pytest.fail("collected"))
    assert len(simulate(TokenMarket(**SMALL, **{"horizon.rounds": 2}).parameters, 1).rounds) == 2


def test_a_collector_of_ones_own_takes_the_place_of_ours():
    model = TokenMarket(**SMALL)
    model.datacollector = mesa.DataCollector(MARKET | {"dearest": lambda market: max(lab.price for lab in market.labs)})
    model.step()
    assert model.datacollector.model_vars["dearest"] == [max(lab.price for lab in model.labs)]
    assert model.datacollector.model_vars["labs"] == [2]


@pytest.mark.parametrize("market", [TokenMarket, TextbookMarket])
def test_a_model_can_be_pickled(market):
    model = played(2, market, **(SMALL if market is TokenMarket else {}))
    again = pickle.loads(pickle.dumps(model))
    assert repr(again) == repr(model)
    again.step()
    model.step()
    pd.testing.assert_frame_equal(again.results().rounds, model.results().rounds)


# batches of Mesa ----------------------------------------------------------------------------------------------------


def batch(also=None, **options):
    parameters = {"labs.count": [3, 5], "horizon.rounds": 2, "population.users": 1000} | (also or {})
    return pd.DataFrame(mesa.batch_run(TokenMarket, parameters, display_progress=False, max_steps=99, **options))


@pytest.mark.parametrize("word", ["rng", "seed"])
def test_batch_run_gives_what_runs_give(word):
    found = batch(rng=[1, 2]) if word == "rng" and SEEDS_ARE_RNG else batch(also={word: [1, 2]})
    runs = found.drop_duplicates("RunId")
    assert len(runs) == 4
    for _, row in runs.iterrows():
        model = played(2, rng=int(row[word]), **{"labs.count": int(row["labs.count"]), "population.users": 1000})
        layers = model.results().layers.set_index(["round", "layer"])
        assert row["round"] == 1, "it stops at the horizon"
        assert row["profit_labs"] == layers.loc[(1, "labs"), "profit"]


def test_batch_run_gives_every_month():
    found = batch(also={"seed": 1}, data_collection_period=1).drop_duplicates(["RunId", "Step"])
    assert list(found["round"]) == [0, 1, 0, 1]
    assert list(found["labs"]) == [3, 3, 5, 5]


GUARDED = """
import mesa
from market import TokenMarket

if __name__ == "__main__":
    parameters = {"labs.count": [3, 5], "seed": [1, 2], "horizon.rounds": 2, "population.users": 1000}
    rows = mesa.batch_run(TokenMarket, parameters, number_processes=2, max_steps=99, display_progress=False)
    for run in sorted({(row["labs.count"], row["seed"], row["profit_labs"]) for row in rows}):
        print(*run)
"""


def test_batch_run_works_in_processes(tmp_path):
    (tmp_path / "guarded.py").write_text(GUARDED, encoding="utf-8")
    path = ":".join(sys.path)
    done = subprocess.run(
        [sys.executable, "guarded.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    alone = batch(also={"seed": [1, 2]}).drop_duplicates("RunId").sort_values(["labs.count", "seed"])
    expected = [f"{row['labs.count']} {row['seed']} {row['profit_labs']}" for _, row in alone.iterrows()]
    assert done.stdout.splitlines() == expected


# the page of Mesa ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def visualization():
    pytest.importorskip("altair", reason="mesa.visualization needs altair")
    pytest.importorskip("solara")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Mesa 3.3 breaks a rule of Solara, which says so
        import mesa.visualization

    return mesa.visualization


class Page:
    """A page of Mesa, rendered in this process."""

    def __init__(self, visualization, model, **options):
        import solara

        self.model = solara.reactive(model)
        plots = [visualization.make_plot_component("profit_labs")]
        page = visualization.SolaraViz(self.model, components=plots, **options)
        _, self.context = solara.render(solara.AppLayout(children=[page]), handle_error=False)

    def button(self, label):
        import ipyvuetify

        return next(found for found in self.context.find(ipyvuetify.Btn).widgets if label in found.children)

    @property
    def plot(self):
        import ipywidgets

        [found] = self.context.find(ipywidgets.Image).widgets
        return bytes(found.value)


@pytest.mark.filterwarnings("ignore")
def test_the_page_of_mesa_plays_to_the_horizon_and_starts_again(visualization):
    slider = {"type": "SliderInt", "value": 4, "min": 1, "max": 10, "label": "labs"}
    page = Page(
        visualization,
        TokenMarket(**SMALL, **{"horizon.rounds": 2}),
        model_params={"labs.count": slider, "horizon.rounds": 1, "rng": 2},
    )
    try:
        empty = page.plot
        page.button("Step").click()
        assert page.model.value.round == 1
        assert page.plot.startswith(b"\x89PNG")
        assert page.plot != empty
        page.button("Step").click()
        assert page.button("Step").disabled
        assert page.button("▶").disabled
        page.button("Reset").click()
        assert repr(page.model.value) == "TokenMarket(by-the-token, rng=2, month 0 of 1, before 2024-01)"
        assert len(page.model.value.labs) == 4
    finally:
        page.context.close()


@pytest.mark.filterwarnings("ignore")
def test_the_page_of_mesa_needs_no_parameters(visualization):
    page = Page(visualization, TokenMarket(**SMALL))
    try:
        page.button("Step").click()
        page.button("Reset").click()
        assert repr(page.model.value) == "TokenMarket(by-the-token, rng=1, month 0 of 60, before 2024-01)"
    finally:
        page.context.close()


# words for people ---------------------------------------------------------------------------------------------------


def test_a_model_says_what_it_is_and_where_it_stands():
    model = TokenMarket(**{"horizon.rounds": 36})
    assert repr(model) == "TokenMarket(by-the-token, rng=1, month 0 of 36, before 2024-01)"
    for _ in range(12):
        model.step()
    assert repr(model) == "TokenMarket(by-the-token, rng=1, month 12 of 36, 2024-12)"
    assert repr(TextbookMarket(name="mine")) == "TextbookMarket(mine, rng=1, month 0 of 240, before 2024-01)"
    with pytest.raises(ValueError, match="printable characters"):
        TokenMarket(name="one\ntwo\x1b[31m")


def test_agents_say_who_they_are():
    model = TokenMarket(**SMALL)
    assert repr(model.labs) == "[Lab(lab 1), Lab(lab 2)]"
    assert repr(model.segments[0]) == "Segment(students, 250 users)"
    model.resellers[0].wind_up()
    assert [repr(reseller) for reseller in model.resellers] == ["Reseller(reseller 1, closed)", "Reseller(reseller 2)"]


def test_results_say_what_they_hold():
    results = run(load("baseline"), rounds=2, users=1000, seed=5)
    assert repr(results) == (
        "RunResults(baseline, seed 5, 2 months, 2024-01 to 2024-02; "
        f"rows: rounds 2, firms {len(results.firms)}, layers 6, flows {len(results.flows)}, "
        f"plans {len(results.plans)}, commons 0, sessions 0)"
    )
    assert repr(TokenMarket().results()) == (
        "Results(by-the-token, seed 1, no months; rows: rounds 0, firms 0, layers 0, flows 0, plans 0, commons 0, "
        "sessions 0)"
    )


# memory -------------------------------------------------------------------------------------------------------------


def test_a_model_that_is_done_with_leaves_memory():
    model = played(2, **SMALL)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("play", [run, simulate])
def test_runs_leave_no_model_in_memory(play):
    results = play(Parameters(population={"users": 1000}, horizon={"rounds": 2}), seed=864_209_753)
    gc.collect()
    kept = [found for found in gc.get_objects() if isinstance(found, TokenMarket) and found.seed == results.seed]
    assert kept == []


def test_agents_of_every_model_are_numbered_from_one():
    one, other = TokenMarket(**SMALL), TokenMarket(**SMALL)
    for model in (one, other):
        numbers = [agent.unique_id for agent in model.agents]
        assert numbers == list(range(1, len(numbers) + 1))
    entrant = Reseller(one, 2)
    assert entrant.unique_id == len(one.agents)
