"""The web application: each path of the API with what answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grammar.errors import StoreError
from grammar.resources import SCHEMA
from midocli.server.answers import (
    JSON,
    Refusal,
    answer,
    body_of,
    check_media,
    chosen_media,
    json_object,
)
from midocli.server.commands import MACHINES, SENT, Commands
from midocli.server.login import Login
from midocli.server.openapi import document
from midocli.server.resources import Resources, unknown
from midocli.session.mistakes import Mistakes
from midocli.session.session import Session
from midocli.store.api import services
from midocli.store.api.documents import Documents
from midocli.store.api.forms import Json
from midocli.store.api.places import PLACES, Place
from midocli.store.api.root import application, neutron
from midocli.store.rows import Row

#: Answers a request with its body.
Handler = Callable[[Request, Any], Response]
ROOT = "/midonet-api"
OWN = "/midocli"
_ALL = ("GET", "POST", "PUT", "DELETE")
_TRAFFIC = tuple(f"{OWN}/{name}" for name in SENT)
_NO_NEUTRON = "midocli keeps no Neutron objects; make what they stand for by MidoNet's own API"
_NO_IPV6 = "midocli's bridges give out no IPv6 addresses"
_NO_CONF = "midocli's agents have no configuration of their own"


class Api:
    """Answers requests about the topology of a session, which clients reach at `url`.

    One request at a time has the topology, and nobody else inside `alone`.
    """

    def __init__(
        self, session: Session, url: str, login: Login, alone: AbstractContextManager[object]
    ) -> None:
        self._context = session.context
        self._url = url
        self._base = url + ROOT
        self._login = login
        self._alone = alone
        self._documents = Documents(self._context.display, self._base)
        self._resources = Resources(self._context, self._documents)
        self._commands = Commands(session)

    def routes(self) -> Iterator[Route]:
        """All paths."""
        for path in ("", "/"):
            yield self._route(path, self._application)
        yield Route(f"{ROOT}/login", self._login.answer, methods=["POST"])
        yield self._route("/openapi.json", self._openapi)
        yield self._route("/system_state", self._system_state)
        yield self._route("/tenants", self._tenants)
        yield self._route("/tenants/{id}", self._tenant)
        yield self._route(
            "/ports/{id}/link", self._link, ("POST", "DELETE"), ("PortLink-v1", "Port-v3")
        )
        yield self._route("/neutron", self._neutron)
        yield self._route("/neutron/{rest:path}", self._no_neutron, _ALL, media=None)
        yield self._route("/conf/{rest:path}", _refusing(_NO_CONF), _ALL, media=None)
        yield self._route("/bridges/{id}/dhcpV6", self._no_ipv6, ("GET", "POST"), media=None)
        yield self._route("/bridges/{id}/dhcpV6/{rest:path}", _refusing(_NO_IPV6), _ALL, media=None)
        for place in PLACES.values():
            if place.methods:
                names = tuple(name for kind in place.objects for name in kind.media)
                yield self._route(place.path, self._place(place, names), place.methods, names)
        for name in SENT:
            yield self._route(f"{OWN}/{name}", self._send, ("POST",), root="")
        for path in MACHINES:
            yield self._route(f"{OWN}/{path}", self._machines(path), ("GET", "POST"), root="")
            item = f"{OWN}/{path}/{{name}}"
            yield self._route(item, self._machine(path), ("GET", "PUT", "DELETE"), root="")

    def _route(
        self,
        path: str,
        handler: Handler,
        methods: Sequence[str] = ("GET",),
        media: Sequence[str] | None = (),
        root: str = ROOT,
    ) -> Route:
        """A path whose handler has the topology for itself.

        Bodies are of some media types, or of any where that is None.
        """

        async def endpoint(request: Request) -> Response:
            self._login.check(request)
            if media is not None and request.method in ("POST", "PUT"):
                check_media(request, media)
            body = await body_of(request)
            with self._alone:
                self._begin(request)
                return handler(request, body)

        # What a switch calls a port may have slashes in it.
        pattern = path.replace("{name}/{vlan}", "{name:path}/{vlan}")
        return Route(root + pattern, endpoint, methods=list(methods))

    def _begin(self, request: Request) -> None:
        """See what others have done; Refusal (503) where what is written would not stay.

        A change that is open at the prompt may be rolled back, with all that was made inside.
        """
        if not self._context.change.is_open:
            if self._context.kept is not None:
                self._context.kept.refresh()
        elif request.method != "GET" and request.url.path not in _TRAFFIC:
            raise Refusal(503, "a change is open at the prompt: commit or rollback ends it")

    # -- one handler for each place ----------------------------------------------------------

    def _place(self, place: Place, names: Sequence[str]) -> Handler:
        resources = self._resources

        def handle(request: Request, body: Any) -> Response:
            params = request.path_params
            match request.method:
                case "POST":
                    return _created(resources.post(place, params, body))
                case "PUT":
                    return Response(status_code=resources.put(place, params, body))
                case "DELETE":
                    return Response(status_code=resources.delete(place, params))
            media = chosen_media(request, names, not place.is_item)
            if place.is_item:
                return answer(resources.get(place, params), media)
            return answer(resources.documents(place, params, request.query_params), media)

        return handle

    def _link(self, request: Request, body: Any) -> Response:
        if request.method == "DELETE":
            self._resources.unlink(request.path_params)
            return Response(status_code=204)
        return _created(self._resources.link(request.path_params, body))

    def _no_ipv6(self, request: Request, body: Any) -> Response:
        self._resources.get(PLACES["/bridges/{id}"], request.path_params)
        if request.method == "POST":
            raise Refusal(501, _NO_IPV6)
        return answer([], chosen_media(request, ["DhcpV6Subnet-v1"], True))

    # -- what only midocli has ---------------------------------------------------------------

    def _send(self, request: Request, body: Any) -> Response:
        name = request.url.path.rpartition("/")[2]
        return answer(self._commands.send(name, json_object(body)), JSON)

    def _machines(self, path: str) -> Handler:
        def handle(request: Request, body: Any) -> Response:
            owner = request.path_params.get("owner", "")
            if request.method == "GET":
                return answer(self._commands.machines(path, owner), JSON)
            made = self._commands.make(path, owner, json_object(body))
            collection = SCHEMA[MACHINES[path][-1]]
            name = made["id"] if collection.has_id else str(body[collection.key[0]])
            at = f"{self._url}{request.url.path}/{quote(name, safe='')}"
            return answer(made, JSON, 201, {"Location": at})

        return handle

    def _machine(self, path: str) -> Handler:
        def handle(request: Request, body: Any) -> Response:
            owner, name = request.path_params.get("owner", ""), request.path_params["name"]
            if request.method == "GET":
                return answer(self._commands.machine(path, owner, name), JSON)
            if request.method == "PUT":
                self._commands.change(path, owner, name, json_object(body))
            else:
                self._commands.delete(path, owner, name)
            return Response(status_code=204)

        return handle

    # -- what is there once ------------------------------------------------------------------

    def _application(self, request: Request, body: Any) -> Response:
        media = chosen_media(request, ["Application-v5"], False)
        return answer(application(self._base), media)

    def _openapi(self, request: Request, body: Any) -> Response:
        return answer(document(ROOT, OWN), JSON)

    def _system_state(self, request: Request, body: Any) -> Response:
        media = chosen_media(request, services.SYSTEM_STATE.media, False)
        (row,) = self._context.store.rows("system-state")
        return answer(self._documents.document(row), media)

    def _tenants(self, request: Request, body: Any) -> Response:
        media = chosen_media(request, services.TENANT.media, True)
        return answer(self._all_tenants(), media)

    def _tenant(self, request: Request, body: Any) -> Response:
        media = chosen_media(request, services.TENANT.media, False)
        name = request.path_params["id"]
        found = [each for each in self._all_tenants(name) if each["id"] == name]
        if not found:
            raise unknown("Tenant", name)
        return answer(found[0], media)

    def _all_tenants(self, expected: str = "admin") -> list[Json]:
        """The tenants there are; where there are none, the one that is expected.

        So does MidoNet's mock provider.
        """
        rows = list(self._context.store.rows("tenant"))
        return [self._documents.document(row) for row in rows or [self._mock(expected)]]

    def _mock(self, tenant: str) -> Row:
        store = self._context.store
        collection = store.schema["tenant"]
        values = store.layout(collection).defaults.copy()
        mock = {"tenant-id": tenant, "name": tenant, "description": f"{tenant.title()} Tenant"}
        for name, value in mock.items():
            values[collection.index[name]] = value
        return Row(collection, 0, None, values)

    def _neutron(self, request: Request, body: Any) -> Response:
        media = chosen_media(request, ["neutron.Neutron-v3"], False)
        return answer(neutron(self._base), media)

    def _no_neutron(self, request: Request, body: Any) -> Response:
        """There is nothing in Neutron's lists, and nothing can be put there."""
        path = request.path_params["rest"]
        if request.method != "GET":
            raise Refusal(501, _NO_NEUTRON)
        if f"{self._base}/neutron/{path}" not in _lists(neutron(self._base)):
            raise Refusal(404)
        return answer([], JSON)


