"""The command ``tokenmarket``. Heavy imports wait until a command needs them, so that ``--help`` answers at once."""

import sys
from typing import Annotated

import typer

from scenarios.command.batch_help import BATCH_EPILOG
from scenarios.command.output import flush, forget_impossible_width, take_over
from scenarios.command.verbs.backtest import backtest_command
from scenarios.command.verbs.batch import batch_command
from scenarios.command.verbs.calibrate import calibrate_command
from scenarios.command.verbs.lesson import lesson_command
from scenarios.command.verbs.new import new_command
from scenarios.command.verbs.prices import prices_command
from scenarios.command.verbs.report import report_command
from scenarios.command.verbs.run import run_command
from scenarios.command.verbs.scenarios import scenarios_command
from scenarios.command.verbs.sensitivity import sensitivity_command
from scenarios.command.verbs.serve import serve_command
from scenarios.command.verbs.show import show_command
from scenarios.command.verbs.validate import validate_command
from scenarios.errors import BadInput, WorkFailed, presentable, quoted
from scenarios.warning import speak_plainly

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def tell_version(asked: bool) -> None:
    """Print the versions and exit, if they are asked for."""
    if asked:
        from scenarios.command.versions import version_line

        print(version_line())
        raise typer.Exit


@app.callback()
def common_options(
    version: Annotated[
        bool, typer.Option("--version", callback=tell_version, is_eager=True, help="Print the versions and exit.")
    ] = False,
) -> None:
    """Who earns what in the AI token economy: run scenarios of competition between chips, labs and resellers."""


app.command("run")(run_command)
app.command("batch", epilog=BATCH_EPILOG)(batch_command)
app.command("sensitivity")(sensitivity_command)
app.command("calibrate")(calibrate_command)
app.command("backtest")(backtest_command)
app.command("report")(report_command)
app.command("serve")(serve_command)
app.command("validate")(validate_command)
app.command("prices")(prices_command)
app.command("scenarios")(scenarios_command)
app.command("lesson")(lesson_command)
app.command("new")(new_command)
app.command("show")(show_command)


def main() -> None:
    """Run the command; exit with 0 (done), 1 (the work failed) or 2 (bad input)."""
    forget_impossible_width()
    streams = take_over()
    speak_plainly()
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
    print(f"tokenmarket: {presentable(message)}", file=sys.stderr)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
