"""The tables of a run, and the layers they tell apart; a column is declared in its table's module, and nowhere else."""

from collections.abc import Mapping
from typing import Any, Final

from market.commons.columns import TABLE as COMMONS
from market.records import firms, flows, layers, plans, rounds
from market.records.sessions import TABLE as SESSIONS
from market.table import Table

LAYERS: Final = ("hardware", "labs", "resellers")

RECORDED: Final[Mapping[str, Table[Any]]] = {
    table.name: table for table in (rounds.TABLE, firms.TABLE, layers.TABLE, flows.TABLE, plans.TABLE)
}
"""Tables that every run has, by name; rows are taken down month by month."""

TABLES: Final[Mapping[str, Table[Any]]] = {**RECORDED, COMMONS.name: COMMONS, SESSIONS.name: SESSIONS}
"""All tables of a run, by name."""

UNITS: Final = {name: table.units for name, table in TABLES.items()}
"""Of the columns of each table."""
