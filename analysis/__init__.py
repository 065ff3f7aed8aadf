"""Read results, tabulate who earns what, draw it, and write a report.

Names are imported when first used, so that the command line starts without pandas and seaborn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.claim import claims
    from analysis.commons import commons_by_run, commons_verdicts
    from analysis.comparison import compare, run_measures
    from analysis.dollar import investors_money, waterfall
    from analysis.report import write_report
    from analysis.results import BatchResults, read_results
    from analysis.tables import over_time, profit_by_layer, profit_split
    from analysis.targets import compare_targets

_HOME = {
    "BatchResults": "results",
    "claims": "claim",
    "commons_by_run": "commons",
    "commons_verdicts": "commons",
    "compare": "comparison",
    "compare_targets": "targets",
    "investors_money": "dollar",
    "over_time": "tables",
    "profit_by_layer": "tables",
    "profit_split": "tables",
    "read_results": "results",
    "run_measures": "comparison",
    "waterfall": "dollar",
    "write_report": "report",
}

__all__ = [
    "BatchResults",
    "claims",
    "commons_by_run",
    "commons_verdicts",
    "compare",
    "compare_targets",
    "investors_money",
    "over_time",
    "profit_by_layer",
    "profit_split",
    "read_results",
    "run_measures",
    "waterfall",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Import a name from the module that holds it (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
