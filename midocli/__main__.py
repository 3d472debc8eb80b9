"""`python -m midocli`."""

from midocli.cli import entry_point

entry_point()
