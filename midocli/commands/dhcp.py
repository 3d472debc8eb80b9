"""`dhcp`: a lease for a guest."""

from __future__ import annotations

from grammar.commands.dhcp import Dhcp
from midocli.commands.probing import probes
from midocli.probes.dhcp import DhcpProbe

probes(Dhcp, DhcpProbe)
