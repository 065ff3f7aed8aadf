"""``tokenmarket calibrate``."""

from pathlib import Path
from typing import Annotated

import typer

from scenarios.command import completion
from scenarios.command.verbs.options import Cluster, Resume, Workers
from scenarios.errors import WorkFailed

SHIPPED = "2023-2024"


def calibrate_command(
    record: Annotated[
        str,
        typer.Argument(
            metavar="[TARGETS]",
            help="Name of a record, or a TOML file: scenario, inputs with their ranges, targets.",
            autocompletion=completion.record_names,
        ),
    ] = SHIPPED,
    runs: Annotated[int | None, typer.Option(help="Runs of each wave.")] = None,
    waves: Annotated[int | None, typer.Option(help="Waves at most.")] = None,
    seed: Annotated[int, typer.Option(help="Of the design and of every run.")] = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results; results/calibration if omitted.")
    ] = None,
    resume: Resume = False,
) -> None:
    """Find the parameter sets that a record of prices, quantities and shares does not rule out."""
    import sys

    from analysis.calibration.calibrate import RUNS, WAVES, calibrate
    from analysis.calibration.saving import save
    from scenarios.batches.batch import Stopped
    from scenarios.batches.cluster import connected
    from scenarios.command.calibration import print_calibration
    from scenarios.command.progress import batch_shown
    from scenarios.files.record import load_record
    from scenarios.running import checked_seed

    loaded, folder = load_record(record), out or Path("results") / "calibration"

    def tell(sentence: str) -> None:
        print(sentence, file=sys.stderr)

    try:
        with connected(cluster, workers) as (executor, number), batch_shown() as watch:
            found = calibrate(
                loaded, folder, runs or RUNS, waves or WAVES, number, executor, checked_seed(seed), resume, watch,
                tell=tell,
            )  # fmt: skip
    except Stopped:
        raise WorkFailed("stopped; the same command with --resume goes on") from None
    paths = save(found, folder)
    print_calibration(found)
    print("\n".join(map(str, paths)))
    if not len(found.members):
        raise WorkFailed("no run agrees with the record: there is no ensemble; the table above says what is missed")
