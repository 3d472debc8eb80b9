"""Requests to the server's application without a network between."""

from __future__ import annotations

import asyncio
import io
import json
import random
from collections.abc import Mapping
from threading import RLock
from typing import Any, NamedTuple
from urllib.parse import unquote

from grammar.script import Line
from midocli.context.context import Context
from midocli.context.files import Files
from midocli.context.manner import Manner
from midocli.server.application import OWN, ROOT, Api, web_application
from midocli.server.gate import Gate, Guests
from midocli.server.login import Account, Login
from midocli.session.mistakes import Mistakes
from midocli.session.session import Session, Settings
from midocli.simulator.clock import Clock

HOST = "127.0.0.1:8181"
BASE = f"http://{HOST}{ROOT}"


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON in it, None where there is none."""
        return json.loads(self.raw) if self.raw else None


class Served:
    """A topology that is served; `run` carries commands out beside the server."""

    def __init__(
        self, *lines: str, account: Account | None = None, cors: str | None = None
    ) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        clock = Clock(1_700_000_000 * 10**9, 0)
        self.context = Context(random.Random(1), clock, Files(), Manner(self.out))
        self.session = Session(Settings(), self.context, self.err)
        api = Api(self.session, f"http://{HOST}", Login(account), RLock())
        guests = Guests(
            frozenset({"127.0.0.1", "localhost"}), frozenset(filter(None, [cors])), cors
        )
        self.app = Gate(web_application(list(api.routes()), Mistakes()), guests)
        self.run(*lines)

    def run(self, *lines: str) -> str:
        """What commands print; an error fails the test."""
        before = len(self.out.getvalue())
        for number, line in enumerate(lines):
            assert self.session.run_line("test", Line(line, number)), self.err.getvalue()
        return self.out.getvalue()[before:]

    def __call__(
        self, method: str, path: str, body: Any = None, /, **headers: str | None
    ) -> Answer:
        """Ask; a path is below the root or an address, a body that is no bytes becomes JSON."""
        return asyncio.run(self.ask(method, path, body, headers))

    async def ask(
        self, method: str, path: str, body: Any, headers: Mapping[str, str | None]
    ) -> Answer:
        """As a call, for who asks several things at once."""
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        path = path.removeprefix(f"http://{HOST}")
        path = path if path.startswith((ROOT, OWN)) else ROOT + path
        path, _, query = path.partition("?")
        path = unquote(path)
        given = {"host": HOST, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if body is not None and "content-type" not in given:
            given["content-type"] = "application/json"
        sent = [(k.encode(), v.encode()) for k, v in given.items() if v is not None]
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(),
                 "headers": sent, "http_version": "1.1", "scheme": "http", "root_path": "",
                 "server": ("127.0.0.1", 8181), "client": ("127.0.0.1", 1)}  # fmt: skip
        messages: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(message: Any) -> None:
            messages.append(message)

        await self.app(scope, receive, send)
        start, *rest = messages
        found = {k.decode(): v.decode() for k, v in start["headers"]}
        return Answer(start["status"], found, b"".join(each["body"] for each in rest))

    def made(self, path: str, body: Any) -> str:
        """The address of a new object."""
        answer = self("POST", path, body)
        assert answer.status == 201, answer
        return answer.headers["location"]
