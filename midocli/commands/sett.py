"""`sett` and `cleart`: the tenant of what is created and listed."""

from __future__ import annotations

import re

from grammar.commands.sett import Tenant
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.results.values import Message, Result


@carries_out(Tenant)
def tenant(context: Context, command: Tenant) -> Result:
    """The tenant, in midonet-cli's words, with its warning about Keystone's ids."""
    context.choose_tenant(command.name)
    warning = ""
    if command.name is not None and not re.fullmatch("[0-9a-fA-F]{32}", command.name):
        warning = (
            f"WARNING!: tenant_id={command.name} is not a 32-char hex string, "
            "which is used in Keystone for project id format\n"
        )
    return Message(f"{warning}tenant_id: {command.name}")
