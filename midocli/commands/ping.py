"""`ping`: echo requests, and what became of them."""

from __future__ import annotations

from grammar.commands.ping import Ping
from midocli.commands.probing import probes
from midocli.probes.ping import PingProbe

probes(Ping, PingProbe)
