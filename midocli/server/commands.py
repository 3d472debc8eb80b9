"""What only midocli has: traffic, and the machines that make it, as resources under /midocli.

A request is a command of the language whose words are JSON fields, carried out by the session;
the answer is the command's own JSON. None of them reads or writes a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock, Timer
from typing import Any, NamedTuple

from grammar.commands import connect, inject, ping, traceroute
from grammar.errors import ConflictError, InternalError, MidoError, StoreError, UnknownObjectError
from grammar.resources import SCHEMA
from grammar.schema import PLACES, Collection, Field
from grammar.script import Line
from grammar.sending import named
from grammar.tree import Argument
from grammar.values import Choice, Flag, Integer, ListOf, Text, Truth
from grammar.words import quoted
from midocli.results.values import Result
from midocli.server.answers import Refusal
from midocli.session.session import Session

_FILES = ("write", "report", "draw", "force", "file")
_WHO = Text("a guest, a router port or a point", "client")
_TO = Text("an address or a guest", "192.168.79.119")
#: The longest that a request may have the network, in seconds, and what its traffic is bounded by:
#: so much of simulated time in one wait and in all, and so many packets.
_SECONDS = 30
_LONGEST_WAIT_NS = 60 * 10**9
_LONGEST_NS = 3600 * 10**9
_MOST = 1000


class Sent(NamedTuple):
    """A command that makes traffic: its word, the words that come first, and its options."""

    word: str
    first: tuple[Field, ...]
    options: tuple[Field, ...]
    ending: str = ""


def _sent(
    word: str, first: tuple[Field, ...], options: tuple[Field, ...], ending: str = ""
) -> Sent:
    return Sent(word, first, tuple(f for f in options if f.name not in _FILES), ending)


_SOURCE = Field("source", _WHO, "who sends", required=True)
_DESTINATION = Field("destination", _TO, "who is sent to", required=True)
_PEER = (
    _SOURCE,
    Field("proto", Choice(("tcp", "udp")), "a TCP connection, or a UDP datagram", required=True),
    _DESTINATION,
    Field("port", Integer(1, 65535), "the port there", required=True),
)
_POINT = Field("point", Text("a point", "host0:veth0"), "where the frame goes in", required=True)
#: What can be asked of the network, by the last part of its path.
SENT = {
    "ping": _sent("ping", (_SOURCE, _DESTINATION), ping.OPTIONS),
    "traceroute": _sent("traceroute", (_SOURCE, _DESTINATION), traceroute.OPTIONS),
    "connect": _sent("connect", _PEER, connect.OPTIONS),
    "inject": _sent("inject", (_POINT,), inject.OPTIONS),
    "explain": _sent("ping", (_SOURCE, _DESTINATION), ping.OPTIONS, "explain"),
}

#: The machines: a path, with the collections whose objects stand there.
MACHINES: dict[str, tuple[str, ...]] = {
    "guests": ("guest",),
    "guests/{owner}/nics": ("guest", "guest.nic"),
    "guests/{owner}/routes": ("guest", "guest.route"),
    "guests/{owner}/services": ("guest", "guest.service"),
    "hosts": ("host",),
    "hosts/{owner}/interfaces": ("host", "host.interface"),
    "hosts/{owner}/bindings": ("host", "host.binding"),
}


class Commands:
    """Carries out commands of the language that are put together from JSON."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def send(self, name: str, body: Mapping[str, Any]) -> Any:
        """Make traffic; the command's JSON."""
        sent = SENT[name]
        fields = (*sent.first, *sent.options)
        words = dict(_words(fields, body))
        _check_span(sent, body)
        for field in sent.first:
            if field.name not in words:
                raise Refusal(400, f"{field.name} is missing: {field.type.expected}")
        first = [named(Argument(words.pop(field.name), 1)) for field in sent.first]
        options = [f"{name} {word}" if word else name for name, word in _quoted(words)]
        ending = [sent.ending] if sent.ending and sent.ending not in words else []
        return self._document(" ".join([sent.word, *first, *options, *ending]))

    def machines(self, path: str, owner: str) -> Any:
        """The machines of a kind, or what one of them has."""
        return self._document(f"{_before(path, owner)} list")

    def machine(self, path: str, owner: str, name: str) -> Any:
        """One of them."""
        return self._document(f"{_before(path, owner)} {_picked(path, name)} show")

    def make(self, path: str, owner: str, body: Mapping[str, Any]) -> Any:
        """Make one; what create answers."""
        collection = _collection(path)
        open_fields = [field for field in collection.fields if not field.read_only]
        places = PLACES if collection.path in ("guest", "guest.nic") else ()
        words = dict(_words((*open_fields, *places), body))
        given = " ".join(f"{name} {word}" for name, word in _quoted(words))
        return self._document(f"{_before(path, owner)} create {given}")

    def change(self, path: str, owner: str, name: str, body: Mapping[str, Any]) -> None:
        """Give fields of one other values; null takes a value away."""
        fields = [each for each in _collection(path).fields if not (each.read_only or each.fixed)]
        there = f"{_before(path, owner)} {_picked(path, name)}"
        words = dict(_words(fields, body))
        gone = [field.name for field in fields if field.name in body and body[field.name] is None]
        with self._session.context.changing():
            self._document(f"{there} show")  # which says so if it is not there
            if words:
                self._document(f"{there} set {' '.join(f'{n} {w}' for n, w in _quoted(words))}")
            if gone:
                self._document(f"{there} clear {' '.join(gone)}")

    def delete(self, path: str, owner: str, name: str) -> None:
        """Delete one."""
        self._document(f"{_before(path, owner)} {_picked(path, name)} delete")

    def _document(self, line: str) -> Any:
        """The JSON of what a line results in."""
        with _refusing(), self._bounded():
            result: Result | None = self._session.perform("request", Line(line, 1))
            assert result is not None
            return result.document()

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """Inside, the network is interrupted where it takes too long."""
        running, guard = [True], Lock()

        def stop() -> None:
            with guard:
                if running:
                    self._session.context.interrupt()

        timer = Timer(_SECONDS, stop)
        timer.daemon = True
        timer.start()
        try:
            yield
        except KeyboardInterrupt:
            raise Refusal(
                503, f"stopped after {_SECONDS} s, as long as a request may take"
            ) from None
        finally:
            timer.cancel()
            with guard:
                running.clear()


