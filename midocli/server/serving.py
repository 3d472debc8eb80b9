"""The server itself: an address that is listened on, until it is told to end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from threading import Thread
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

#: So many connections at once, and so many bytes of headers.
_CONNECTIONS = 256
_HEADER_BYTES = 32 * 1024
#: Seconds that the headers of a request may take, that a connection may be idle, and that
#: requests have to be answered when the end has come.
_HEADER_SECONDS = 20
_IDLE_SECONDS = 20
_END_SECONDS = 10


class _Protocol(H11Protocol):
    """HTTP whose headers have to come in time."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        if self._deadline is None and self._is_between:
            self._wait()
        super().data_received(data)
        if not self._is_between:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    @property
    def _is_between(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(_HEADER_SECONDS, self.transport.close)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class _Server(uvicorn.Server):
    """Tells when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on an address; OSError where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once (TCP_NODELAY) only on sockets that say what they are; else each answer
    # would wait 40 ms for the acknowledgement of its headers.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_CONNECTIONS)
    except OSError:
        listener.close()
        raise
    return listener


class Serving:
    """Serves an application on a socket; `ready` is called when requests are answered."""

    def __init__(self, app: Any, listener: socket.socket, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            limit_concurrency=_CONNECTIONS,
            h11_max_incomplete_event_size=_HEADER_BYTES,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_END_SECONDS,
        )
        self._server = _Server(config, ready)
        self._listener = listener

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM, answering what has been asked by then."""
        self._server.run(sockets=[self._listener])

    def start(self) -> Thread:
        """Serve beside what the process does else, until `stop`."""
        thread = Thread(target=self.run, name="server", daemon=True)
        thread.start()
        return thread

    def stop(self, thread: Thread) -> None:
        """Answer what has been asked, and end."""
        self._server.should_exit = True
        thread.join(_END_SECONDS)
