"""The page is safe beside other pages, and shows no file but those it may."""

import http.client
import http.server
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from serving import Server, running, visiting
from visitor import Visitor

from analysis.dashboard.views import COMPARE


def ask(server: Server, path: str = "/", **headers: str) -> int:
    """Ask for a path as it stands and return the status."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.putrequest("GET", path, skip_host="host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "127.0.0.1:1", ""]
)
def test_a_foreign_host_is_refused(server: Server, host: str) -> None:
    assert ask(server, host=host.format(port=server.port)) == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "null"])
def test_a_foreign_origin_is_refused(server: Server, origin: str) -> None:
    assert ask(server, origin=origin.format(port=server.port)) == 403
    assert ask(server, "/jupyter/api/kernels/x/y", origin=origin.format(port=server.port)) == 403


def test_its_own_names_are_accepted(server: Server) -> None:
    for name in ("127.0.0.1", "localhost"):
        at = f"{name}:{server.port}"
        assert ask(server, host=at, origin=f"http://{at}") == 200


@pytest.mark.parametrize("origin", ["http://evil.example", None])
def test_a_foreign_socket_is_refused(server: Server, origin: str | None) -> None:
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    url = f"ws://127.0.0.1:{server.port}/jupyter/api/kernels/00000000-0000-4000-8000-000000000000/channels?session_id=1"
    with pytest.raises(InvalidStatus) as refused, connect(url, origin=origin):
        pass
    assert refused.value.response.status_code == 403


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """Another site on this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    (tmp_path / "index.html").write_text("<title>another site</title>", encoding="utf-8")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{site.server_address[1]}/index.html"
        site.shutdown()
        thread.join()


def test_another_page_in_the_same_browser_gets_nothing(browser: Browser, server: Server, elsewhere: str) -> None:
    page = browser.new_page()
    page.goto(elsewhere)
    opened = page.evaluate(
        """port => new Promise(done => {
          const id = '00000000-0000-4000-8000-000000000000';
          const socket = new WebSocket(`ws://127.0.0.1:${port}/jupyter/api/kernels/${id}/channels?session_id=1`);
          socket.onopen = () => done('open');
          socket.onerror = () => done('refused');
        })""",
        server.port,
    )
    fetched = page.evaluate(
        "port => fetch(`http://127.0.0.1:${port}/`).then(() => 'read', () => 'refused')", server.port
    )
    page.close()
    assert (opened, fetched) == ("refused", "refused")


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/static/../../../../../../../../etc/passwd",
        "/static/public/../style.css",
        "/static/public/../engine.py",
        "/static/assets/..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
        "/_solara/cdn/..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
        "/jupyter/nbextensions/..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
    ],
)
def test_no_path_leads_to_a_file(server: Server, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    assert b"root:" not in body
    assert b"class Engine" not in body


def test_links_out_of_the_folder_are_not_shown(browser: Browser, results: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "link").symlink_to(results / "taxed")
    shutil.copytree(results / "taxed", folder / "half")
    (folder / "half" / "layers.parquet").unlink()
    (folder / "half" / "layers.parquet").symlink_to(results / "taxed" / "layers.parquet")
    shutil.copytree(results / "taxed", folder / "own")
    with running("baseline", "--results", str(folder)) as server, visiting(browser, server) as visitor:
        panel = visitor.tab(COMPARE)
        panel.locator(".v-select__slot").click()
        options = visitor.page.locator(".menuable__content__active").get_by_role("option")
        expect(options).to_have_text(["own: token-tax"])


def test_without_results_the_page_says_so(browser: Browser, tmp_path: Path) -> None:
    with running("baseline", cwd=tmp_path) as server, visiting(browser, server) as visitor:
        expect(visitor.tab(COMPARE)).to_contain_text("start it with --results DIR")


def test_there_is_no_console(visitor: Visitor) -> None:
    for word in ("console", "terminal", ">>>"):
        assert visitor.page.get_by_text(word).count() == 0
