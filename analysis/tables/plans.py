"""Who uses, pays and costs how much, by plan."""

from typing import Any, Final

import pandas as pd

from analysis.results import RUN_KEYS, BatchResults, in_memory
from market.parameters.plans import FREE, METERED, PLANS

SIZES: Final = ("users", "tokens", "revenue")
SERVING: Final = ("serving who pays", "serving free users")
"""What labs spend on serving: of the parts of a user's dollar, not beside them."""


def has_plans(results: Any, setting: str | None = None) -> bool:
    """Return whether anything but tokens by the token is sold: in a setting, by default in any."""
    plans = in_memory(results).plans
    if setting is not None:
        plans = plans[plans["setting"] == setting]
    return bool((plans["plan"] != PLANS[METERED]).any())


def plans_over_time(results: Any, setting: str | None = None) -> pd.DataFrame:
    """Return each plan's part of people, tokens and money month by month, over all who sell by it.

    Args:
        results: Results of one run or of a batch.
        setting: By default the first.

    Returns:
        One row per round and plan that was on offer in some month, in the order of the plans, means over replications:
        ``round``, ``plan``, ``users``, ``tokens`` and ``revenue`` (shares of the month; 0 where the plan was not on
        offer), ``revenue_per_user`` and ``cost_per_user`` (USD; NaN without users).
    """
    batch = in_memory(results)
    plans = batch.plans[batch.plans["setting"] == (setting or batch.settings[0])]
    offered = [plan for plan in PLANS if (plans["plan"] == plan).any()]
    sums = plans.astype({"plan": str}).groupby([*RUN_KEYS, "round", "plan"], observed=True)[[*SIZES, "cost"]].sum()
    whole = pd.DataFrame(sums.unstack("plan", fill_value=0.0).stack("plan", future_stack=True))
    totals = whole.groupby([*RUN_KEYS, "round"], observed=True)[list(SIZES)].transform("sum")
    found = whole[list(SIZES)].div(totals.mask(totals <= 0))
    users: pd.Series[float] = whole["users"]
    people = users.where(users > 0)
    found = found.assign(revenue_per_user=whole["revenue"] / people, cost_per_user=whole["cost"] / people)
    table = found.groupby(["round", "plan"]).mean().reset_index()
    return table.assign(plan=pd.Categorical(table["plan"], offered, ordered=True)).sort_values(["round", "plan"])


def run_serving(results: Any) -> pd.DataFrame:
    """Return USD that labs spent on serving over each run, [run], columns ``SERVING``.

    Running and wear of the servers that served, of tokens sold by labs and by resellers.
    """
    plans = in_memory(results).plans
    free = plans["plan"] == PLANS[FREE]
    spent = {SERVING[0]: plans["serving_cost"].where(~free, 0.0), SERVING[1]: plans["serving_cost"].where(free, 0.0)}
    return plans[RUN_KEYS].assign(**spent).groupby(RUN_KEYS, observed=True).sum()


def plans_by_setting(results: BatchResults) -> pd.DataFrame:
    """Return what plans come to over the whole run by setting, means over months and replications.

    Returns:
        One row per setting with plans: ``setting``, ``paying_share``, ``free_token_share``, ``revenue_per_payer``,
        ``conversion`` and ``free_allowance``, as in ``rounds``; NaN where nothing is given for nothing.
    """
    columns = ["paying_share", "free_token_share", "revenue_per_payer", "conversion", "free_allowance"]
    settings = [setting for setting in results.settings if has_plans(results, setting)]
    rounds = results.rounds[results.rounds["setting"].isin(settings)]
    return rounds.groupby("setting", observed=True)[columns].mean().reset_index()
