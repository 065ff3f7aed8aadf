"""Starts the web server: solara's application behind a guard, with nothing fetched from elsewhere."""

import gc
import os
import socket
import sys
import threading
import warnings
from pathlib import Path
from types import ModuleType

from analysis.backend import draw_into_files
from analysis.dashboard.guard import LOOPBACK, Asgi, Guard
from analysis.dashboard.leaving import let_go
from analysis.dashboard.loaded import when_loaded
from analysis.dashboard.results_folder import ResultsFolder
from scenarios.errors import BadInput
from scenarios.files.loading import load

DEFAULT_RESULTS = Path("results")
PAGE = "tokenmarket_page"
IDLE = "2m"
"""How long the model of a visitor who is gone is kept."""

HEAD_START = 2.0
"""Seconds that a first visitor's page has the processor to itself."""


def start(scenario: str, host: str, port: int, results: Path | None) -> None:
    """Serve the page until interrupted; arguments and errors as in ``analysis.dashboard.serve``."""
    load(scenario)
    draw_into_files()
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")  # only pages embedded elsewhere need them
    results_folder = ResultsFolder(folder_of(results))
    listener = listen(host, port)
    port = listener.getsockname()[1]
    if not is_loopback(host):
        print(
            f"warning: listening on {host}: everyone who reaches this machine over the network can use the page",
            file=sys.stderr,
        )
    let_go()
    app = Guard(application(scenario, results_folder), LOOPBACK if is_loopback(host) else (), port)
    warm = threading.Timer(HEAD_START, warm_up)  # from here on only threads that wait for each other import
    warm.daemon = True
    warm.start()
    shown = "127.0.0.1" if host in ("0.0.0.0", "localhost") else f"[{host}]" if ":" in host else host
    print(f"http://{shown}:{port}  (Ctrl+C ends it)", flush=True)
    run(app, listener)


def folder_of(results: Path | None) -> Path | None:
    """Return the folder whose results may be shown: the one asked for, else ``results`` if there is one.

    Raises:
        BadInput: If the one asked for is no folder.
    """
    if results is None:
        return DEFAULT_RESULTS if DEFAULT_RESULTS.is_dir() else None
    if not results.is_dir():
        raise BadInput(f"--results {results}: is no folder")
    return results


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    return host in LOOPBACK or host.startswith("127.")


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address.

    Raises:
        BadInput: If it cannot be used.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except (OSError, OverflowError) as problem:
        raise BadInput(f"--host {host} --port {port}: cannot listen there: {problem}") from None
    return listener


def application(scenario: str, results_folder: ResultsFolder) -> Asgi:
    """Return solara's application, with telemetry off and assets from the installed package only."""
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "false"
    import pandas  # noqa: F401 - solara looks into it, and must not find it half imported by another thread
    import solara.server.settings as settings
    import solara.settings

    settings.telemetry.mixpanel_enable = False
    settings.main.mode = "production"
    settings.theme.title = "Token Market"
    settings.theme.loader = "plain"
    settings.theme.show_banner = False
    settings.kernel.cull_timeout = IDLE
    settings.session.same_site = "strict"
    solara.settings.assets.proxy = True
    solara.settings.assets.cdn = "nowhere:/"
    import solara.server.starlette as starlette
    from solara.server import app

    app.apps["__default__"] = app.AppScript(module_with(scenario, results_folder))
    return starlette.app


def module_with(scenario: str, results_folder: ResultsFolder) -> str:
    """Make a module that holds the page, as solara wants it, and return its name."""
    from analysis.dashboard.page import page_for

    module = ModuleType(PAGE)
    module.__file__ = str(Path(__file__).parent / "page.py")
    vars(module)["Page"] = page_for(scenario, results_folder)
    sys.modules[PAGE] = module
    return PAGE


@when_loaded
def warm_up() -> None:
    """Play a month of a small market, so that the first visitor does not wait for compilers and imports."""
    from market import Parameters, TokenMarket
    from scenarios.files.loading import override

    TokenMarket(override(Parameters(), {"population.users": 1000})).step()
    gc.collect()
    gc.freeze()


def run(app: Asgi, listener: socket.socket) -> None:
    """Run the server on an open socket."""
    import uvicorn

    config = uvicorn.Config(app, log_level="warning", access_log=False, loop="asyncio", server_header=False)
    uvicorn.Server(config).run(sockets=[listener])
