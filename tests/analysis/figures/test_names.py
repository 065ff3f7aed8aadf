"""Names of settings in figures: whole, as they are written, and drawable."""

import pytest
from small_economy import batch
from written import OF_A_DESIGN, OF_THE_COMMONS, assert_apart, words

from analysis import figures
from analysis.figures import fonts
from analysis.figures.captions import counted, marks, mean_of, period, replications
from analysis.figures.names import plain, titles, undrawable, wrap
from analysis.results import BatchResults

LONG = "a title that is much longer than a line of an axis, the {} of two"


def titled(names: dict[str, str], replications: int = 1, rounds: int = 3) -> BatchResults:
    """Runs of settings with titles."""
    results = batch({key: {} for key in names}, replications, rounds)
    return BatchResults(results.load, {"settings": [{"name": name, "title": title} for name, title in names.items()]})


@pytest.fixture
def fresh_fonts():
    """Forget which fonts were found, before and after."""
    for _ in fonts._installed, fonts._letters:
        _.cache_clear()
    yield
    for _ in fonts._installed, fonts._letters:
        _.cache_clear()


def test_figures_use_titles_and_wrap_them_whole():
    results = titled({"a": LONG.format("first"), "b": LONG.format("second"), "c": "Short"})
    for draw in (figures.profit_by_setting, figures.margins_over_time, figures.dollar_by_setting):
        figure = draw(results)
        written = words(figure)
        assert LONG.format("first") in written
        assert LONG.format("second") in written
        assert "…" not in written
        assert_apart(figure)


def test_settings_with_the_same_title_are_told_apart_by_name():
    assert titles(titled({"a": "Same", "b": "Same", "c": "Other"})) == {"a": "Same (a)", "b": "Same (b)", "c": "Other"}


@pytest.mark.parametrize("name", ["price cap [low]", "$x$ and $y^{", r"\alpha_{", "_hidden", "<b>&", "a $ b"])
def test_names_are_drawn_as_they_are_written(name: str):
    svg = figures.image(figures.profit_by_setting(titled({name: name, "b": "Other"})), text=True).decode()
    assert name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in svg


def test_a_legend_leaves_out_no_name():
    ax = figures.market_shares(batch({"baseline": {}}, 1, 3)).axes[0]
    ax.plot([], label=plain("_hidden"))
    assert "_hidden" in [label.strip() for label in ax.get_legend_handles_labels()[1]]


def test_a_title_without_a_font_becomes_a_number(fresh_fonts, monkeypatch):
    monkeypatch.setattr(fonts, "OTHER_SCRIPTS", ())
    results = titled({"a": "Baseline", "b": "价格上限"})
    assert titles(results) == {"a": "Baseline", "b": "setting 2"}
    assert undrawable(results) == {"setting 2": "价格上限"}
    assert figures.image(figures.profit_by_setting(results))
    assert plain("价 cap") == "? cap"


def test_a_font_of_another_script_is_used_where_there_is_one(fresh_fonts, monkeypatch):
    letter = "𝒜"
    assert fonts.missing(letter) == {letter}
    monkeypatch.setattr(fonts, "OTHER_SCRIPTS", ("No Such Font", "STIXGeneral"))
    fonts._installed.cache_clear()
    assert fonts.families() == ["DejaVu Sans", "sans-serif", "STIXGeneral"]
    assert fonts.missing(letter) == set()
    results = titled({"a": letter, "b": "Other"})
    assert titles(results)["a"] == letter
    assert letter in figures.image(figures.profit_by_setting(results), text=True).decode()


def test_east_asian_letters_are_twice_as_wide():
    assert [len(line) for line in wrap("价" * 40, 30).split("\n")] == [15, 15, 10]


def test_captions_count_and_name_the_months():
    one, several = batch({"baseline": {}}, 1, 1), batch({"baseline": {}}, 3, 14)
    assert (counted(1, "run"), counted(2, "run")) == ("1 run", "2 runs")
    assert period(one) == "2024-01 (1 month)"
    assert period(several) == "2024-01 to 2025-02 (14 months)"
    assert mean_of(one) == "One run, 2024-01 (1 month)."
    assert mean_of(several).startswith("Mean of 3 replications")
    assert "no interval" in marks(one, "Shaded")


def test_captions_of_a_setting_count_its_own_runs():
    results = batch({"baseline": {}, "b": {}}, 3, 2)
    layers = results.layers[(results.layers["setting"] != "b") | (results.layers["replication"] == 0)]
    tables = {
        "layers": layers,
        "rounds": results.rounds,
        "firms": results.firms,
        "flows": results.flows,
        "plans": results.plans,
    }
    uneven = BatchResults(tables.__getitem__, {})
    assert replications(uneven) == (1, 3)
    assert "1 to 3 replications" in marks(uneven, "Shaded")
    assert mean_of(uneven, "b").startswith("One run")
    assert "One run" in " ".join(figures.chain(uneven, "b").get_supxlabel().split())


@pytest.mark.parametrize("name", sorted({*figures.__all__} - {"gpu_hour", "image", *OF_A_DESIGN, *OF_THE_COMMONS}))
@pytest.mark.parametrize(("count", "rounds"), [(1, 1), (2, 3)])
def test_every_figure_names_its_months(name: str, count: int, rounds: int):
    written = words(getattr(figures, name)(batch({"baseline": {}}, count, rounds)))
    assert f"2024-0{rounds}" in written
    assert "1 months" not in written
    assert "1 replications" not in written
    if count == 1:
        assert "mean over" not in written.lower()
        assert "Mean of" not in written


@pytest.mark.parametrize("draw", [figures.profit_over_time, figures.profit_by_setting, figures.dollar_by_setting])
def test_what_is_left_out_is_counted(draw):
    names = {f"s{k}": f"Setting {k}" for k in range(50)}
    written = words(draw(titled(names, rounds=2)))
    assert "Shown are 48 of 50 settings: 2 are left out" in written
    assert "Setting 47" in written
    assert "Setting 48" not in written


def test_small_panels_are_all_drawn():
    figure = figures.profit_over_time(titled({f"s{k}": f"Setting {k}" for k in range(17)}, rounds=2))
    assert sum(ax.get_visible() for ax in figure.axes) == 17
    labelled = [ax for ax in figure.axes if ax.get_visible() and ax.get_xlabel()]
    assert len(labelled) == 4


def test_lines_of_many_settings_can_be_told_apart():
    from analysis.figures.commons_by_setting import _DASHES, _TINTS, MOST_LINES

    looks = {(k % _TINTS, (k + k // _TINTS) % len(_DASHES)) for k in range(MOST_LINES)}
    assert len(looks) == MOST_LINES
