"""Read results, tabulate who earns what, draw it, and write a report.

Names are imported when first used, so that the command line starts without pandas and seaborn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.findings.claim import claims
    from analysis.findings.dumber import commons_by_run, commons_verdicts
    from analysis.findings.targets import compare_targets
    from analysis.report.document import write_report
    from analysis.results import BatchResults, read_results
    from analysis.tables.comparison import compare, run_measures
    from analysis.tables.dollar import investors_money, waterfall
    from analysis.tables.layers import over_time, profit_by_layer, profit_split

_HOME = {
    "BatchResults": "results",
    "claims": "findings.claim",
    "commons_by_run": "findings.dumber",
    "commons_verdicts": "findings.dumber",
    "compare": "tables.comparison",
    "compare_targets": "findings.targets",
    "investors_money": "tables.dollar",
    "over_time": "tables.layers",
    "profit_by_layer": "tables.layers",
    "profit_split": "tables.layers",
    "read_results": "results",
    "run_measures": "tables.comparison",
    "waterfall": "tables.dollar",
    "write_report": "report.document",
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