def _collection(path: str) -> Collection:
    return SCHEMA[MACHINES[path][-1]]


def _before(path: str, owner: str) -> str:
    """The words that lead to a list."""
    above, *inner = MACHINES[path]
    if not inner:
        return above
    return f"{above} {quoted(owner)} {SCHEMA[inner[0]].name}"


def _picked(path: str, name: str) -> str:
    """The words that pick an object of a list: by name, or by the field that tells them apart."""
    collection = _collection(path)
    key = "" if collection.has_id else f"{collection.key[0]} "
    return key + quoted(name)


def _quoted(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((name, quoted(word) if word else word) for name, word in words.items())


def _words(fields: Any, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each field that a body gives, as a word of the language; Refusal for one that is none."""
    by_name = {field.name: field for field in fields}
    for name, value in body.items():
        field = by_name.get(name.replace("_", "-"))
        if field is None:
            raise Refusal(400, f"there is no {name[:40]!r} here: {', '.join(by_name)}")
        if value is None or (isinstance(field.type, Flag) and value is False):
            continue
        yield field.name, _word(field, value)


def _word(field: Field, value: Any) -> str:
    if isinstance(field.type, Flag) and value is True:
        return ""
    if isinstance(value, bool) and isinstance(field.type, Truth):
        return field.type.yes if value else field.type.no
    if isinstance(value, list) and isinstance(field.type, ListOf):
        return ",".join(map(str, value)) or '""'
    if isinstance(value, float):
        return f"{value:.9f}".rstrip("0").rstrip(".")
    if isinstance(value, (int, str)) and not isinstance(value, bool) and value != "":
        return str(value)
    raise Refusal(400, f"{field.name}: expected {field.type.expected}")


def _check_span(sent: Sent, body: Mapping[str, Any]) -> None:
    """Refusal for traffic that would go on for too long, or be too much."""
    given = {field.name: body.get(field.name) for field in sent.options}
    parsed: dict[str, int] = {}
    for field in sent.options:
        if field.name in ("count", "interval", "timeout", "deadline", "wait") and given[field.name]:
            try:
                parsed[field.name] = field.type.parse(_word(field, given[field.name]))
            except ValueError:
                continue  # the command itself will say what is wrong
    count = parsed.get("count", 1)
    if count > _MOST:
        raise Refusal(400, f"count is {_MOST} at the most")
    for name in ("interval", "timeout", "wait"):
        if parsed.get(name, 0) > _LONGEST_WAIT_NS:
            raise Refusal(400, f"{name} is {_LONGEST_WAIT_NS // 10**9} seconds at the most")
    if max(count * parsed.get("interval", 10**9), parsed.get("deadline", 0)) > _LONGEST_NS:
        raise Refusal(400, f"this may last {_LONGEST_NS // 10**9} simulated seconds at the most")


@contextmanager
def _refusing() -> Iterator[None]:
    """Inside, an error of the language becomes a Refusal."""
    try:
        yield
    except UnknownObjectError as error:
        raise Refusal(404, error.message) from None
    except StoreError as error:
        raise Refusal(503, error.message) from None
    except InternalError as error:
        raise Refusal(500, error.message) from None
    except ConflictError as error:
        raise Refusal(409, error.message) from None
    except MidoError as error:
        raise Refusal(400, error.message) from None
