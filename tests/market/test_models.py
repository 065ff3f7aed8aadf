"""Which class reads a scenario and which plays it."""

import pytest

from market import Parameters, TextbookMarket, TextbookParameters, TokenMarket
from market.models import MODELS, declared_by, model_for, parameters_of


@pytest.mark.parametrize("name", MODELS)
def test_a_model_reads_and_plays_what_names_it(name: str) -> None:
    parameters = parameters_of(name)()
    assert parameters.model == name
    assert model_for(parameters).told is type(parameters)
    values = parameters.model_dump(mode="json")
    assert declared_by(values).model_validate(values) == parameters


def test_a_scenario_that_names_none_is_of_the_token_market() -> None:
    assert declared_by({}) is Parameters
    assert model_for(Parameters()) is TokenMarket
    assert model_for(TextbookParameters()) is TextbookMarket


def test_models_share_what_every_run_has_and_nothing_else_by_chance() -> None:
    for key in ("name", "model", "horizon"):
        assert key in Parameters.model_fields
        assert key in TextbookParameters.model_fields
    assert "hours" not in type(TextbookParameters().horizon).model_fields
