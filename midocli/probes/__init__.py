"""Commands that make traffic: each drives the simulator and sums up what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar import tree

if TYPE_CHECKING:
    from midocli.commands.interpreter import Interpreter
    from midocli.results.values import Result


def run_probe(interpreter: Interpreter, command: tree.Probe) -> Result:
    """Run a probe; only its own module is loaded."""
    match command:
        case tree.Ping():
            from midocli.probes.ping import Ping

            return Ping(interpreter, command).run()
        case tree.Traceroute():
            from midocli.probes.traceroute import Traceroute

            return Traceroute(interpreter, command).run()
        case tree.Arping():
            from midocli.probes.arping import Arping

            return Arping(interpreter, command).run()
        case tree.Connect():
            from midocli.probes.connect import Connect

            return Connect(interpreter, command).run()
        case tree.Dhcp():
            from midocli.probes.dhcp import Dhcp

            return Dhcp(interpreter, command).run()
        case tree.Inject():
            from midocli.probes.inject import Inject

            return Inject(interpreter, command).run()
        case tree.Tcpdump():
            from midocli.probes.running import RunningCaptures

            interpreter.captures = interpreter.captures or RunningCaptures(interpreter)
            return interpreter.captures.start(command)
        case tree.ReadCapture():
            from midocli.probes.reading import read_capture

            return read_capture(interpreter, command)
