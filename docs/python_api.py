"""The page of the Python API, made from the signatures and docstrings of what it names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from types import FunctionType

from markdown_text import page, table

import midocli.lab
import midocli.testing
from grammar import errors
from grammar.errors import MidoError
from grammar.node import Node
from midocli.lab import Guest, Lab
from midocli.results import probed, traffic
from midocli.results.values import ExpectationError, Result

NOTICE = "<!-- Written by docs/generate.py from the docstrings in midocli/. -->\n"
_PROBES = (probed.Probed, probed.Ping, probed.Connect, probed.Traceroute, probed.Arping,
           probed.Dhcp, probed.Inject)  # fmt: skip
_RECORDS = (traffic.Reason, traffic.Frame, probed.Reply, probed.Endpoint, probed.Hop)
_RESULT = ("succeeded", "text", "document", "records")


def text() -> str:
    """The page."""
    return f"{NOTICE}\n" + page(
        "# Python API",
        "What `from midocli import Lab, MidoError` and `midocli.testing` hold; "
        "[Networks in Python](python.md) says how they are used.",
        "## Lab",
        *_class(Lab, _public(Lab)),
        *_class(Guest, ()),
        "## Results",
        "What a line results in. A line that makes traffic results in one of the classes of the "
        "calls.",
        *_class(Result, _RESULT, "result"),
        *(part for kind in _PROBES for part in _class(kind, _public(kind), kind.__name__.lower())),
        "## What results hold",
        *(part for kind in _RECORDS for part in _class(kind, ())),
        "## Errors",
        *_class(MidoError, ()),
        table(("Class", "`code`", "Is raised for"), _errors()),
        "## pytest",
        _doc(midocli.testing),
        *_function(midocli.testing.assert_reaches, "assert_reaches"),
        *_function(midocli.testing.assert_dropped, "assert_dropped"),
    )


def _public(kind: type) -> list[str]:
    return [name for name in vars(kind) if not name.startswith("_") or name == "__call__"]


def _class(kind: type, members: list[str] | tuple[str, ...], called: str = "lab") -> Iterator[str]:
    """A class and some of its members, of an object that is called so."""
    made = "" if issubclass(kind, Result) else _signature(kind)
    yield f"### {kind.__name__}"
    if made:
        yield f"`{kind.__name__}{made}`"
    yield _doc(kind)
    for name in members:
        member = inspect.getattr_static(kind, name, None)
        if isinstance(member, property):
            assert member.fget is not None
            yield f"#### `{called}.{name}: {member.fget.__annotations__['return']}`"
            yield _doc(member)
        elif isinstance(member, FunctionType):
            where = called if name == "__call__" else f"{called}.{name}"
            yield from _function(member, where)


def _function(member: Callable[..., object], called: str) -> Iterator[str]:
    yield f"#### `{called}{_signature(member)}`"
    yield _doc(member)


def _signature(member: Callable[..., object]) -> str:
    """The parameters and what is returned, as they are annotated."""
    if isinstance(member, type) and issubclass(member, Node):
        fields = member.__annotations__.items()
        return f"({', '.join(f'{name}: {kind}' for name, kind in fields)})"
    signature = inspect.signature(member)
    words: list[str] = []
    kinds = []
    for each in signature.parameters.values():
        if each.name == "self":
            continue
        if each.kind is each.KEYWORD_ONLY and each.KEYWORD_ONLY not in kinds:
            words.append("*")
        kinds.append(each.kind)
        default = "" if each.default is each.empty else f" = {each.default!r}"
        stars = "**" if each.kind is each.VAR_KEYWORD else ""
        words.append(f"{stars}{each.name}: {each.annotation}{default}")
    returned = signature.return_annotation
    arrow = f" -> {returned}" if returned not in (signature.empty, None, "None") else ""
    return f"({', '.join(words)}){arrow}"


def _errors() -> Iterator[tuple[str, str, str]]:
    """A row for each kind of error."""
    for kind in (*vars(errors).values(), ExpectationError):
        if isinstance(kind, type) and issubclass(kind, MidoError) and kind is not MidoError:
            yield f"`{kind.__name__}`", f"`{kind.code}`", _doc(kind).partition("\n")[0]


def _doc(member: object) -> str:
    """What a docstring says, its paragraphs in a line each; what is indented stays as it is."""
    said = inspect.getdoc(member)
    assert said, f"{member} says nothing"
    return re.sub(r"(?<=\S)\n(?=\S)", " ", said)
