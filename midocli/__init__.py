"""midocli: midonet-cli's language with a simulated network behind it."""

from midocli.help.version import VERSION

__all__ = ["__version__"]

__version__ = VERSION
