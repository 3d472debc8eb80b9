"""The ways between hosts: tunnels through the underlay, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Tunnel:
    """The outer addresses of tunnel packets from one host to another, as integers."""

    type: Literal["vxlan", "gre"]
    src: int
    dst: int
    src_mac: int
    dst_mac: int


@dataclass(frozen=True, slots=True)
class Crossing:
    """The way from the host `here` to the host `there`, both by alias.

    Without a tunnel nothing gets across, unless there are no `zones` of tunnels at all: then
    the underlay is not modelled, and frames simply arrive.
    """

    here: str
    there: str
    tunnel: Tunnel | None = None
    zones: bool = False
