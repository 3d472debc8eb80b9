"""scapy's readers and writers of capture files, imported when first needed."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def scapy_utils() -> Any:
    """The module `scapy.utils`, loaded without a look at the machine's own network."""
    import logging

    import scapy.config

    scapy.config.conf.route_autoload = False
    scapy.config.conf.route6_autoload = False
    scapy.config.conf.ipv6_enabled = False
    # What is wrong with a file is told once, by whoever reads it.
    logging.getLogger("scapy").setLevel(logging.CRITICAL)
    import scapy.utils

    return scapy.utils
