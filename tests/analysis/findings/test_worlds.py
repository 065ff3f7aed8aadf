import numpy as np
import pandas as pd
import pytest
from written import assert_apart

from analysis.figures import margin_in_worlds
from analysis.findings.claim import CLAIMS
from analysis.findings.worlds import margins_in_worlds, share_with_interval, worlds_of, worlds_sentence
from analysis.results import BatchResults

WORLDS = 40


def results(margins: np.ndarray, worlds: int = WORLDS) -> BatchResults:
    """Labs' margin in each replication of one setting; hardware always earns a tenth."""
    rows = [
        {"setting": "baseline", "replication": number, "seed": number, "round": 0, "layer": layer}
        | {
            "revenue": 10.0,
            "profit": 10.0 * margin,
            "capitalised_profit": 0.0,
            "cash_profit": 0.0,
            "cost": 0,
            "value_added": 1,
            "profit_gain": 0,
        }
        for number, labs in enumerate(margins)
        for layer, margin in (("hardware", 0.1), ("labs", labs))
    ]
    layers = pd.DataFrame(rows).astype({"setting": "category", "layer": "category"})
    manifest = {"ensemble": {"number": worlds, "title": "T"}, "settings": [{"name": "baseline", "title": "Baseline"}]}
    rounds = layers[layers["layer"] == "labs"].assign(month="2023-01")
    return BatchResults({"layers": layers, "rounds": rounds}.__getitem__, manifest)


def row(margins: np.ndarray, layer: str = "labs") -> pd.Series:
    found = margins_in_worlds(results(margins))
    return found[found["layer"] == layer].iloc[0]


def test_worlds_are_counted_and_not_runs():
    of_worlds = np.where(np.arange(WORLDS) < 10, -0.2, 0.3)
    found = row(np.tile(of_worlds, 2) + np.repeat([0.01, -0.01], WORLDS))
    assert found["worlds"] == WORLDS
    assert found["negative"] == 0.25
    assert found["low"] < 0.25 < found["high"]
    assert found["value_50"] == pytest.approx(0.3)
    assert row(np.zeros(2 * WORLDS), "hardware")["negative"] == 0


def test_doubt_about_parameters_and_noise_of_seeds_are_told_apart():
    rng, worlds, replications = np.random.default_rng(1), WORLDS, 200
    of_worlds = rng.normal(0, 0.3, worlds)
    found = row((of_worlds + rng.normal(0, 0.1, (replications, worlds))).ravel())
    assert found["doubt"] == pytest.approx(of_worlds.std(ddof=1), rel=0.02)
    assert found["noise"] == pytest.approx(0.1, rel=0.02)


def test_seeds_alone_leave_no_doubt_and_one_run_a_world_no_noise():
    found = row(np.random.default_rng(2).normal(0, 0.1, 200 * WORLDS))
    assert found["doubt"] < 0.01
    assert np.isnan(row(np.linspace(0, 1, WORLDS))["noise"])


def test_the_interval_of_a_share_covers_it():
    """Wilson's interval of 95 per cent, at a share at which the plain one fails: coverage over 2,000 samples."""
    counts = np.random.default_rng(3).binomial(200, 0.03, 2000)
    bounds = {count: share_with_interval(count, 200)[1:] for count in np.unique(counts)}
    covered = np.mean([bounds[count][0] <= 0.03 <= bounds[count][1] for count in counts])
    assert 0.93 < covered < 0.985


def test_one_world_is_no_ensemble():
    one = results(np.zeros(3))
    plain = BatchResults(one.load, {})
    assert worlds_of(plain) == 0
    with pytest.raises(ValueError, match="--ensemble"):
        margins_in_worlds(plain)


def test_the_figure_says_how_often_and_of_how_many_worlds():
    figure = margin_in_worlds(results(np.where(np.arange(WORLDS) < 30, -0.1, 0.1)))
    said = " ".join(figure.get_suptitle().split())
    assert said == "Baseline: share of worlds with a loss: hardware in 0 %, labs in 75 %"
    assert "middle of 40 worlds" in " ".join(figure.get_supxlabel().split())
    assert_apart(figure)


def test_the_sentence_says_how_often():
    said = worlds_sentence(results(np.where(np.arange(WORLDS) < 30, -0.1, 0.1)), "baseline")
    assert "In 40 worlds" in said
    assert "labs lose money in 75\N{NO-BREAK SPACE}%" in said
    assert len(CLAIMS) == 3
