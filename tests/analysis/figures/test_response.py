"""Response curves and flip maps of margins that are known functions of what varies."""

from itertools import product

import numpy as np
import pytest
from designed_results import designed, grid
from written import assert_apart, words

from analysis.figures import flip_map, response_curves
from analysis.figures.smoothing import curve
from analysis.statistics import t_interval
from analysis.tables.factors import design_of, responses

NOISE = (-0.02, 0.0, 0.05)
NAMED = [{"name": "calm", "title": "Calm"}, {"name": "storm", "title": "Storm"}]


def falling(layer: str, at: dict[str, float], replication: int) -> float:
    """Labs turn from profit to loss at 3 on average; the others never turn."""
    shift = {"hardware": 1.0, "labs": 0.0, "resellers": -1.0}[layer]
    return shift + 0.1 * (3 - at["labs.count"]) + NOISE[replication] - np.mean(NOISE)


def saddle(layer: str, at: dict[str, float], _: int) -> float:
    """Labs turn where the product of both is eight; a straight line on logarithmic axes."""
    shift = {"hardware": 9.0, "labs": 0.0, "resellers": -9.0}[layer]
    return (shift + 3 - np.log2(at["labs.count"]) - np.log2(at["resellers.count"])) / 10


@pytest.fixture(scope="module")
def one():
    return grid({"labs.count": [1, 2, 4, 5]}, falling)


def test_one_factor_has_margin_and_profit_of_each_layer(one):
    figure = response_curves(one)
    assert len(figure.axes) == 6
    labs = figure.axes[1]
    line = max(labs.lines, key=lambda line: len(line.get_xdata()))
    assert list(line.get_xdata()) == pytest.approx([1, 2, 4, 5])
    assert list(line.get_ydata()) == pytest.approx([0.2, 0.1, -0.1, -0.2])
    dots = labs.collections[0].get_offsets()
    assert len(dots) == 12
    assert "turns at 3" in labs.get_title(loc="right")
    assert "never turns: a profit" in figure.axes[0].get_title(loc="right")
    assert "never turns: a loss" in figure.axes[2].get_title(loc="right")
    title = " ".join(figure.get_suptitle().split())
    assert title == (
        "Hardware earns money at every value, labs turn from profit to loss between 2 and 4, "
        "resellers lose money at every value"
    )
    assert "AI labs (firms)" in words(figure)
    assert "2024-01 (1 month)" in words(figure)
    assert_apart(figure)


def test_the_interval_is_that_over_replications(one):
    design = design_of(one)
    runs = responses(one, design).query("layer == 'labs'")
    found = curve(runs, design.factors[0], "margin").iloc[0]
    wanted = t_interval(0.2 + np.array(NOISE) - np.mean(NOISE))
    assert (found["low"], found["high"]) == pytest.approx((wanted.low, wanted.high))


def test_values_spaced_by_factors_and_named_settings():
    results = grid({"labs.count": [1, 2, 4, 8]}, falling, named=NAMED)
    figure = response_curves(results)
    assert {ax.get_xscale() for ax in figure.axes} == {"log"}
    labelled = [line for line in figure.axes[0].lines if line.get_label() in ("Calm", "Storm")]
    assert len(labelled) == 2
    assert len({(line.get_color(), line.get_linestyle()) for line in labelled}) == 2
    assert "in 2 of 2 settings" in " ".join(figure.get_suptitle().split())
    assert_apart(figure)


def test_several_factors_are_small_multiples_with_the_others_averaged():
    values = {"labs.count": [2, 4, 5], "resellers.count": [1, 4], "labs.reprice_at_launch": [True, False]}
    results = grid(
        values, lambda layer, at, run: falling(layer, at, run) + (0.4 if at["resellers.count"] == 4 else 0.0)
    )
    figure = response_curves(results)
    assert len(figure.axes) == 9
    by_resellers = max(figure.axes[4].lines, key=lambda line: len(line.get_xdata()))
    mean = np.mean([0.1, -0.1, -0.2])
    assert list(by_resellers.get_ydata()[:2]) == pytest.approx([mean, mean + 0.4])
    assert [text.get_text() for text in figure.axes[6].get_xticklabels()] == ["yes", "no"]
    assert "The other factors are averaged" in " ".join(figure.get_supxlabel().split())
    assert "labs with resellers at the start (by 40 points)" in " ".join(figure.get_suptitle().split())
    assert_apart(figure)


def test_sampled_factors_have_a_smooth_curve_near_the_truth():
    rng = np.random.default_rng(1)
    points = [{"training.decay": float(x)} for x in rng.uniform(0, 1, 80)]
    noise = dict(zip((point["training.decay"] for point in points), rng.normal(0, 0.02, 80), strict=True))
    results = designed(
        points,
        {"latin_hypercube": {"n": 80, "ranges": {"training.decay": {"low": 0, "high": 1}}}},
        lambda _, at, __: np.sin(3 * at["training.decay"]) - 0.5 + noise[at["training.decay"]],
        replications=1,
    )
    design = design_of(results)
    found = curve(responses(results, design).query("layer == 'labs'"), design.factors[0], "margin")
    assert found["mean"].to_numpy() == pytest.approx(np.sin(3 * found["place"].to_numpy()) - 0.5, abs=0.03)
    figure = response_curves(results)
    assert "smoothing splines" in words(figure)
    assert "interval" not in words(figure)


