"""`sett`: the session's tenant."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import Declaration, argument, build
from grammar.tree import Command
from grammar.words import quoted


class Tenant(Command):
    """Choose the session's tenant, or (None) none."""

    word = "sett"
    shows_objects = False
    name: str | None

    def written(self) -> list[str]:
        return ["cleart"] if self.name is None else ["sett", quoted(self.name)]


def _tenant() -> pp.ParserElement:
    tenant = argument("a tenant id", "tenant")
    return build(tenant, lambda tokens: Tenant(tokens[0].text))


SETT = Declaration(
    "sett",
    "chooses the tenant of what is created and listed",
    group="session",
    rank=12,
    usage=("sett TENANT",),
    examples=("sett 0123456789abcdef0123456789abcdef",),
    see=("cleart", "tenant"),
    follows=_tenant,
)
