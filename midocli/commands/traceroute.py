"""`traceroute`: the routers on the way."""

from __future__ import annotations

from grammar.commands.traceroute import Traceroute
from midocli.commands.probing import probes
from midocli.probes.traceroute import TracerouteProbe

probes(Traceroute, TracerouteProbe)
