"""The market live in the browser: a page on which to change the competition and watch the profits move."""

from pathlib import Path

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8765


def serve(
    scenario: str = "baseline",
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    results: Path | None = None,
) -> None:
    """Show the page until interrupted.

    Args:
        scenario: Name of a preset or a TOML file; the page opens with it.
        host: Address to listen on; any but a loopback address lets other machines in.
        port: TCP port; 0 takes any free one.
        results: Folder whose finished results the page may show, or one such folder itself.

    Raises:
        BadInput: If the extra ``server`` is not installed, or scenario, port or folder cannot be used.
    """
    from scenarios.errors import BadInput

    try:
        import ipyvuetify  # noqa: F401
        import solara.server  # noqa: F401
        import solara_assets  # noqa: F401
    except ImportError as missing:
        raise BadInput(f"the page needs {missing.name}: pip install 'tokenmarket[server]'") from None
    from analysis.dashboard.server import start

    start(scenario, host, port, results)
