"""How long a request to the server takes, beside the same framework answering a constant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Event
from typing import Any

from measure import Action, Ratio, ratio


def measure() -> list[Ratio]:
    """GET of an object, and POST of a rule to a chain of a hundred, over a kept connection."""
    from asgi import Served
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    served = Served()
    chain = served.made("/chains", {"name": "c"})
    for _ in range(100):
        served.made(f"{chain}/rules", {"type": "accept"})
    path = chain.partition(":8181")[2]
    constant = served("GET", path).raw

    async def answer(request: Request) -> Response:
        return Response(constant, media_type="application/json")

    plain = Starlette(routes=[Route("/constant", answer)])
    with _serving(plain) as there, _serving(served.app) as here:
        unit = "the same framework, answering a constant"
        asked = _action(there, "GET", "/constant")
        rule = {"type": "accept", "nwProto": 6, "tpDst": {"start": 80, "end": 80}}
        return [
            ratio("GET of an object", _action(here, "GET", path), unit, asked, 3, repeat=100,
                  repeat_baseline=100),
            ratio("POST of a rule", _action(here, "POST", f"{path}/rules", rule), unit, asked, 6,
                  repeat=100, repeat_baseline=100),
        ]  # fmt: skip


@contextmanager
def _serving(app: Any) -> Iterator[HTTPConnection]:
    from midocli.server.serving import Serving, listening

    ready = Event()
    listener = listening("127.0.0.1", 0)
    serving = Serving(app, listener, ready.set)
    thread = serving.start()
    ready.wait(20)
    connection = HTTPConnection("127.0.0.1", listener.getsockname()[1])
    try:
        yield connection
    finally:
        connection.close()
        serving.stop(thread)


def _action(connection: HTTPConnection, method: str, path: str, body: Any = None) -> Action:
    text = None if body is None else json.dumps(body)
    headers = {"Content-Type": "application/json", "Host": "127.0.0.1"}

    def ask() -> None:
        connection.request(method, path, text, headers)
        connection.getresponse().read()

    return ask
