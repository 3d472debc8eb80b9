"""Advice about load balancers and inserted services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from midocli.probes.failure import Change, Failure
from midocli.probes.labels import find_rule
from midocli.probes.plug_advice import inactive_port
from midocli.store.display import binding_of, interface_of
from midocli.wiring import guest_behind

if TYPE_CHECKING:
    from midocli.interpreter import Interpreter
    from midocli.store.rows import Row


def no_member(interpreter: Interpreter, failure: Failure) -> Iterator[Change]:
    """A VIP's pool has nobody to take the connection."""
    vip = str(failure.reason.details.get("vip", ""))
    for balancer in interpreter.store.rows("load-balancer"):
        for pool in balancer.siblings("load-balancer.pool") or ():
            vips = [each.full_alias for each in pool.siblings("load-balancer.pool.vip") or ()]
            if vip not in vips:
                continue
            path = f"load-balancer {balancer.full_alias} pool {pool.alias}"
            members = list(pool.siblings("load-balancer.pool.member") or ())
            if pool.get("state") == "down":
                yield Change(f"{pool.full_alias} is switched off", (f"{path} set state up",))
                return
            for member in members:
                one = f"{path} member {member.alias} set"
                if member.get("state") == "down":
                    yield Change(f"{member.full_alias} is switched off", (f"{one} state up",))
                elif not member.get("weight"):
                    yield Change(f"{member.full_alias} has no weight", (f"{one} weight 1",))
            if not members:
                yield Change(f"{pool.full_alias} wants a member", ())
            return


def redirect_down(interpreter: Interpreter, failure: Failure) -> Iterator[Change]:
    """A redirect leads to a port that does not work."""
    port = interpreter.named("port", failure.reason.at)
    rule = failure.reason.rule
    if port is None:
        if rule and find_rule(interpreter, rule) is not None:
            yield Change("it leads nowhere", (f"delete {rule}",))
        return
    if port.get("state") == "down":
        yield Change(f"{port.full_alias} is switched off", (f"{port.full_alias} set state up",))
    elif (interface := _interface_of(interpreter, port)) is not None and guest_behind(interface):
        yield from inactive_port(interpreter, port)
    if rule and rule.startswith("l2insertion"):
        why = "let frames pass while the service is down"
        yield Change(why, (f"l2insertion {rule} set fail-open true",))


def _interface_of(interpreter: Interpreter, port: Row) -> Row | None:
    binding = binding_of(port)
    return interface_of(interpreter.store, binding) if binding is not None else None
