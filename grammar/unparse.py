"""From a tree back to a line: the one way of saying it that midocli itself writes.

`parse(unparse(tree)) == tree` for every tree.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any

from grammar import tree
from grammar.schema import Field
from grammar.times import Duration, Timestamp
from grammar.tree import Command
from grammar.values import Flag, Negated


def unparse(command: Command) -> str:
    """The canonical line of a command, in the order PATH VERB … or PATH COLLECTION VERB …"""
    return " ".join(_words(command))


def quoted(word: str) -> str:
    """A word as it must be typed."""
    return shlex.quote(word)


def value_word(field: Field, value: Any) -> str:
    """The word that gives a field a value, before quoting."""
    if isinstance(value, Negated):
        return "!" + value_word(field, value.value)
    word: str = field.type.format(value)
    return "" if word == '""' else word


def _words(command: Command) -> Iterable[str]:
    match command:
        case tree.Create(path, target, settings):
            return [*_path(path), target.collection.name, "create", *_settings(settings)]
        case tree.List(path, target, filters):
            return [*_path(path), target.collection.name, "list", *_filters(filters)]
        case tree.Show(path, None):
            return [*_path(path), "show"]
        case tree.Show(path, tree.FieldName(field=field)):
            return [*_path(path), "show", field.name]
        case tree.Set(path, settings):
            return [*_path(path), "set", *_settings(settings)]
        case tree.Clear(path, fields):
            return [*_path(path), "clear", *(name.field.name for name in fields)]
        case tree.Delete(path):
            return [*_path(path), "delete"]
        case tree.Describe(path, target):
            collection = [target.collection.name] if target else []
            return [*(_path(path)), "describe", *collection] if path else ["describe", *collection]
        case tree.Ping(source, destination, options):
            start = _from_source("ping", source)
            return [*start, quoted(destination.text), *_settings(options)]
        case tree.Traceroute(source, destination, options):
            start = _from_source("traceroute", source)
            return [*start, quoted(destination.text), *_settings(options)]
        case tree.Arping(source, destination, options):
            start = _from_source("arping", source)
            return [*start, quoted(destination.text), *_settings(options)]
        case tree.Connect(source, proto, destination, port, options):
            start = [*_from_source("connect", source), proto, quoted(destination.text)]
            return [*start, str(port), *_settings(options)]
        case tree.Dhcp(source, options):
            return [*_from_source("dhcp", source), *_settings(options)]
        case tree.Inject(point, options):
            return ["inject", quoted(point.text), *_settings(options)]
        case tree.Tcpdump(points, options):
            return ["tcpdump", quoted(points.text), *_settings(options)]
        case tree.ReadCapture(file, options):
            return ["tcpdump", "read", quoted(file.text), *_settings(options)]
        case tree.Program(path, words):
            return [*_path(path), *map(quoted, words)]
    return _session_words(command)


def _session_words(command: Command) -> Iterable[str]:
    match command:
        case tree.Clock(None):
            return ["clock"]
        case tree.Clock("set", instant):
            return ["clock", "set", Timestamp().format(instant)]
        case tree.Clock(action, span):
            return ["clock", str(action), Duration().format(span)]
        case tree.Format(name):
            return ["format", name]
        case tree.Echo(words):
            return ["echo", *map(quoted, words)]
        case tree.Source(file):
            return ["source", quoted(file.text)]
        case tree.Save(file):
            return ["save", quoted(file.text)]
        case tree.Expect(inner, negated):
            return ["expect", *(["not"] if negated else []), *_words(inner)]
        case tree.As(inner, form):
            return [*_words(inner), "as", form]
        case tree.Topology(file):
            return ["show", "topology", *(["write", quoted(file.text)] if file else [])]
        case tree.Prefs(settings, reset):
            return ["prefs", *(["reset"] if reset else []), *_settings(settings)]
        case tree.Help(topic):
            return ["help", *([quoted(topic.text)] if topic else [])]
        case tree.Undo(steps, again):
            return ["redo" if again else "undo", str(steps)]
        case tree.Tenant(None):
            return ["cleart"]
        case tree.Tenant(str(name)):
            return ["sett", quoted(name)]
        case tree.Debug(on):
            return ["debug", "on" if on else "off"]
    return [type(command).__name__.lower()]


def _from_source(probe: str, source: tree.Argument | tree.Path) -> list[str]:
    if isinstance(source, tree.Argument):
        return [probe, quoted(source.text)]
    return [*_path(source), probe]


def _path(path: tree.Path) -> list[str]:
    words: list[str] = []
    for place, selector in enumerate(path):
        if place or not selector.collection.parent:
            words.append(selector.collection.name)
        if selector.name is None:
            words += _filters(selector.filters)
        elif selector.name:
            words.append(quoted(selector.name))
    return words


def _filters(filters: Iterable[tree.Setting]) -> list[str]:
    return [word for each in filters for word in (each.field.name, quoted(each.value))]


def _settings(settings: Iterable[tree.Setting]) -> list[str]:
    words: list[str] = []
    for setting in settings:
        words.append(setting.field.name)
        if not isinstance(setting.field.type, Flag) or setting.text:
            words.append(quoted(value_word(setting.field, setting.value)))
    return words
