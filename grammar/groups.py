"""The groups in which `help` shows the words of the language, as someone looks for them.

Every verb, collection at the root and command declares its group; nothing else lists them.
"""

from __future__ import annotations

from typing import Literal

Group = Literal[
    "changing",
    "devices",
    "filters",
    "machines",
    "services",
    "sending",
    "watching",
    "looking",
    "session",
]

#: What the groups are called, in the order in which one needs them.
GROUPS: dict[Group, str] = {
    "changing": "Change",
    "devices": "Devices",
    "filters": "Filter/NAT",
    "machines": "Machines",
    "services": "Services",
    "sending": "Send",
    "watching": "See",
    "looking": "Look",
    "session": "Session",
}
