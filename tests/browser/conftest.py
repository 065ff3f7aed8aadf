"""A server in a process of its own, and Debian's Chromium to look at it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from serving import ROOT, Server, running, visiting
from visitor import Visitor

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREENS = ROOT / "results" / "screens"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; it is not skipped where it is missing, for a page nobody has looked at is not tested."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("the browser tests need Chromium: apt-get install chromium, or make test-browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of finished results: a batch of two settings, and a run."""
    from scenarios import load, run, run_batch
    from scenarios.results.saving import save_run

    folder = tmp_path_factory.mktemp("results")
    experiment = folder / "rivals.toml"
    experiment.write_text(
        'question = "?"\nrounds = 8\nreplications = 2\nsettings = ["baseline", "chip-monopoly"]\n', encoding="utf-8"
    )
    run_batch(experiment, workers=1, out=folder / "rivals")
    save_run(run(load("token-tax"), seed=3, rounds=8), folder / "taxed", 1.0)
    return folder


@pytest.fixture(scope="session")
def server(results: Path) -> Iterator[Server]:
    with running("baseline", "--results", str(results)) as started:
        yield started


@pytest.fixture(autouse=True)
def no_faults() -> Iterator[None]:
    """After any test no server that is still running may have told of a fault; ``running`` asks those that end."""
    yield
    for server in Server.started:
        server.check()


@pytest.fixture
def visitor(browser: Browser, server: Server) -> Iterator[Visitor]:
    """A new visitor at the opened page; at the end nothing may have gone wrong in the browser or left the machine."""
    with visiting(browser, server) as found:
        yield found


@pytest.fixture(scope="session")
def screens() -> Path:
    """Where screenshots go, to be looked at."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    return SCREENS
