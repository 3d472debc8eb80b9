"""`python -m midocli`."""

from midocli.app.cli import entry_point

entry_point()
