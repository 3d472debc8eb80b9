"""The messages of test_tcpdump_services.py, as recorded from tcpdump 4.99.3."""

from __future__ import annotations

from unit.test_tcpdump_real import in_order
from unit.test_tcpdump_services import FLAGS, MESSAGES, RECORDED, frames_of

from midocli.trace.tcpdump.flags import parse_flags
from midocli.trace.tcpdump.printer import Printer


def test_messages_print_as_recorded() -> None:
    frames = in_order([frame for name in MESSAGES for frame in frames_of(name)])
    printed = ""
    for flags in FLAGS:
        printer = Printer(parse_flags(flags), 0)
        printed += f"# {flags}\n" + "".join(printer.frame(*frame) for frame in frames)
    # parity: tcpdump-services
    assert printed == RECORDED.read_text(encoding="latin-1")
