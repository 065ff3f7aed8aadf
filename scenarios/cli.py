"""The command ``tokenmarket``. Heavy imports wait until a command needs them, so that ``--help`` answers at once."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios import completion
from scenarios.batch_help import BATCH_EPILOG
from scenarios.errors import BadInput, WorkFailed, presentable, quoted
from scenarios.new import Kind
from scenarios.output import flush, forget_impossible_width, take_over

if TYPE_CHECKING:
    from scenarios.batch import Summary
    from scenarios.loading import Scenario

SHOWN_FAILURES = 10

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ScenarioName = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="Name of a preset, or a TOML file.", autocompletion=completion.scenario_names
    ),
]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a parameter by its dotted name; may be repeated.",
        autocompletion=completion.assignments,
    ),
]


def tell_version(asked: bool) -> None:
    """Print the versions and exit, if they are asked for."""
    if asked:
        from scenarios.versions import version_line

        print(version_line())
        raise typer.Exit


@app.callback()
def common_options(
    version: Annotated[
        bool, typer.Option("--version", callback=tell_version, is_eager=True, help="Print the versions and exit.")
    ] = False,
) -> None:
    """Who earns what in the AI token economy: run scenarios of competition between chips, labs and resellers."""


@app.command("run")
def run_command(
    scenario: ScenarioName,
    rounds: Annotated[int | None, typer.Option(help="Rounds (months) to play.")] = None,
    seed: Annotated[int, typer.Option(help="Seed: the same seed gives the same bytes.")] = 1,
    assignments: Assignments = None,
    users: Annotated[int | None, typer.Option(help="Users to simulate.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep the results in this folder.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier run in that folder.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Check in every month that everything adds up.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run a scenario once and show what each layer earned."""
    import time
    from dataclasses import replace

    from scenarios.display import commons_lines, console, layer_table, summary, to_json, users_line
    from scenarios.loading import load
    from scenarios.progress import rounds_shown
    from scenarios.running import checked_seed, resized, run
    from scenarios.saving import check_free, save_run

    checked_seed(seed)
    loaded = load(scenario, assignments or ())
    loaded = replace(loaded, parameters=resized(loaded.parameters, rounds, users))
    say_more(loaded)
    if out is not None:
        check_free(out, overwrite)
    started = time.monotonic()
    with rounds_shown() as watch:
        results = run(loaded, seed, watch=watch, debug=debug)
    if out is not None:
        save_run(results, out, time.monotonic() - started, overwrite)
    people = users_line(results)
    if as_json:
        if people:
            print(people, file=sys.stderr)
        print(to_json(summary(results, loaded.name)))
        return
    screen = console()
    screen.print(layer_table(results, loaded.name))
    if people:
        screen.print(people, markup=False)
    if len(results.commons):
        screen.print(commons_lines(results), markup=False)
    screen.print(f"conservation error {results.conservation_error:.1e} of the money moved")
    if out is not None:
        screen.print(f"results in {out}; tokenmarket report {out} draws them", markup=False)


def say_more(scenario: "Scenario") -> None:
    """Print on standard error what a scenario's values imply, and which are hard to believe."""
    from scenarios.plausibility import notes

    for line in notes(scenario):
        print(line, file=sys.stderr)


@app.command("batch", epilog=BATCH_EPILOG)
def batch_command(
    experiment: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT",
            help="Name of an experiment, or a TOML file.",
            autocompletion=completion.experiment_names,
        ),
    ],
    replications: Annotated[int | None, typer.Option(help="Runs of each setting.")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes; one per core if omitted.")] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="tcp://HOST:PORT", help="Run on the Dask cluster of this scheduler.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results; results/EXPERIMENT if omitted.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what the folder holds.")] = False,
) -> None:
    """Run an experiment: every setting, several times, into a folder of results."""
    from scenarios.batch import Stopped, run_batch
    from scenarios.cluster import connected
    from scenarios.progress import batch_shown

    try:
        with connected(cluster, workers) as (executor, number), batch_shown() as watch:
            done = run_batch(experiment, replications, number, executor, out, resume, watch)
    except Stopped as stopped:
        report_batch(stopped.summary)
        stop("stopped; the same command with --resume goes on", 1)
    else:
        report_batch(done)
        if done.failures:
            raise SystemExit(1)


def report_batch(summary: "Summary") -> None:
    """Print what came of a batch."""
    for note in summary.notes:
        print(f"note: {note}", file=sys.stderr)
    for (setting, replication), error in list(summary.failures.items())[:SHOWN_FAILURES]:
        print(f"failed: {setting}, replication {replication}: {error}", file=sys.stderr)
    if len(summary.failures) > SHOWN_FAILURES:
        print(f"… and {len(summary.failures) - SHOWN_FAILURES} more; see the table runs", file=sys.stderr)
    new = "" if summary.fresh == summary.done + len(summary.failures) else f" ({summary.fresh} of them new)"
    print(f"{summary.done} runs done, {len(summary.failures)} failed{new}; results in {summary.folder}")


