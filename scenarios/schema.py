"""The columns of the tables a batch writes, with their types in the Parquet files."""

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

VERSION: Final = 3
"""Of the layout of a results folder; raised when old readers would misread it."""

RUN: Final = ("setting", "replication", "seed")
"""Columns that open every table."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


COLUMNS: Final = {
    "rounds": words(
        """
        round month active_users tokens tokens_demanded unserved_share price_retail price_wholesale price_chip
        price_server price_kwh unit_cost_token quality_frontier quality_mean consumer_surplus hhi_vendors
        hhi_labs hhi_resellers churn utilisation accelerators accelerators_ordered power_mw vendors labs
        resellers outside_share resold_share money_moved conservation_error
        """
    ),
    "firms": words(
        """
        round layer kind firm alive price unit_cost quantity unit market_share lerner wholesale_price revenue
        cost_of_goods depreciation training staff operating_profit capitalised_profit cash_profit cash funding
        quality capacity utilisation accelerators tokens_unserved
        """
    ),
    "layers": words(
        """
        round layer revenue cost profit margin capitalised_profit cash_profit value_added
        profit_gain firms
        """
    ),
    "flows": words("round payer payee category amount"),
    "commons": words(
        """
        round month reliance human_created synthetic_posted human_stock synthetic_stock waiting dropped corpus
        corpus_human_share fresh_human_share diversity_lost data_wanted data_needed data_worth doublings_lost
        quality_potential quality_without_commons licences creator_pay
        """
    ),
}
RUNS: Final = ("status", "error", "rounds", "conservation_error", "precision")
TIMINGS: Final = ("seconds",)
"""Apart from ``runs``, so that the other tables of a repeated batch are equal."""

TEXT: Final = frozenset(words("setting month layer kind firm unit payer payee category status error"))
NAMES: Final = TEXT - {"error"}
"""Text columns with few different values."""
WHOLE: Final = frozenset(words("replication seed round rounds vendors labs resellers firms"))
TRUTH: Final = frozenset({"alive"})


def type_of(column: str) -> pa.DataType:
    """Return the type of a column: names tell."""
    if column in TEXT:
        return pa.string()
    return pa.int64() if column in WHOLE else pa.bool_() if column in TRUTH else pa.float64()


def schema(table: str, varied: Mapping[str, type] | None = None) -> pa.Schema:
    """Return the schema of a table.

    Args:
        table: ``rounds``, ``firms``, ``layers``, ``flows``, ``runs`` or ``timings``.
        varied: Types of the parameters that differ between settings, columns of ``runs`` by their dotted names.
    """
    columns = {"runs": RUNS, "timings": TIMINGS, **COLUMNS}[table]
    fields = [pa.field(name, type_of(name)) for name in (*RUN, *columns)]
    kinds = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
    parameters = (varied or {}).items() if table == "runs" else ()
    return pa.schema([*fields, *(pa.field(name, kinds[kind]) for name, kind in parameters)])


def encode(table: str, frame: Any, run: Mapping[str, Any]) -> pa.Table:
    """Return a model's table with the columns of the run in front and units as metadata of the fields.

    Args:
        table: Its name.
        frame: pandas.DataFrame with exactly the columns in ``COLUMNS``; units in ``frame.attrs["units"]``.
        run: Values of the columns in ``RUN``.

    Raises:
        ValueError: If columns are missing or unknown, or hold another type.
    """
    differing = set(frame.columns) ^ set(COLUMNS[table])
    if differing:
        raise ValueError(f"table {table} has other columns than the store: {', '.join(sorted(differing))}")
    units = frame.attrs.get("units", {})
    wanted = schema(table)
    columns = [pa.repeat(pa.scalar(run[name], type_of(name)), len(frame)) for name in RUN]
    columns += [pa.array(frame[name].to_numpy(), type_of(name), from_pandas=name in TEXT) for name in COLUMNS[table]]
    fields = [field.with_metadata({"unit": units[field.name]}) if field.name in units else field for field in wanted]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))
