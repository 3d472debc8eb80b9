"""The grammar of filter expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from threading import Lock
from typing import Any, Literal

import pyparsing as pp

from grammar.errors import InvalidValueError, LineSyntaxError
from grammar.filter import tree
from grammar.filter.arithmetic import comparison, number_of
from grammar.filter.limits import check_depth
from grammar.filter.parsed import Negation, Parsed, Qualified, Series, Value, Words
from grammar.filter.words import (
    CASTS,
    CHAINED,
    CONSTANTS,
    EXPECTED,
    KINDS,
    LENGTHS,
    LINKS,
    LLC_KINDS,
    MOVING,
    NOT_HERE,
    PROTOCOLS,
    RESERVED,
    SIZES,
    STANDING_ALONE,
    WAYS,
)

#: pyparsing finds out how a parse action is called while it is called first, which two threads
#: must not do at once.
_ONE_AT_A_TIME = Lock()


def read(expression: str) -> Parsed:
    """What an expression says, word by word; LineSyntaxError where it is none."""
    try:
        with _ONE_AT_A_TIME:
            parsed: Parsed = standard_filters().parse_string(expression, parse_all=True)[0]
    except pp.ParseBaseException as error:
        raise _syntax_error(expression, error) from None
    return parsed


def _syntax_error(expression: str, error: pp.ParseBaseException) -> LineSyntaxError:
    at = error.loc
    while at < len(expression) and expression[at].isspace():
        at += 1
    wanted = error.msg.removeprefix("Expected ").strip("'\"")
    expected = EXPECTED.get(wanted, (wanted,))
    word = re.match(r"[\w.:\\-]+|\S", expression[at:])
    quoted = [f"`{item}`" if item in RESERVED or item == "(" else item for item in expected]
    choice = " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
    if word is None:
        message = f"the filter ends too soon: expected {choice}"
    else:
        message = f"`{word[0]}` cannot stand here in a filter: expected {choice}"
    return LineSyntaxError(message, at + 1, expected)


@cache
def standard_filters() -> pp.ParserElement:
    """The grammar. Its parse actions only build values of `tree` and `parsed`."""
    protocol = _one_of(PROTOCOLS).set_name("protocol")
    number = pp.Regex(r"(?:0[xX][0-9a-fA-F]+|[0-9]+)(?![\w.])").set_name("number")
    compared = _comparisons(protocol, number)

    both = r"\s*(?:\b(?:or|and)\b|\|\||&&)\s*"
    direction = pp.Regex(rf"(?:src{both}dst|dst{both}src|src|dst)(?![-.\w])")
    kind = _one_of(KINDS)
    words = pp.Optional(protocol("protocol")) + (
        direction("direction") + pp.Optional(kind("kind")) | (kind | _one_of(CHAINED))("kind")
    )
    reserved = "|".join(sorted(RESERVED, key=len, reverse=True))
    word = pp.Regex(rf"(?!(?:{reserved})(?![-.:\w]))[\w:][-.:\w]*|\\[^\s!()]+")
    bits = pp.Suppress("/") - number("bits")
    mask = pp.Suppress(_one_of(["mask"])) - word("mask")
    value = (word("text") + pp.Optional(bits | mask)).add_parse_action(_value)

    series = pp.Forward()
    parentheses = pp.Suppress("(") - series + pp.Suppress(")")
    negations = pp.ZeroOrMore(pp.Regex(r"!(?!=)|not(?![-.\w])"))
    values = negations + (value | parentheses).set_name("address, port or number")
    values.add_parse_action(_negated)
    condition = (
        compared
        | (words - values).add_parse_action(_qualified)
        | (pp.Optional(protocol("layer")) + _one_of(CASTS)("cast")).add_parse_action(_group)
        | (_one_of(SIZES) - number).add_parse_action(_sized)
        | (_one_of(["byte"]) - number + pp.Regex(r"[=<>&|]") + number).add_parse_action(_byte)
        | (_one_of(MOVING) + pp.Optional(number)).add_parse_action(_moved)
        | (_one_of(["ifindex"]) - number).add_parse_action(_interface)
        | _one_of(["pppoed"]).add_parse_action(lambda: tree.Pppoe(None, True))
        | (_one_of(["llc"]) + pp.Optional(_llc_kind())).add_parse_action(_llc)
        | _one_of(WAYS).add_parse_action(lambda tokens: tree.Going(WAYS[tokens[0]]))
        | _one_of(STANDING_ALONE).add_parse_action(lambda tokens: tree.Protocol(tokens[0]))
        | (pp.Optional(protocol) + _one_of(NOT_HERE)("word")).add_parse_action(_not_here)
        | value
        | parentheses
    ).set_name("condition")
    operand = (negations + condition).add_parse_action(_negated)
    connective = pp.Regex(r"(?:and|or)(?![-.\w])|&&|\|\|")
    series <<= (operand + pp.ZeroOrMore(connective - operand)).add_parse_action(_series)
    return series


def _comparisons(protocol: pp.ParserElement, number: pp.ParserElement) -> pp.ParserElement:
    """The grammar of two calculations compared: `ip[8] < 5`."""
    arithmetic = pp.Forward()
    size = pp.Optional(pp.Suppress(":") - number)
    access = pp.Group(protocol + pp.Suppress("[") - arithmetic + size + pp.Suppress("]"))
    atom = (
        access.add_parse_action(_located("access"))
        | _one_of(LENGTHS).add_parse_action(_located("length"))
        | _one_of(CONSTANTS).add_parse_action(_located("constant"))
        | number.copy().add_parse_action(_located("number"))
        | pp.Suppress("(") + arithmetic + pp.Suppress(")")
    ).set_name("number or protocol[offset]")
    signed = pp.Group(pp.ZeroOrMore("-") + atom)
    operator = pp.Regex(r"<<|>>|&(?!&)|\|(?!\|)|[-+*/%^]")
    arithmetic <<= pp.Group(signed + pp.ZeroOrMore(operator + signed))
    relation = pp.Regex(r"<=|>=|==|!=|=|<(?!<)|>(?!>)")
    return (arithmetic + relation - arithmetic).add_parse_action(comparison)


def _one_of(words: Iterable[str]) -> pp.Regex:
    """One of some words; `-` and `.` are letters here, so that `tcp-syn` is not `tcp`."""
    return pp.Regex(rf"(?:{'|'.join(sorted(words, key=len, reverse=True))})(?![-.\w])")


def _located(what: str) -> Callable[[str, int, pp.ParseResults], tuple[str, int, Any]]:
    """A parse action that notes what kind of thing was read, and its column."""
    return lambda _, at, tokens: (what, at + 1, tokens[0])


def _negated(tokens: pp.ParseResults) -> Parsed:
    check_depth(len(tokens) - 1)
    operand: Parsed = tokens[-1]
    for _ in tokens[:-1]:
        operand = Negation(operand)
    return operand


def _series(tokens: pp.ParseResults) -> Parsed:
    first, *others = tokens
    rest: list[tuple[Literal["and", "or"], Parsed]] = [
        ("and" if word in ("and", "&&") else "or", operand)
        for word, operand in zip(others[::2], others[1::2], strict=True)
    ]
    return Series(first, tuple(rest))


def _qualified(tokens: pp.ParseResults) -> Qualified:
    # A name the grammar did not come across reads as empty.
    written = re.findall(r"\w+|\|\||&&", tokens.direction)
    direction: tree.Direction = "either"
    if len(written) == 1:
        direction = written[0]
    elif "and" in written or "&&" in written:
        direction = "both"
    protocol = "ether" if tokens.protocol in LINKS else tokens.protocol or None
    words = Words(protocol, direction, tokens.kind or "host")
    return Qualified(words, tokens[-1])


def _value(text: str, at: int, tokens: pp.ParseResults) -> Value:
    return Value(tokens.text, at + 1, tokens.bits or None, tokens.mask or None)


def _group(text: str, at: int, tokens: pp.ParseResults) -> tree.Group:
    layer, kind = tokens.layer or "ether", tokens.cast
    layer = "ether" if layer in LINKS else layer
    if layer not in ("ether", "ip", "ip6") or (layer, kind) == ("ip6", "broadcast"):
        raise InvalidValueError(f"`{layer}` does not go with `{kind}`", at + 1)
    return tree.Group(layer, kind)


def _sized(text: str, at: int, tokens: pp.ParseResults) -> tree.Comparison:
    word, number = tokens
    operator = "<=" if word == "less" else ">="
    return tree.Comparison(operator, tree.Length(), tree.Number(number_of(number, at + 1)))


def _byte(text: str, at: int, tokens: pp.ParseResults) -> tree.Comparison:
    """`byte N op N`: with `&` and `|` the outcome must not be 0."""
    _, offset, operator, written = tokens
    byte = tree.Bytes("ether", tree.Number(number_of(offset, at + 1)), 1)
    value = tree.Number(number_of(written, at + 1))
    if operator in "&|":
        return tree.Comparison("!=", tree.Calculation(operator, byte, value), tree.Number(0))
    return tree.Comparison(operator, byte, value)


_MOST = {"vlan": 0xFFF, "mpls": 0xFFFFF, "pppoes": 0xFFFF}
_CALLED = {"vlan": "VLAN", "mpls": "MPLS label", "pppoes": "PPPoE session"}


def _moved(text: str, at: int, tokens: pp.ParseResults) -> tree.Condition:
    """`vlan`, `mpls` or `pppoes`, with or without a number."""
    word, *rest = tokens
    number = number_of(rest[0], at + 1) if rest else None
    if number is not None and number > _MOST[word]:
        raise InvalidValueError(f"{_CALLED[word]} {number} is beyond {_MOST[word]}", at + 1)
    if word == "vlan":
        return tree.Vlan(number)
    return tree.Mpls(number) if word == "mpls" else tree.Pppoe(number, False)


def _interface(text: str, at: int, tokens: pp.ParseResults) -> tree.Interface:
    return tree.Interface(number_of(tokens[1], at + 1))


def _llc_kind() -> pp.ParserElement:
    return pp.Regex(r"(?!(?:and|or|not)(?![-.\w]))[A-Za-z][-.\w]*").set_name("kind of LLC frame")


def _llc(text: str, at: int, tokens: pp.ParseResults) -> tree.Llc:
    if len(tokens) == 1:
        return tree.Llc(None)
    kind = tokens[1].lower()
    if kind not in LLC_KINDS:
        raise InvalidValueError(f"`{tokens[1]}` is no kind of LLC frame", at + 1, tuple(LLC_KINDS))
    return tree.Llc(kind)


def _not_here(text: str, at: int, tokens: pp.ParseResults) -> tree.Condition:
    word = tokens.word
    raise InvalidValueError(f"`{word}` is not supported in filters: {NOT_HERE[word]}", at + 1)
