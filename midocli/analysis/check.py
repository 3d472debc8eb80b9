"""`check`: what is wrong in a topology, and what is worth a look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from grammar.addresses import format_ipv4
from midocli.advice.whereabouts import bridge_of, guests, mac_of, port_of
from midocli.analysis.ends import name_of
from midocli.results.values import Record, Result
from midocli.simulator.wire.addresses import LOOPBACK, Prefix, mac_text
from midocli.store.display import binding_of, is_vxlan
from midocli.store.rows import Row

if TYPE_CHECKING:
    from midocli.store.store import Store


class Finding(NamedTuple):
    """Something found: an error or a remark, a stable code, where, and one sentence."""

    is_error: bool
    code: str
    at: str
    text: str


class Findings(Result):
    """All that was found; remarks alone are no failure."""

    found: Sequence[Finding]

    @property
    def succeeded(self) -> bool:
        """Whether there are no errors."""
        return not any(each.is_error for each in self.found)

    def text(self) -> str:
        """A line for each, errors first."""
        ordered = sorted(self.found, key=lambda each: not each.is_error)
        kinds = {True: "error", False: "remark"}
        return "".join(f"{kinds[each.is_error]}: {each.at}: {each.text}\n" for each in ordered)

    def document(self) -> dict[str, Any]:
        """Errors and remarks."""
        return {
            "errors": [_data(each) for each in self.found if each.is_error],
            "remarks": [_data(each) for each in self.found if not each.is_error],
        }

    def records(self) -> Sequence[Record]:
        """A row for each."""
        return [
            {"kind": "error" if each.is_error else "remark", **_data(each)} for each in self.found
        ]


def _data(finding: Finding) -> dict[str, str]:
    return {"code": finding.code, "at": finding.at, "text": finding.text}


class End(NamedTuple):
    """A machine's interface, or a router's port, on a link, and the networks it is in."""

    row: Row
    addresses: tuple[int, ...]
    networks: tuple[Prefix, ...]
    mac: int

    @property
    def name(self) -> str:
        return self.row.full_alias


class Links:
    """Which interfaces are on one link: bridges that are linked untagged are one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._of: dict[int, int] = {}
        self.ends: dict[int, list[End]] = {}
        #: Links on which a port leads to an interface behind which nobody is known.
        self.open: set[int] = set()
        #: Addresses for which a bridge answers, having been told the MAC.
        self.told: dict[int, set[int]] = {}
        self.rows: dict[int, Row] = {}
        for port in _rows(store, "bridge", "bridge.port"):
            peer = port.get("peer")
            is_bridges = peer is not None and peer.collection.path == "bridge.port"
            if is_bridges and not port.get("vlan") and not peer.get("vlan"):
                self._join(_parent(port), _parent(peer))
        self._fill()

    def _root(self, key: int) -> int:
        while key in self._of:
            key = self._of[key]
        return key

    def _join(self, one: Row, other: Row) -> None:
        first, second = self._root(one.id), self._root(other.id)
        if first != second:
            self._of[second] = first

    def of(self, port: Row | None) -> int | None:
        """The link of a port, by the key of something on it."""
        bridge = bridge_of(port)
        if bridge is not None:
            self.rows.setdefault(self._root(bridge.id), bridge)
            return self._root(bridge.id)
        if port is None:
            return None
        peer = port.get("peer")
        key = min(port.id, peer.id) if peer is not None else port.id
        self.rows.setdefault(key, port)
        return key

    def _fill(self) -> None:
        occupied = set()
        for guest, nic in guests(self._store):
            port = port_of(nic)
            link = self.of(port)
            if port is None or link is None:
                continue
            occupied.add(port.id)
            if nic.get("vlan"):
                self.open.add(link)
                continue
            nets = tuple((int(cidr.address), cidr.length) for cidr in nic.get("address") or ())
            nets = tuple(net for net in nets if net[0] and net[0] >> 24 != LOOPBACK)
            addresses = tuple(address for address, _ in nets)
            self.ends.setdefault(link, []).append(End(guest, addresses, nets, mac_of(nic)))
        for port in _rows(self._store, "router", "router.port"):
            address = port.get("address")
            addresses = () if address is None else (int(address),)
            link = self.of(port)
            assert link is not None
            net = port.get("net")
            nets = () if net is None else ((int(net.address), net.length),)
            self.ends.setdefault(link, []).append(End(port, addresses, nets, mac_of(port)))
        for bridge in self._store.rows("bridge"):
            told = {int(each.get("address")) for each in bridge.siblings("bridge.arp") or ()}
            self.told.setdefault(self._root(bridge.id), set()).update(told)
        for kind in ("bridge", "router"):
            for port in _rows(self._store, kind, f"{kind}.port"):
                tagged = kind == "bridge" and port.get("vlan")
                if tagged or (binding_of(port) is not None and port.id not in occupied):
                    link = self.of(port)
                    assert link is not None
                    self.open.add(link)


