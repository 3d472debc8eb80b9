"""A guest's own view of itself: `ip addr`, `ip route`, `ip neigh` and `brctl show`.

The words are those of iproute2 (the generation that sets two blanks before
`proto` in a route) and bridge-utils.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grammar.addresses import Cidr, format_ipv4
from grammar.errors import InvalidValueError
from midocli.datapath.datapath import Datapath
from midocli.datapath.learnt_tables import neighbours
from midocli.store.rows import Row

_UP = "<BROADCAST,MULTICAST,UP,LOWER_UP>"
_DOWN = "<BROADCAST,MULTICAST>"
_LOOPBACK = """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever"""
_LIFETIME = "       valid_lft forever preferred_lft forever"


class Device(NamedTuple):
    """A network device of a guest."""

    name: str
    mac: str
    mtu: int
    up: bool
    addresses: tuple[Cidr, ...]
    master: str | None = None


def run_program(datapath: Datapath, guest: Row, words: Sequence[str]) -> str:
    """What a program prints on a guest, without the last line break.

    InvalidValueError where the guest has no such program.
    """
    program, *arguments = words
    if program == "brctl":
        if arguments in (["show"], []):
            return _brctl_show(guest)
    elif arguments:
        what, *rest = arguments
        device = _device_named(rest)
        if device is not None:
            for name, show in _OBJECTS.items():
                if name.startswith(what):
                    return "\n".join(show(datapath, guest, device))
    raise InvalidValueError(
        f"{' '.join(words)[:60]!r} is not known on a guest: there are ip addr, ip route, "
        "ip neigh and brctl show"
    )


def _device_named(words: Sequence[str]) -> str | None:
    """The device in `[show|list] [dev] [NAME]`, empty for all, None where it is not that."""
    rest = list(words)
    if rest and ("show".startswith(rest[0]) or "list".startswith(rest[0])):
        rest.pop(0)
    if rest and rest[0] == "dev":
        rest.pop(0)
    return (rest or [""])[0] if len(rest) <= 1 else None


def devices(guest: Row) -> Iterator[Device]:
    """A guest's devices but for the loopback, bridges before their ports."""
    up = guest.get("state") == "up"
    bridge = guest.get("dev")
    for row in (guest, *(guest.siblings("guest.nic") or ())):
        addresses = row.get("address") or ()
        yield Device(row.get("dev"), row.get("mac"), row.get("mtu"), up, addresses)
    ports = guest.get("bridge-ports") or ()
    interface = guest.get("interface")
    for port in ports:
        # The other end of the only port's veth pair is the host's interface.
        end = f"@{interface.get('iface')}" if interface and len(ports) == 1 else ""
        yield Device(port + end, guest.get("mac"), guest.get("mtu"), up, (), bridge)


def _addr(datapath: Datapath, guest: Row, only: str) -> Iterator[str]:
    if only in ("", "lo"):
        yield _LOOPBACK
    for number, device in enumerate(devices(guest), 2):
        if only in ("", device.name, device.name.partition("@")[0]):
            yield from _device_lines(number, device)


def _device_lines(number: int, device: Device) -> Iterator[str]:
    master = f" master {device.master}" if device.master else ""
    state = "UP" if device.up else "DOWN"
    flags = _UP if device.up else _DOWN
    yield (
        f"{number}: {device.name}: {flags} mtu {device.mtu} qdisc noqueue{master} "
        f"state {state} group default qlen 1000"
    )
    yield f"    link/ether {device.mac} brd ff:ff:ff:ff:ff:ff"
    for cidr in device.addresses:
        broadcast = cidr.address | ~cidr.mask & 0xFFFFFFFF
        shown = f"brd {format_ipv4(broadcast)} " if cidr.length < 31 else ""
        yield f"    inet {_whole(cidr)} {shown}scope global {device.name}"
        yield _LIFETIME


def _route(datapath: Datapath, guest: Row, only: str) -> Iterator[str]:
    """The default route first, then by destination; a device that is down has none."""
    if guest.get("state") != "up":
        return
    routes: list[tuple[int, int, str]] = []
    if guest.get("gw") is not None:
        routes.append((-1, 0, f"default {_via(guest, guest.get('gw'))}"))
    for device in devices(guest):
        for cidr in device.addresses:
            if cidr.length < 32:
                network = Cidr(cidr.network, cidr.length)
                routes.append(
                    (
                        *network,
                        f"{_whole(network)} dev {device.name}  proto kernel  scope link  "
                        f"src {format_ipv4(cidr.address)}",
                    )
                )
    for route in guest.siblings("guest.route") or ():
        dst = route.get("dst")
        name = "default" if dst.length == 0 else _prefix(Cidr(dst.network, dst.length))
        routes.append((dst.network, dst.length, f"{name} {_via(guest, route.get('gw'))}"))
    for *_, line in sorted(routes):
        if only in ("", *line.split()[line.split().index("dev") + 1 :][:1]):
            yield line


def _via(guest: Row, gateway: int | None) -> str:
    """`via GATEWAY dev DEVICE`, the device being the one whose network has the gateway."""
    found = [
        device.name
        for device in devices(guest)
        for cidr in device.addresses
        if gateway is not None and not (gateway ^ cidr.address) & cidr.mask
    ]
    device = (found or [guest.get("dev")])[0]
    if gateway is None:
        return f"dev {device}  scope link"
    return f"via {format_ipv4(gateway)} dev {device}"


def _neigh(datapath: Datapath, guest: Row, only: str) -> Iterator[str]:
    for address, device, mac, state in neighbours(datapath, guest):
        if only in ("", device):
            known = f" lladdr {mac}" if mac else ""
            yield f"{format_ipv4(address)} dev {device}{known} {state}"


def _brctl_show(guest: Row) -> str:
    lines = ["bridge name\tbridge id\t\tSTP enabled\tinterfaces"]
    first, *others = guest.get("bridge-ports") or ("",)
    if first:
        groups = (int(group, 16) for group in guest.get("mac").split(":"))
        identifier = "8000." + bytes(groups).hex()
        lines.append(f"{guest.get('dev')}\t\t{identifier}\tno\t\t{first}")
        lines += [f"\t\t\t\t\t\t\t{port}" for port in others]
    return "\n".join(lines)


def _whole(cidr: Cidr) -> str:
    return f"{format_ipv4(cidr.address)}/{cidr.length}"


def _prefix(cidr: Cidr) -> str:
    return format_ipv4(cidr.address) if cidr.length == 32 else _whole(cidr)


_OBJECTS = {"address": _addr, "route": _route, "neighbour": _neigh, "neighbor": _neigh}