@app.command("report")
def report_command(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of results.")],
) -> None:
    """Write report.html and its figures beside the results, and show profit by layer and setting."""
    from rich.console import Console

    from analysis.backend import draw_into_files

    draw_into_files()
    from analysis.horizon import comparable, period
    from analysis.report import write_report
    from analysis.results import read_results
    from analysis.tables import profit_by_layer
    from scenarios.display import console, settings_table

    with Console(stderr=True).status("drawing figures"):
        page = write_report(directory)
        results, cut, _ = comparable(read_results(directory))
        table = settings_table(profit_by_layer(results), profit_by_layer(results, "margin"), period(results))
    console().print(table)
    if cut:
        print(cut)
    print(f"figures in {page.parent / 'figures'}")
    print(page)


@app.command("serve")
def serve_command(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="[SCENARIO]", help="Name of a preset, or a TOML file.", autocompletion=completion.scenario_names
        ),
    ] = "baseline",
    host: Annotated[
        str, typer.Option(help="Address to listen on; only this machine reaches the default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port; 0 takes any free one.")] = 8765,
    results: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of results to compare; ./results if omitted.")
    ] = None,
) -> None:
    """Open the market live in the browser: change the competition and watch the profits move."""
    from analysis.dashboard import serve

    serve(scenario, host, port, results)


@app.command("validate")
def validate_command(
    quick: Annotated[bool, typer.Option("--quick", help="Leave out what takes longer than a second.")] = False,
) -> None:
    """Hold the code to closed forms and published tables; exit with 1 if anything fails."""
    from rich.console import Console

    from analysis.validation import climb
    from scenarios.display import console, ladder_table
    from scenarios.values import literal

    outcomes = []
    with Console(stderr=True).status("climbing") as status:
        for outcome in climb(quick):
            outcomes.append(outcome)
            status.update(literal(f"{outcome.group}: {outcome.rung.claim}"))
    console().print(ladder_table(outcomes))
    failed = [outcome for outcome in outcomes if not outcome.passed]
    print(f"{len(outcomes) - len(failed)} of {len(outcomes)} claims hold")
    for outcome in failed:
        print(f"FAIL {outcome.group}: {outcome.rung.claim} {outcome.failure}".rstrip(), file=sys.stderr)
    if failed:
        raise typer.Exit(1)


@app.command("scenarios")
def scenarios_command() -> None:
    """List the scenarios and experiments that ship: name, title, and the question each answers."""
    from scenarios.catalogue import print_catalogue

    print_catalogue()


@app.command("new")
def new_command(
    kind: Annotated[Kind, typer.Argument(metavar="scenario|experiment|rule", help="What to begin.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the file, as mine or studies/mine.")],
) -> None:
    """Write a commented scenario, experiment or pricing rule of your own that runs as it is."""
    from scenarios.new import write_new

    files, commands = write_new(kind, name)
    print(f"wrote {' and '.join(map(str, files))}")
    for command in commands:
        print(f"  {command}")


@app.command("show")
def show_command(
    scenario: ScenarioName,
    section: Annotated[
        str | None,
        typer.Argument(
            metavar="SECTION",
            help="Only these keys: labs, labs.pricing, population.segments.students …",
            autocompletion=completion.sections,
        ),
    ] = None,
    search: Annotated[
        list[str] | None,
        typer.Option("--search", metavar="WORDS", help="Only keys about which all these words are said."),
    ] = None,
    changed: Annotated[bool, typer.Option("--changed", help="Only what differs from the defaults.")] = False,
    assignments: Assignments = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    as_toml: Annotated[
        bool, typer.Option("--toml", help="Print a scenario file: every parameter, or those selected.")
    ] = False,
) -> None:
    """Show what can be changed: parameters with unit, range, meaning and source, and rules to choose among."""
    from scenarios import showing
    from scenarios.display import to_json
    from scenarios.loading import load
    from scenarios.selection import wanted

    if as_json and as_toml:
        raise BadInput("--json and --toml are two forms of one answer; choose one")
    loaded, selection = load(scenario, assignments or ()), wanted(section, search or (), changed)
    say_more(loaded)
    if as_json:
        print(to_json(showing.as_json(loaded, selection)))
    elif as_toml:
        print(showing.as_toml(loaded, selection), end="")
    else:
        showing.print_scenario(loaded, selection)


def main() -> None:
    """Run the command; exit with 0 (done), 1 (the work failed) or 2 (bad input)."""
    forget_impossible_width()
    streams = take_over()
    try:
        answer()
    finally:
        flush()
        for failure in filter(None, (stream.failure for stream in streams)):
            stop(f"the output cannot be written: {failure.strerror}", 1)


def answer() -> None:
    """Run the command; what goes wrong ends it with a message."""
    try:
        check_arguments(sys.argv[1:])
        app(prog_name="tokenmarket")
    except BadInput as problem:
        stop(str(problem), 2)
    except WorkFailed as problem:
        stop(str(problem), 1)
    except Exception as problem:
        stop(f"failed: {type(problem).__name__}: {problem}", 1)


def check_arguments(arguments: list[str]) -> None:
    """Refuse arguments that are no text: they could neither be written to files nor shown.

    Raises:
        BadInput: If one is not.
    """
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise BadInput(f"{quoted(argument)} is not UTF-8 text") from None


def stop(message: str, status: int) -> None:
    """Print one message on standard error and exit."""
    if sys.stderr is not None:  # closed: print would take standard output instead
        print(f"tokenmarket: {presentable(message)}", file=sys.stderr)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
