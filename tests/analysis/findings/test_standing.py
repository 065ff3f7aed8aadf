"""How the parts of the claim stand: counted by hand from what was run."""

from dataclasses import replace

import pytest
import small_economy

from analysis.findings.claim import CLAIMS, claim_quantities
from analysis.findings.standing import MOST_NAMED, standings
from analysis.findings.targets import compare_targets
from analysis.report.blocks import written


@pytest.fixture(params=["results", "crowd"])
def batch(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def shown(batch):
    return standings(batch, batch.settings[0])


def test_each_part_is_counted_over_the_runs(batch, shown):
    quantities = claim_quantities(batch)
    own = quantities[quantities["setting"] == batch.settings[0]]
    for standing, claim in zip(shown, CLAIMS, strict=True):
        holds = (claim.sign * own[list(claim.quantities)] > 0).all(axis=1)
        assert standing.claim is claim
        assert f"{holds.mean():.0%}".replace("%", "") in standing.often.replace("\N{NO-BREAK SPACE}", "")
        assert f"{len(own)} runs" in standing.often or len(own) == 1


def test_settings_that_turn_a_part_are_named(batch, shown):
    of_all = claim_quantities(batch)
    for standing, claim in zip(shown, CLAIMS, strict=True):
        quantities = of_all.dropna(subset=list(claim.quantities))  # without sales it does not apply
        holds = (claim.sign * quantities[list(claim.quantities)] > 0).all(axis=1)
        mostly = holds.groupby(quantities["setting"], observed=True, sort=False).mean() > 0.5
        turning = [name for name in mostly.index if mostly[name] != mostly[batch.settings[0]]]
        named = [name for name in turning if batch.title(str(name)) in standing.overturned]
        assert len(named) == min(len(turning), MOST_NAMED)
        assert ("in none of" in standing.overturned) == (not turning)


def test_one_run_of_one_setting_says_that_it_is_one():
    one = small_economy.batch({"baseline": {}}, 1)
    for standing in standings(one, "baseline"):
        assert standing.often.endswith("in the one run there is")
        assert standing.overturned.startswith("Here the ")
        assert standing.reported == ()
        assert standing.shade in ("yes", "no")


def test_the_nearest_number_says_how_far_it_is_from_turning():
    one = small_economy.batch({"baseline": {}}, 1)
    quantities = claim_quantities(one).iloc[0]
    for standing, claim in zip(standings(one, "baseline"), CLAIMS, strict=True):
        nearest = min((claim.sign * quantities[name], name) for name in claim.quantities)[1]
        far = f"{100 * abs(quantities[nearest]):.1f}"
        assert claim.quantities[nearest] in standing.overturned
        assert far in standing.overturned


def test_the_record_of_a_layer_stands_beside_its_part(results):
    setting = results.settings[0]
    record = compare_targets(results, setting=setting)
    hardware, labs, resellers = standings(results, setting, record)
    assert any(line.startswith("chip vendor, operating margin") for line in hardware.reported)
    assert any("lab A, operating margin 2025H1" in line for line in labs.reported)
    assert any(line.startswith("aggregator, take rate") for line in resellers.reported)
    assert not any("GPU cloud" in line for one in (hardware, labs, resellers) for line in one.reported)


def test_what_is_told_is_escaped_on_the_page(results):
    (first, *rest) = standings(results, results.settings[0])
    html = written("claims.html", standings=[replace(first, often="<b>\x07& more"), *rest], otherwise="")
    assert "&lt;b&gt; &amp; more" in html
    assert html.count("<article") == html.count("</article>") == len(CLAIMS)
