import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from analysis.validation.check import Check, tried
from market import Parameters, TokenMarket, model


def blas_threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.mark.skipif(not blas_threads(), reason="numpy's linear algebra has no threads to set")
def test_a_market_uses_one_thread_and_leaves_the_others_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[int]] = []
    found, books = model.found, TokenMarket.close_books
    monkeypatch.setattr(model, "found", lambda market: (seen.append(blas_threads()), found(market))[1])
    monkeypatch.setattr(TokenMarket, "close_books", lambda model: (seen.append(blas_threads()), books(model))[1])
    with threadpool_limits(limits=2, user_api="blas"):
        np.linalg.solve(np.eye(3), np.ones(3))
        TokenMarket(Parameters(), rng=1).step()
        assert seen == [{1}, {1}]
        assert blas_threads() == {2}


@pytest.mark.skipif(not blas_threads(), reason="numpy's linear algebra has no threads to set")
def test_the_ladder_uses_one_thread() -> None:
    with threadpool_limits(limits=2, user_api="blas"):
        assert tried("threads", Check("one thread", "", 1.0, lambda: max(blas_threads()), 0.0)).passed
