"""Settings of competition say what the literature expects of them."""

import re

import pytest

from scenarios.files.experiment import load_experiment
from scenarios.files.finding import expected, presets

SETTINGS = [setting.scenario for setting in load_experiment("everything").settings if setting.scenario != "baseline"]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_opens_with_what_the_literature_expects(name: str) -> None:
    paragraph = expected(str(presets()[name]))
    assert re.search(r"\b(18|19|20)\d\d\b|Handbook|Economics of", paragraph), paragraph
    assert len(paragraph) > 100