def findings(store: Store) -> list[Finding]:
    """All that is to be said of a topology."""
    links = Links(store)
    return [
        *_duplicates(links),
        *_addressless_routes(store),
        *_gateways(store, links),
        *_unlinked(store),
        *_isolated(store, links),
    ]


def _duplicates(links: Links) -> Iterator[Finding]:
    """Addresses and MACs that two have on one link."""
    for link, ends in links.ends.items():
        where = links.rows[link].full_alias
        addresses: dict[int, dict[str, None]] = {}
        macs: dict[int, dict[str, None]] = {}
        for end in ends:
            for address in end.addresses:
                addresses.setdefault(address, {})[end.name] = None
            if end.mac:
                macs.setdefault(end.mac, {})[end.name] = None
        for address, names in addresses.items():
            if len(names) > 1:
                text = f"{format_ipv4(address)} is the address of {' and '.join(names)}"
                yield Finding(True, "duplicate-address", where, text)
        for mac, names in macs.items():
            if len(names) > 1:
                text = f"{mac_text(mac)} is the MAC of {' and '.join(names)}"
                yield Finding(True, "duplicate-mac", where, text)


def _addressless_routes(store: Store) -> Iterator[Finding]:
    """Routes out of ports that have no address to ask from who is there."""
    for route in _rows(store, "router", "router.route"):
        port = route.get("port")
        if route.get("type") == "normal" and port is not None and port.get("address") is None:
            text = f"it leads out of {port.full_alias}, which has no address"
            yield Finding(True, "route-without-address", route.full_alias, text)


def _gateways(store: Store, links: Links) -> Iterator[Finding]:
    """Gateways that are on no link of who uses them, or that nobody there is."""
    for guest in store.rows("guest"):
        gateway = guest.get("gw")
        if gateway:
            yield from _guest_gateway(guest, int(gateway), links)
    for route in _rows(store, "router", "router.route"):
        gateway, port = route.get("gw"), route.get("port")
        if route.get("type") == "normal" and gateway and port is not None:
            yield from _asked_for(route.full_alias, int(gateway), links.of(port), links)


def _guest_gateway(guest: Row, gateway: int, links: Links) -> Iterator[Finding]:
    nics = [guest, *(guest.siblings("guest.nic") or ())]
    for nic in nics:
        for cidr in nic.get("address") or ():
            mask = -1 << 32 - cidr.length
            if not (cidr.address ^ gateway) & mask:
                if not nic.get("vlan"):
                    yield from _asked_for(guest.full_alias, gateway, links.of(port_of(nic)), links)
                return
    text = f"its gateway {format_ipv4(gateway)} is in none of its networks"
    yield Finding(True, "unreachable-gateway", guest.full_alias, text)


def _asked_for(who: str, gateway: int, link: int | None, links: Links) -> Iterator[Finding]:
    """What is to be said of a gateway on a link."""
    if link is None:
        text = f"its gateway {format_ipv4(gateway)} cannot be reached: it is plugged in nowhere"
        yield Finding(True, "unreachable-gateway", who, text)
    elif gateway in links.told.get(link, ()):
        return
    elif not any(gateway in end.addresses for end in links.ends.get(link, ())):
        where = links.rows[link].full_alias
        if link not in links.open:
            text = f"nobody on {where} has {format_ipv4(gateway)}, its gateway"
            yield Finding(True, "unreachable-gateway", who, text)
        else:
            text = f"no machine is known on {where} that has {format_ipv4(gateway)}, its gateway"
            yield Finding(False, "unknown-gateway", who, text)


def _unlinked(store: Store) -> Iterator[Finding]:
    """Ports behind which there is nothing."""
    for kind in ("bridge", "router"):
        for port in _rows(store, kind, f"{kind}.port"):
            if port.get("peer") is None and binding_of(port) is None and not is_vxlan(port):
                text = "it is neither bound to an interface nor linked to another port"
                yield Finding(False, "unlinked-port", port.full_alias, text)


def _isolated(store: Store, links: Links) -> Iterator[Finding]:
    """Bridges with machines that no router, and nothing unknown, leads away from."""
    seen = set()
    for bridge in store.rows("bridge"):
        ports = list(bridge.siblings("bridge.port") or ())
        link = links.of(ports[0]) if ports else None
        if link is None or link in seen or link in links.open:
            continue
        seen.add(link)
        ends = links.ends.get(link, ())
        if ends and all(end.row.collection.path == "guest" for end in ends):
            names = ", ".join(dict.fromkeys(name_of(end.row) for end in ends))
            yield Finding(
                False, "isolated-network", bridge.full_alias, f"no router leads away from {names}"
            )


def _rows(store: Store, kind: str, path: str) -> Iterator[Row]:
    for parent in store.rows(kind):
        yield from parent.siblings(path) or ()


def _parent(row: Row) -> Row:
    assert row.parent is not None
    return row.parent