def _lists(links: Mapping[str, Any]) -> set[str]:
    """The addresses of lists among links."""
    inner = [_lists(each) for each in links.values() if isinstance(each, dict)]
    own = {link for link in links.values() if isinstance(link, str) and "{" not in link}
    return own.union(*inner)


def _created(uri: str) -> Response:
    return Response(status_code=201, headers={"Location": uri})


def _refusing(sentence: str) -> Handler:
    """Answers with what midocli has not."""

    def refuse(request: Request, body: Any) -> Response:
        raise Refusal(501, sentence)

    return refuse


def web_application(routes: Sequence[Route], mistakes: Mistakes) -> Starlette:
    """The application, whose every failure is an answer; `mistakes` keeps those of midocli."""

    async def refuse(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return error.response()

    async def refuse_store(request: Request, error: Exception) -> Response:
        return Refusal(503, str(error)).response()

    async def refuse_path(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        silent = error.status_code == 405
        return Refusal(error.status_code, headers=error.headers, silent=silent).response()

    async def tell_mistake(request: Request, error: Exception) -> Response:
        told = mistakes.told(error, f"{request.method} {request.url.path}")
        return Refusal(500, told).response()

    handlers: Any = {Refusal: refuse, StoreError: refuse_store, HTTPException: refuse_path}
    handlers[Exception] = tell_mistake
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return app
