"""A scenario with the labs, resellers and list prices of a table."""

import textwrap

from scenarios.errors import BadInput, printable
from scenarios.files.loading import load, override
from scenarios.files.toml import to_toml, to_toml_value
from scenarios.prices.markups import is_list, markups
from scenarios.prices.names import OPEN
from scenarios.prices.table import TOKENS, Prices

BASE = "baseline"


def scenario_of(prices: Prices) -> str:
    """Return a scenario file that changes the baseline to the labs, resellers and list prices of a table.

    Prices of a market's first month are those that no seller would change (`market.settling`), so that no list price
    can be put there. Their level is that at which users' need and price sensitivity are measured, and that is set: to
    the median over labs of the median of each. Who sells open weights alone serves them itself, and is no reseller.

    Raises:
        BadInput: If the table has no list price, or more firms than a market may have.
    """
    if prices.unit != TOKENS:
        raise BadInput(f"--scenario: {prices.source} holds prices of GPU-hours, and a scenario opens with labs'")
    own, pairs = prices.frame[is_list(prices.frame)], markups(prices.frame)
    if own.empty:
        raise BadInput(f"--scenario: {prices.source} holds no list price: one whose channel is the lab itself")
    labs = own.groupby("lab")["blended"].median()
    resellers = sorted(set(pairs["channel"][pairs["weights"] != OPEN]) - set(labs.index))
    each = ", ".join(f"{lab} {price:.4g}" for lab, price in labs.items())
    said = {
        "labs.count": (len(labs), ", ".join(labs.index)),
        "resellers.count": (len(resellers), ", ".join(resellers) or "nobody resells what a lab lists"),
        "population.reference_price": (
            float(f"{labs.median():.4g}"),
            f"USD/Mtok, three read for one written: median over labs of the median list price of each ({each})",
        ),
    }
    override(load(BASE).parameters, {key: value for key, (value, _) in said.items()}, f"--scenario: {prices.source}")
    return "\n".join([_head(prices), *(_lines(key, value, words) for key, (value, words) in said.items())])


def _head(prices: Prices) -> str:
    """Return title and question."""
    day = prices.frame["date"].max() or "a day not known"
    about = {
        "title": f"Labs, resellers and list prices of {day}",
        "question": f"Who earns what with the labs, the resellers and the list prices of {day}?",
        "extends": BASE,
    }
    return f"# From {printable(prices.source)}. How: docs/prices.md\n{to_toml(about)}"


def _lines(key: str, value: float, said: str) -> str:
    section, _, name = key.partition(".")
    return f"{wrapped(said)}\n[{section}]\n{name} = {to_toml_value(value)}\n"


def wrapped(said: str) -> str:
    """Return a comment of short lines."""
    return textwrap.fill(printable(said), 118, initial_indent="# ", subsequent_indent="# ")
