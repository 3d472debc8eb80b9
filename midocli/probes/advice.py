"""For a reason, the command that would obviously change it, where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grammar.addresses import format_ipv4
from midocli.simulator.reason import Code, Reason

if TYPE_CHECKING:
    from midocli.interpreter import Interpreter


def remedy(interpreter: Interpreter, reason: Reason) -> str | None:
    """A command that would make this reason go away, None where none is obvious."""
    advise = _ADVICE.get(reason.code)
    return advise(interpreter, reason) if advise else None


def _no_route(interpreter: Interpreter, reason: Reason) -> str | None:
    if "there" in reason.details:
        return f"tunnel-zone TUNNEL-ZONE add member host {reason.details['there']} address ADDRESS"
    address = reason.details.get("destination")
    if not isinstance(address, int):
        return None
    if reason.at.startswith("guest"):
        return f"guest {reason.at} add route dst {format_ipv4(address)} gw GATEWAY"
    port = interpreter.named("port", str(reason.details.get("port")))
    if port is not None:
        return _inactive(interpreter, reason) or f"{port.full_alias} set peer PORT"
    connected: Any = reason.details.get("connected") or ()
    if connected:
        alias, (network, length) = connected[0]
        return (
            f"router {reason.at} add route dst {format_ipv4(network)}/{length} "
            f"type normal port {alias}"
        )
    return f"router {reason.at} add route dst {format_ipv4(address)} type normal port PORT"


def _route(interpreter: Interpreter, reason: Reason) -> str | None:
    route = reason.details.get("route")
    return f"delete {reason.at}:{str(route).rpartition(':')[2]}" if route else None


def _rule(interpreter: Interpreter, reason: Reason) -> str | None:
    return f"delete {reason.rule}" if reason.rule else None


def _admin_down(interpreter: Interpreter, reason: Reason) -> str | None:
    at = str(reason.details.get("down", reason.at))
    return f"{at} set state up"


def _ttl(interpreter: Interpreter, reason: Reason) -> str | None:
    return "ping with a larger ttl"


def _unplugged(interpreter: Interpreter, reason: Reason) -> str | None:
    if interpreter.named("guest", reason.at) is not None:
        return f"guest {reason.at} set interface HOST:INTERFACE"
    if ":" in reason.at and interpreter.named("port", reason.at) is None:
        host, _, interface = reason.at.partition(":")
        return f"host {host} add binding port PORT interface {interface}"
    return f"{reason.at} set peer PORT"


def _inactive(interpreter: Interpreter, reason: Reason) -> str | None:
    port = interpreter.named("port", str(reason.details.get("port", reason.at)))
    if port is None:
        return None
    from midocli.store.display import binding_of, interface_of

    binding = binding_of(port)
    if binding is None or binding.parent is None:
        return None
    host = binding.parent
    if not host.get("alive"):
        return f"host {host.full_alias} set alive true"
    interface = interface_of(interpreter.store, binding)
    name = interface.get("iface") if interface else binding.get("interface")
    return f"host {host.full_alias} interface iface {name} set status up"


def _limit(interpreter: Interpreter, reason: Reason) -> str | None:
    return f"{reason.details['limit']} set max-kbps KBPS max-burst-kb KB"


_ADVICE = {
    Code.NO_ROUTE: _no_route,
    Code.BLACKHOLE: _route,
    Code.ROUTE_REJECT: _route,
    Code.RULE_DROP: _rule,
    Code.RULE_REJECT: _rule,
    Code.ADMIN_DOWN: _admin_down,
    Code.TTL_EXPIRED: _ttl,
    Code.UNPLUGGED: _unplugged,
    Code.RATE_LIMITED: _limit,
    Code.PORT_INACTIVE: _inactive,
}
