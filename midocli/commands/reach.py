"""`reach`: who can talk to whom."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import grammar
from grammar.addresses import format_ipv4
from grammar.commands.reach import PROTOCOLS, Reach, ReachDiff
from grammar.errors import RefusedError
from midocli.analysis.atoms import Packet
from midocli.analysis.fare import Fate
from midocli.analysis.reach import Answer, Pair, answer
from midocli.analysis.reach_report import report
from midocli.commands.dispatch import carries_out
from midocli.context.labels import find_rule
from midocli.results.values import Result
from midocli.simulator.wire.protocol import ICMP

if TYPE_CHECKING:
    from midocli.context.context import Context
    from midocli.probes.probe import Probe

#: What `connect` needs to end open, and `reach` does not ask for.
_SERVING = " add service "
_NAMES = {number: name for name, number in PROTOCOLS.items()}


@carries_out(Reach)
def reach(context: Context, command: Reach) -> Result:
    """Try the packets in a network of their own, and report on them."""
    found = answer(context, command)
    alone = len(found.pairs) == 1
    advise, naming = partial(_advice, context, found), partial(_chain_of, context)
    return report(found, alone, command.some, advise, naming)


@carries_out(ReachDiff)
def reach_diff(context: Context, command: ReachDiff) -> Result:
    """What became of all pairs since another topology, or since the change began."""
    from midocli.analysis.difference import difference
    from midocli.commands.topologies import committed, pair

    if command.other is None:
        if not context.change.is_open:
            raise RefusedError("no change has begun: say which file to compare with")
        return difference(context, context.beside(committed(context)), command.traffic)
    found = pair(context, command.other)
    after = context if command.other.change is None else context.beside(found.new)
    return difference(after, context.beside(found.old), command.traffic)


def _advice(context: Context, found: Answer, pair: Pair, fate: Fate) -> str | None:
    """What would have refused packets answered: tried with one of them, as for a probe."""
    failure = fate.verdict.failure
    is_question = found.traffic.port is not None or found.traffic.proto == ICMP
    if failure is None or fate.verdict.kind != "refused" or not is_question:
        return None
    if failure.reason.details.get("instead"):  # for a probe, whoever has the address will do
        return None
    packet = found.atoms.packet(fate.atoms.bit_length() - 1)
    from midocli.commands.ways import advised

    line, kind = _probe(failure.source or pair.source.name, pair, packet)
    command = grammar.parse(line)
    assert command is not None
    port = packet.dst_port or None
    best = advised(context, command, kind, [failure._replace(port=port)]).best()
    return "; ".join(line for line in best if _SERVING not in line) or None


def _probe(source: str, pair: Pair, packet: Packet) -> tuple[str, type[Probe]]:
    """The probe that sends a packet, as a line and its kind."""
    from midocli.probes.connect import ConnectProbe
    from midocli.probes.ping import PingProbe

    target = format_ipv4(pair.target.address)
    name = _NAMES[packet.proto]
    if name == "icmp":
        return f"ping {source} {target} count 1 capture none", PingProbe
    ports = f"{packet.dst_port} src-port {packet.src_port}"
    return f"connect {source} {name} {target} {ports} capture none", ConnectProbe


def _chain_of(context: Context, rule: str) -> str:
    """The name of a rule's chain."""
    row = find_rule(context, rule)
    chain = row.parent if row is not None else None
    return str(chain.get("name") or "") if chain is not None else ""