def test_the_line_of_a_map_is_where_the_margin_turns():
    results = grid({"labs.count": [1, 2, 4, 8], "resellers.count": [1, 2, 4, 8, 16]}, saddle)
    figure = flip_map(results)
    hardware, labs, resellers = figure.axes[:3]
    (line,) = labs.lines
    assert line.get_xdata() * line.get_ydata() == pytest.approx(8)
    assert (min(line.get_xdata()), max(line.get_xdata())) == pytest.approx((1, 8))
    assert not hardware.lines
    assert not resellers.lines
    assert hardware.get_title(loc="right") == "never turns: a profit throughout"
    assert resellers.get_title(loc="right") == "never turns: a loss throughout"
    assert labs.get_title(loc="right") == "a loss at 10 of 20 points"
    norm = labs.collections[0].norm
    assert norm.vmin == -norm.vmax
    assert norm(0.0) == pytest.approx(0.5)
    assert labs.get_xscale() == labs.get_yscale() == "log"
    assert "labs lose money at 10 of 20 points" in " ".join(figure.get_suptitle().split())
    assert_apart(figure)


def test_a_margin_whose_interval_holds_zero_stands_in_brackets():
    results = grid(
        {"labs.count": [1, 2], "resellers.count": [1, 2]},
        lambda _, at, replication: 0.3 * (at["labs.count"] - 1) + NOISE[replication],
    )
    written = [text.get_text() for text in flip_map(results).axes[1].texts]
    assert sorted(written) == ["(1)", "(1)", "31", "31"]


def test_a_row_of_maps_for_each_named_setting():
    results = grid({"labs.count": [1, 2, 4], "resellers.count": [1, 2, 4]}, saddle, named=NAMED)
    figure = flip_map(results)
    maps = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    assert len(maps) == 6
    assert "Storm" in words(figure)
    assert_apart(figure)


def test_the_turning_point_of_each_category():
    values = {"labs.count": [2, 4, 5], "labs.reprice_at_launch": [True, False]}

    def margin(_: str, at: dict[str, float], __: int) -> float:
        return 0.1 * ((3 if at["labs.reprice_at_launch"] else 4) - at["labs.count"])

    ax = flip_map(grid(values, margin)).axes[1]
    assert sorted(float(line.get_xdata()[0]) for line in ax.lines) == pytest.approx([3, 4])
    assert [list(line.get_ydata()) for line in ax.lines] == [[-0.5, 0.5], [0.5, 1.5]]


def test_samples_over_two_factors_are_dots_with_a_line_through_triangles():
    rng = np.random.default_rng(2)
    points = [{"labs.count": float(x), "resellers.count": float(y)} for x, y in np.exp2(rng.uniform(0, 4, (60, 2)))]
    spans = {name: {"low": 1, "high": 16, "log": True} for name in ("labs.count", "resellers.count")}
    results = designed(points, {"sobol": {"n": 64, "ranges": spans}}, saddle, replications=1)
    labs = flip_map(results).axes[1]
    assert len(labs.collections[0].get_offsets()) == 60
    (line,) = labs.lines
    assert line.get_xdata() * line.get_ydata() == pytest.approx(8)


def test_a_point_without_a_run_is_left_grey_and_said_so():
    results = grid({"labs.count": [1, 2], "resellers.count": [1, 2]}, saddle)
    part = results.only(results.settings[1:])
    figure = flip_map(part)
    assert np.ma.count_masked(figure.axes[0].collections[0].get_array()) == 1
    assert "Grey: no finished run" in words(figure)


def test_figures_of_a_design_refuse_what_they_cannot_show(one, results):
    with pytest.raises(ValueError, match=r"two factors, not 1: labs\.count"):
        flip_map(one)
    for draw in (flip_map, response_curves):
        with pytest.raises(ValueError, match="nothing varies by design"):
            draw(results)


@pytest.mark.parametrize("words_of_rules", [("a rule with a very long name indeed", "b"), ("$x$", "_hidden")])
def test_categories_are_written_whole(words_of_rules):
    values = {"labs.pricing": words_of_rules, "resellers.count": [1, 2]}
    results = designed(
        [{"labs.pricing.rule": rule, "resellers.count": n} for rule, n in product(*values.values())],
        {"grid": {name: list(column) for name, column in values.items()}},
        saddle_of_one,
    )
    for figure in (flip_map(results), response_curves(results)):
        written = words(figure).replace(r"\$", "$")
        assert all(word in written for word in words_of_rules)
        assert_apart(figure)


def saddle_of_one(_: str, at: dict[str, float], __: int) -> float:
    return 0.1 * at["resellers.count"] - 0.15
