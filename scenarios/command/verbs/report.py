"""``tokenmarket report``."""

from pathlib import Path
from typing import Annotated

import typer


def report_command(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of results.")],
) -> None:
    """Write report.html and its figures beside the results, and show profit by layer and setting.

    Of a sensitivity study, show what decides its measures.
    """
    from rich.console import Console

    from analysis.backend import draw_into_files

    draw_into_files()
    from analysis.report.document import write_report
    from analysis.results import read_results
    from analysis.sensitivity.study import explained, study_of
    from analysis.tables.horizon import comparable, period
    from analysis.tables.layers import profit_by_layer
    from scenarios.command.display import console, settings_table
    from scenarios.command.sensitivity import print_study

    with Console(stderr=True).status("drawing figures"):
        results = read_results(directory)
        study = study_of(results)
        found = explained(results, study) if study else None
        page = write_report(directory, found)
        results, cut, _ = comparable(results)
    if found is not None:
        print_study(found)
    else:
        console().print(settings_table(profit_by_layer(results), profit_by_layer(results, "margin"), period(results)))
        if cut:
            print(cut)
    print(f"figures in {page.parent / 'figures'}")
    print(page)
