"""`arping`: who has an address, asked by ARP."""

from __future__ import annotations

from grammar.commands.arping import Arping
from midocli.commands.probing import probes
from midocli.probes.arping import ArpingProbe

probes(Arping, ArpingProbe)
