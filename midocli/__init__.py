"""midocli: midonet-cli's language with a simulated network behind it."""

__version__ = "0.1.0"
