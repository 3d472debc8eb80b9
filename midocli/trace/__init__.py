"""Views over what the simulator saw: tcpdump text, explanations, capture files.

Nothing is imported here; take what is needed from its module:

- `capture.CapturedFrame`: a frame as seen at a point.
- `tcpdump.flags.parse_flags`, `tcpdump.printer.Printer` and `banner`: tcpdump's text.
- `filter.compile_filter`: tcpdump's filter expressions as predicates over frames.
- `capture_reader.open_capture`, `pcapng.pcapng_writer` and `pcap.PcapWriter`: capture files.
"""
