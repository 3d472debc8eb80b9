"""The grammar of filter expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Literal

import pyparsing as pp

from grammar.errors import InvalidValueError, LineSyntaxError
from grammar.filter.arithmetic import comparison, number_of
from grammar.filter.limits import check_depth
from grammar.filter.parsed import Negation, Parsed, Qualified, Series, Value, Words
from grammar.filter.tree import Comparison, Direction, Group, Length, Number, Protocol, Vlan
from grammar.filter.words import (
    CASTS,
    CONSTANTS,
    EXPECTED,
    KINDS,
    LENGTHS,
    PROTOCOLS,
    RESERVED,
    SIZES,
    STANDING_ALONE,
)


def read(expression: str) -> Parsed:
    """What an expression says, word by word; LineSyntaxError where it is none."""
    try:
        parsed: Parsed = _language().parse_string(expression, parse_all=True)[0]
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
def _language() -> pp.ParserElement:
    """The grammar. Its parse actions only build values of `tree` and `parsed`."""
    protocol = _one_of(PROTOCOLS).set_name("protocol")
    number = pp.Regex(r"(?:0[xX][0-9a-fA-F]+|[0-9]+)(?![\w.])").set_name("number")
    compared = _comparisons(protocol, number)

    both = r"\s*(?:\b(?:or|and)\b|\|\||&&)\s*"
    direction = pp.Regex(rf"(?:src{both}dst|dst{both}src|src|dst)(?![-.\w])")
    kind = _one_of(KINDS)
    words = pp.Optional(protocol("protocol")) + (
        direction("direction") + pp.Optional(kind("kind")) | (kind | _one_of(["proto"]))("kind")
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
        | (_one_of(["vlan"]) + pp.Optional(number)).add_parse_action(_vlan)
        | _one_of(STANDING_ALONE).add_parse_action(lambda tokens: Protocol(tokens[0]))
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
    direction: Direction = "either"
    if len(written) == 1:
        direction = written[0]
    elif "and" in written or "&&" in written:
        direction = "both"
    words = Words(tokens.protocol or None, direction, tokens.kind or "host")
    return Qualified(words, tokens[-1])


def _value(text: str, at: int, tokens: pp.ParseResults) -> Value:
    return Value(tokens.text, at + 1, tokens.bits or None, tokens.mask or None)


def _group(text: str, at: int, tokens: pp.ParseResults) -> Group:
    layer, kind = tokens.layer or "ether", tokens.cast
    if layer not in ("ether", "ip", "ip6") or (layer, kind) == ("ip6", "broadcast"):
        raise InvalidValueError(f"`{layer}` does not go with `{kind}`", at + 1)
    return Group(layer, kind)


def _sized(text: str, at: int, tokens: pp.ParseResults) -> Comparison:
    word, number = tokens
    operator = "<=" if word == "less" else ">="
    return Comparison(operator, Length(), Number(number_of(number, at + 1)))


def _vlan(text: str, at: int, tokens: pp.ParseResults) -> Vlan:
    if len(tokens) == 1:
        return Vlan(None)
    number = number_of(tokens[1], at + 1)
    if number > 0xFFF:
        raise InvalidValueError(f"VLAN {number} is beyond 4095", at + 1)
    return Vlan(number)
