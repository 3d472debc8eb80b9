"""`inject`: raw frames, put in at a point."""

from __future__ import annotations

from grammar.commands.inject import Inject
from midocli.commands.probing import probes
from midocli.probes.inject import InjectProbe

probes(Inject, InjectProbe)
