import pytest

from scenarios import BadInput, load
from scenarios.files.inputs import inputs_of
from scenarios.files.measures import measure_of, measures

BASELINE = load("baseline").parameters


def only(*patterns: str, **options):
    return {item.name: item for item in inputs_of(BASELINE, patterns, **options)}


def test_every_number_with_a_plausible_range_and_an_effect_is_spread() -> None:
    found = {item.name: item for item in inputs_of(BASELINE)}
    assert {"vendors.substitution", "labs.overhead_share", "fleet.lead_time"} <= found.keys()
    assert "commons.stock" not in found  # the commons are off
    assert "labs.wholesale_discount" not in found  # wholesale prices are bargained
    assert "data.electricity" not in found  # a series is no number
    keys = [key for item in found.values() for key in item.keys]
    assert len(keys) == len(set(keys)) > len(found)


def test_keys_of_all_segments_move_together_by_a_factor() -> None:
    item = only("population.segments.*.price_sensitivity")["population.segments.*.price_sensitivity"]
    assert len(item.keys) == len(BASELINE.population.segments)
    assert item.relative
    assert item.shown_unit == "× the scenario's"
    middle = item.at(0.5)
    assert len({middle[key] / value for key, value in zip(item.keys, item.values, strict=True)} - {0}) <= 4
    for share, end in ((0.0, 1.0), (1.0, 5.0)):
        values = item.at(share).values()
        assert all(1.0 <= value <= 5.0 for value in values)
        assert end in values


def test_a_factor_keeps_ratios_within_the_range() -> None:
    item = only("population.segments.*.loyalty")["population.segments.*.loyalty"]
    share = (1 - item.low) / (item.high - item.low)
    assert list(item.at(share).values()) == pytest.approx(item.values)


def test_keys_of_one_value_move_as_that_value() -> None:
    item = only("population.segments.*.adoption_speed")["population.segments.*.adoption_speed"]
    assert (item.relative, item.low, item.high) == (False, 0.03, 0.15)
    assert set(item.at(1.0).values()) == {0.15}


def test_a_key_of_one_segment_may_move_alone() -> None:
    name = "population.segments.students.loyalty"
    item = only(name)[name]
    assert item.keys == (name,)
    assert not item.relative


def test_wide_positive_ranges_are_spread_logarithmically_and_ends_are_met() -> None:
    found = only("vendors.unit_cost", "labs.quality_spread", "fleet.lead_time", "vendors.opening_price")
    assert {name: item.log for name, item in found.items()} == {
        "vendors.unit_cost": True,
        "labs.quality_spread": False,
        "fleet.lead_time": True,
        "vendors.opening_price": False,
    }
    assert found["vendors.unit_cost"].at(0.5)["vendors.unit_cost"] == pytest.approx((3320 * 13200) ** 0.5)
    for item in inputs_of(BASELINE):
        if not item.relative:
            assert list(item.at(0.0).values()) == pytest.approx([item.low] * len(item.keys))
            assert list(item.at(1.0).values()) == pytest.approx([item.high] * len(item.keys))
            assert all(item.low <= value <= item.high for end in (0.0, 1.0) for value in item.at(end).values())
    assert [type(value) for value in found["fleet.lead_time"].at(0.4).values()] == [int]


def test_inputs_of_firms_that_are_not_there_are_not_moved() -> None:
    def of_sections(scenario: str) -> set[str]:
        return {name.split(".")[0] for item in inputs_of(load(scenario).parameters) for name in item.keys}

    optional = {"clouds", "hosts", "own_chips"}
    assert not of_sections("by-the-token") & optional
    assert of_sections("baseline") & optional == {"clouds"}
    assert of_sections("open-weights") & optional == {"clouds", "hosts"}


def test_what_is_set_is_held() -> None:
    assert "labs.overhead_share" not in only("labs.*", held=("labs.overhead_share",))
    assert not any(name.startswith("labs.") for name in only(held=("labs",)))


@pytest.mark.parametrize(
    ("patterns", "held", "said"),
    [
        (("labs.overhead_shar",), (), "did you mean labs.overhead_share?"),
        (("nothing.*",), (), "has no parameter 'nothing.*'"),
        (("labs.count",), (), "labs.count is no number with a plausible range"),
        (("commons.stock",), (), "has no effect while commons.mode is off"),
        (("labs.overhead_share",), ("labs.overhead_share",), "given by --set as well"),
    ],
)
def test_what_cannot_be_spread_is_refused(patterns, held, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        inputs_of(BASELINE, patterns, held)
    assert said in str(refused.value)


def test_measures_have_units_and_words() -> None:
    assert measure_of("layers.labs.margin").unit == "1"
    assert measure_of("layers.labs.cash_margin").words == "cash margin of labs"
    assert measure_of("rounds.price_retail").unit == "USD/Mtok"
    assert len(measures()) > 50
    with pytest.raises(BadInput, match=r"did you mean layers\.labs\.margin"):
        measure_of("layers.labs.margn")
