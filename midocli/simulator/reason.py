"""Why a frame went no further: a value with a stable code, made where it is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

_NOTHING: Mapping[str, object] = MappingProxyType({})


class Code(StrEnum):
    """The reason codes; scripts and tests rely on them, so they never change meaning."""

    NO_ROUTE = "no-route"
    BLACKHOLE = "blackhole"
    ROUTE_REJECT = "route-reject"
    TTL_EXPIRED = "ttl-expired"
    RULE_DROP = "rule-drop"
    RULE_REJECT = "rule-reject"
    ADMIN_DOWN = "admin-down"
    UNPLUGGED = "unplugged"
    PORT_INACTIVE = "port-inactive"
    ARP_TIMEOUT = "arp-timeout"
    WRONG_MAC = "wrong-mac"
    VLAN_MISMATCH = "vlan-mismatch"
    VLAN_ON_ROUTER = "vlan-on-router"
    UNSUPPORTED_ETHERTYPE = "unsupported-ethertype"
    BAD_SOURCE_MAC = "bad-source-mac"
    SAME_PORT = "same-port"
    LOOP = "loop"
    LOCAL_NON_ICMP = "local-non-icmp"
    BGP_SESSION = "bgp-session"
    OWN_ADDRESS = "own-address"
    NO_MEMBER = "no-member"
    REDIRECT_DOWN = "redirect-down"
    FRAGMENTATION_NEEDED = "fragmentation-needed"
    NOT_ADDRESSED_TO_GUEST = "not-addressed-to-guest"
    NO_ANSWER = "no-answer"
    BROADCAST_AT_ROUTER = "broadcast-at-router"
    ARP_IGNORED = "arp-ignored"
    MALFORMED = "malformed"
    NAT_EXHAUSTED = "nat-exhausted"
    RATE_LIMITED = "rate-limited"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why and where a frame ended.

    `at` is the alias of the device, port or guest (or the point) that decided, `rule` the
    alias of the deciding rule, `text` one plain sentence, and `details` what a reader needs to
    say more: addresses as integers, aliases as strings.
    """

    code: Code
    at: str
    rule: str | None
    text: str
    details: Mapping[str, object] = field(default_factory=lambda: _NOTHING)

    def __deepcopy__(self, memo: dict[int, object]) -> Reason:
        """Itself, which never changes: whoever copies a network shares it."""
        return self


@dataclass(frozen=True, slots=True)
class LocalError:
    """Why a machine could not send at all. `text` is the system's own message."""

    code: Literal["network-unreachable", "message-too-long", "no-address"]
    text: str
    mtu: int | None = None
