"""Words and lines made up from the schema: what a test types when it could be anything."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from grammar.addresses import (
    IpAddress,
    IPv4,
    Mac,
    MacMask,
    NatTargets,
    Network,
    Ports,
)
from grammar.picture_files import Drawn
from grammar.resources import SCHEMA
from grammar.schema import Collection, Field
from grammar.values import (
    Choice,
    Flag,
    Integer,
    Limit,
    LinkStatus,
    ListOf,
    Reference,
    Text,
    Truth,
    Uuid,
)
from grammar.words import quoted

Words = st.SearchStrategy[str]

# What may be a name but is a word of the language too, or must be quoted.
AWKWARD = [
    "list",
    "show",
    "set",
    "name",
    "port",
    "router",
    "#x",
    "a b",
    "it's",
    'a"b',
    "\\",
    "!x",
    "ü",
]


def _joined(pattern: str, *parts: Words) -> Words:
    return st.builds(pattern.format, *parts)


octets = st.integers(0, 255).map(str)
addresses = _joined("{}.{}.{}.{}", octets, octets, octets, octets)
lengths = st.integers(0, 32).map(str)
networks = st.one_of(addresses, _joined("{}/{}", addresses, lengths))
digits = st.text("0123456789abcdefABCDEF", min_size=1, max_size=2)
macs = st.lists(digits, min_size=6, max_size=6).map(":".join)
masks = st.lists(st.text("0123456789abcdef", min_size=4, max_size=4), min_size=3, max_size=3).map(
    ".".join
)
ports = st.tuples(st.integers(0, 65535), st.integers(0, 65535)).map(sorted)
ranges = st.one_of(st.integers(0, 65535).map(str), ports.map(lambda two: f"{two[0]}-{two[1]}"))
spans = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)).map(sorted)
targets = st.one_of(
    addresses,
    _joined("{}:{}", addresses, ranges),
    spans.map(lambda two: "-".join(IPv4().format(each) for each in two)),
)
uuids = st.uuids(version=4).map(str)
plain_names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.", min_size=1, max_size=8)
names = st.one_of(plain_names, st.sampled_from(AWKWARD), st.just(""))
aliases = st.integers(0, 12).map(str)


def alias_of(collection: Collection) -> Words:
    """Full aliases that objects of a collection might have."""
    parts = [each.prefix for each in lineage(collection) if each.has_id]
    return _joined(":".join(f"{prefix}{{}}" for prefix in parts), *[aliases for _ in parts])


def lineage(collection: Collection) -> list[Collection]:
    """The collections from the root down to one."""
    chain = [collection]
    while chain[0].parent:
        chain.insert(0, SCHEMA[chain[0].parent])
    return chain


def references(reference: Reference) -> Words:
    """What an object might be called, as the value of a field."""
    if reference.target == "interface":
        return _joined("host{}:veth{}", aliases, aliases)
    if reference.target == "port":
        return st.one_of(*(alias_of(SCHEMA[path]) for path in SCHEMA["port"].gathers))
    return st.one_of(alias_of(SCHEMA[reference.target]), plain_names, uuids)


def words_of(type: Any) -> Words:
    """Words that are values of a type."""
    match type:
        case Choice() | Truth():
            return st.sampled_from(type.words)
        case Flag():
            return st.just("")
        case Integer():
            return st.integers(type.low, type.high).map(str)
        case Limit():
            return st.one_of(st.just("no-limit"), st.integers(0, 99).map(str))
        case LinkStatus():
            return st.sampled_from(["up", "down", "0", "1", "2", "3"])
        case Uuid():
            return uuids
        case IPv4():
            return addresses
        case IpAddress():
            return st.just(type.example)
        case Network():
            return networks
        case Mac():
            return macs
        case MacMask():
            return masks
        case Ports():
            return ranges
        case NatTargets():
            return st.lists(targets, min_size=1, max_size=3).map(",".join)
        case Reference():
            return references(type)
        case ListOf(item=Text()):
            return st.lists(plain_names, max_size=3).map(",".join)
        case ListOf(item=item):
            return st.lists(words_of(item), max_size=3).map(",".join)
        case Text():
            return names
    return st.just(str(type.example))


def value_of(field: Field) -> Words:
    """Words that may be given to a field, negated ones too."""
    words = words_of(field.type)
    return st.one_of(words, words.map("!{}".format)) if field.invertible else words


def pair(field: Field) -> Words:
    """`field value`, as typed."""
    if isinstance(field.type, Drawn):
        return st.sampled_from([field.name, f"{field.name} way.svg"])
    if isinstance(field.type, Flag):
        return st.just(field.name)
    return value_of(field).map(lambda word: f"{field.name} {quoted(word)}")


def pairs(fields: list[Field], least: int = 0, most: int = 4) -> Words:
    """Some `field value` pairs, each field at most once, in any order."""
    if not fields:
        return st.just("")
    chosen = st.lists(
        st.sampled_from(fields), unique=True, min_size=min(least, len(fields)), max_size=most
    )
    return chosen.flatmap(lambda some: st.tuples(*map(pair, some))).map(" ".join)


def in_quotes(word: str) -> str:
    """A word as it must be typed so that it is no word of the language."""
    return quoted(word) if quoted(word) != word else f"'{word}'"


def selector(collection: Collection) -> Words:
    """Ways to pick an object of a collection behind its name."""
    if collection.single:
        return st.just("")
    awkward = st.sampled_from(AWKWARD).map(in_quotes)
    ways = [plain_names, awkward, pairs(list(collection.fields), 1, 2)]
    if collection.has_id:
        ways += [aliases.map(f"{collection.prefix}{{}}".format), uuids, alias_of(collection)]
    return st.one_of(*ways)


def path(collection: Collection) -> Words:
    """A path to an object of a collection, spelled out or as an alias."""
    steps = st.tuples(*(selector(each) for each in lineage(collection))).map(
        lambda picked: " ".join(
            f"{each.name} {pick}".strip()
            for each, pick in zip(lineage(collection), picked, strict=True)
        )
    )
    plain = collection.has_id and not collection.gathers
    return st.one_of(steps, alias_of(collection)) if plain else steps


def _on_object(collection: Collection) -> Words:
    """Lines about one object."""
    shown = st.sampled_from([field.name for field in collection.fields])
    settable = [f for f in collection.fields if not f.read_only and not f.fixed]
    clearable = [field.name for field in collection.fields if field.clearable]
    where = path(collection)
    lines = [
        _joined("{} show", where),
        _joined("{} show {}", where, shown),
        _joined("{} {} show", where, shown),
        _joined("show {}", where),
        _joined("describe {}", where),
    ]
    if not collection.single:
        lines += [_joined("delete {}", where), _joined("{} delete", where)]
    if settable:
        lines += [_joined("{} set {}", where, pairs(settable, 1))]
        lines += [_joined("set {} {}", where, pairs(settable, 1))]
    if clearable:
        some = st.lists(st.sampled_from(clearable), min_size=1, max_size=3).map(" ".join)
        lines += [_joined("{} clear {}", where, some), _joined("clear {} {}", where, some)]
    return st.one_of(*lines)


def _on_collection(collection: Collection) -> Words:
    """Lines about a collection as a whole."""
    where = path(SCHEMA[collection.parent]) if collection.parent else st.just("")
    given = pairs([field for field in collection.fields if not field.read_only])
    filters = pairs(list(collection.fields))
    forms = ["{0} {2} {1} {3}", "{2} {0} {1} {3}", "{0} {1} {2} {3}"]
    lines = []
    for verb, values in (("list", filters), ("create", given), ("add", given)):
        for form in forms:
            lines.append(_joined(form, where, st.just(collection.name), st.just(verb), values))
    return st.one_of(*lines)


def lines_about(collection: Collection) -> Words:
    """Lines about a collection and its objects, in every word order."""
    about = [_on_object(collection)]
    if not collection.single:
        about.append(_on_collection(collection))
    return st.one_of(*about).map(str.strip)
