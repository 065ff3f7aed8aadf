import pytest

from market.accounts.finance import annuity, monthly_rate


@pytest.mark.parametrize("loss", [0.0, 1e-12, 0.01, 0.5, 1.0, -0.02])
@pytest.mark.parametrize("months", [1, 2, 24, 240])
def test_an_annuity_is_the_sum_of_its_months(months, loss):
    assert annuity(months, loss) == pytest.approx(sum((1 - loss) ** month for month in range(months)), rel=1e-4)


@pytest.mark.parametrize("loss", [0.01, 0.5, -0.02])
def test_an_annuity_is_exact_where_months_differ_in_worth(loss):
    assert annuity(36, loss) == pytest.approx(sum((1 - loss) ** month for month in range(36)), rel=1e-12)


def test_a_perpetuity():
    assert annuity(1e6, 0.01) == pytest.approx(100.0)


def test_twelve_months_compound_to_a_year():
    assert (1 + monthly_rate(0.10)) ** 12 == pytest.approx(1.10, rel=1e-14)
    assert monthly_rate(0.0) == 0.0
    assert (1 + monthly_rate(-0.5)) ** 12 == pytest.approx(0.5, rel=1e-14)
