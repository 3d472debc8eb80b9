"""What stands before the application: who may ask, and how much.

A browser on the same machine reaches a server on the loopback address. So pages of others must
not: by a name of theirs that leads here (the Host header is checked), nor by a request that needs
no answer (the Origin header is).
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

from starlette.datastructures import Headers

from midocli.server.answers import MOST_BYTES, Refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: The seconds that a body may take to come.
_SECONDS = 20
_CORS = {
    b"access-control-allow-methods": b"GET, POST, PUT, DELETE, OPTIONS",
    b"access-control-allow-headers": (
        b"Origin, X-Auth-Token, X-Auth-Project, Content-Type, Accept, Authorization"
    ),
    b"access-control-expose-headers": b"Location",
    b"vary": b"Origin",
}


class Guests(NamedTuple):
    """The names under which the server is reached, and the origin whose pages may ask, if any."""

    hosts: frozenset[str]
    origins: frozenset[str]
    cors: str | None


class Gate:
    """Lets requests through to an application that may be, in time and no larger than allowed."""

    def __init__(self, app: App, guests: Guests, verbose: bool = False) -> None:
        self._app = app
        self._guests = guests
        self._verbose = verbose

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sender = _Sender(send, self._cors(Headers(scope=scope)))
        started = time.perf_counter()
        try:
            self._check(scope)
            if scope["method"] == "OPTIONS":
                await _answer(sender, 200)
            else:
                await self._app(scope, _Receiver(receive), sender)
        except Refusal as refusal:
            await refusal.response()(scope, receive, sender)
        finally:
            if self._verbose:
                _log(scope, sender.status, time.perf_counter() - started)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if _name(headers.get("host", "")) not in self._guests.hosts:
            raise Refusal(421, "nobody is called so here: the Host header names another server")
        origin = headers.get("origin")
        if origin is not None and origin not in self._guests.origins:
            raise Refusal(403, "pages of other origins may not ask; --cors ORIGIN lets one")

    def _cors(self, headers: Headers) -> dict[bytes, bytes]:
        allowed = self._guests.cors
        if allowed is None or headers.get("origin") != allowed:
            return {}
        return {b"access-control-allow-origin": allowed.encode(), **_CORS}


class _Sender:
    """Sends what the application answers, with the headers that pages of another origin need."""

    def __init__(self, send: Send, headers: dict[bytes, bytes]) -> None:
        self._send = send
        self._headers = headers
        self.status = 0

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *self._headers.items()]
        await self._send(message)


class _Receiver:
    """Receives a body; Refusal where it is too large or too slow."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = MOST_BYTES
        self._until = time.monotonic() + _SECONDS

    async def __call__(self) -> MutableMapping[str, Any]:
        try:
            async with asyncio.timeout(self._until - time.monotonic()):
                message = await self._receive()
        except TimeoutError:
            raise Refusal(408, "the body did not come in time") from None
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise Refusal(413, f"a body has {MOST_BYTES} bytes at the most")
        return message


async def _answer(send: _Sender, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _name(host: str) -> str:
    """The name in a Host header, without the port."""
    if host.startswith("["):
        return host.partition("]")[0].removeprefix("[").lower()
    return host.partition(":")[0].lower()


def _log(scope: Scope, status: int, seconds: float) -> None:
    path = scope["path"].encode("unicode_escape").decode()
    sys.stderr.write(f"{scope['method']} {path} {status} {seconds * 1000:.1f} ms\n")
    sys.stderr.flush()
