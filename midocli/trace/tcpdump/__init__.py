"""What tcpdump 4.99.3 prints for an Ethernet frame, byte for byte.

- `flags.parse_flags` reads `-nnn -vvv -X -e` and the like.
- `printer.Printer` prints frames; `printer.banner` is the line before a capture.
- `protocols` is the table of the protocols known: each has a file of its own here.

Without `-n`, ports, IP protocols and the vendors of MACs have names, from tables kept
here; hosts are never looked up.
"""
