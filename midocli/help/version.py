"""The version, said once: the package, the wheel and `--version` read it here."""

from __future__ import annotations

VERSION = "0.2.0"
