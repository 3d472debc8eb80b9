"""`connect`: a TCP connection, or a UDP datagram."""

from __future__ import annotations

from grammar.commands.connect import Connect
from midocli.commands.probing import probes
from midocli.probes.connect import ConnectProbe

probes(Connect, ConnectProbe)
