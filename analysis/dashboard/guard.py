"""Refuses what other web pages send: a browser says whose page asks, and by which name it reached us."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Guard:
    """Lets requests through that name this server as ``Host`` and, if they say so, come from a page of its own.

    A foreign ``Host`` is what DNS rebinding looks like and is answered by 421; a foreign ``Origin`` is another page in
    the same browser and is answered by 403. Web sockets are closed before they open.

    Args:
        app: What is guarded.
        names: Host names this server answers to; none: every name, and an origin must equal the host.
        port: TCP port it listens on.
    """

    def __init__(self, app: Asgi, names: Iterable[str], port: int) -> None:
        self.app = app
        self.names = frozenset(names)
        self.port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        status = self.refusal(scope)
        if status is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "foreign host or origin"})
        else:
            head = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": status, "headers": head})
            await send({"type": "http.response.body", "body": b"Refused: foreign host or origin.\n"})

    def refusal(self, scope: Scope) -> int | None:
        """Return the status that refuses a request, or None if it may pass."""
        hosts, origins = (_all(scope, name) for name in (b"host", b"origin"))
        if len(hosts) != 1 or not self._own(hosts[0], "http"):
            return 421
        if len(origins) > 1 or (origins and not self._same(origins[0], hosts[0])):
            return 403
        if not origins and scope["type"] == "websocket":
            return 403
        return None

    def _own(self, host: str, scheme: str) -> bool:
        found = _name_and_port(f"{scheme}://{host}")
        return found is not None and found[1] == self.port and (not self.names or found[0] in self.names)

    def _same(self, origin: str, host: str) -> bool:
        found = _name_and_port(origin)
        return found is not None and found == _name_and_port(f"http://{host}")


def _all(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _name_and_port(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or parts.path or parts.query or parts.username is not None:
            return None
        return parts.hostname.lower(), parts.port or 80
    except ValueError:
        return None
