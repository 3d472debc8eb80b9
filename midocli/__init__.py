"""midocli: midonet-cli's language with a simulated network behind it."""

from midocli.help.version import VERSION as __version__

__all__ = ["__version__"]
