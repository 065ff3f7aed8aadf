"""The table ``sessions``: what sellers that learn came to, one row a session of the game they play."""

from typing import NamedTuple

from market.table import Column, Table


class Ended(NamedTuple):
    """How a session ended; see the columns."""

    profit_gain: float
    cycle_length: int
    price: float
    periods: int
    converged: bool


# fmt: off
def table() -> Table[tuple[int, Ended]]:
    """Return the table; a row is read off the number of a session and its end."""
    return Table("sessions", (
        Column("session", "number", int, "From 0",
            lambda seen: seen[0]),
        Column("profit_gain", "1", float, "Of all sellers over the cycle: 0 as in price competition, 1 as in a cartel",
            lambda seen: seen[1].profit_gain, always=True),
        Column("cycle_length", "period", int, "Periods after which prices that sellers think best come round again",
            lambda seen: seen[1].cycle_length, stock=True),
        Column("price", "USD/Mtok", float, "Mean of prices over sellers and the cycle",
            lambda seen: seen[1].price, always=True),
        Column("periods", "period", int, "Played, until it had converged or the run ended",
            lambda seen: seen[1].periods, stock=True),
        Column("converged", "yes/no", bool, "Whether prices that sellers think best had stood still for long enough",
            lambda seen: seen[1].converged),
    ))
# fmt: on


TABLE = table()
