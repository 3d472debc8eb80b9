"""What makes the entries sound that a bridge is told: of its MAC table, and addresses."""

from __future__ import annotations

from grammar.addresses import mac_number
from grammar.errors import ConflictError, RefusedError
from midocli.store.policy import Edit, Policy
from midocli.store.rows import Row


class MacPolicy(Policy):
    """A MAC is behind one port of the bridge in each VLAN (`MacTableResource.scala`)."""

    def before_create(self, edit: Edit, row: Row) -> None:
        row.values[row.collection.index["static"]] = True
        port = row.get("port")
        if port.parent is not row.parent:
            bridge = row.parent.full_alias if row.parent is not None else ""
            raise RefusedError(f"{port.full_alias} is not a port of {bridge}", "port")
        refuse_group(row)
        for other in (row.parent.siblings("bridge.mac") if row.parent else None) or ():
            if place_of(other) == place_of(row):
                where = f"behind {other.get('port').full_alias} already"
                raise ConflictError(f"{row.get('mac')} is {where}", "mac")


class ArpPolicy(Policy):
    """An address has the MAC of one machine."""

    def before_create(self, edit: Edit, row: Row) -> None:
        refuse_group(row)


def place_of(row: Row) -> tuple[int, int]:
    """The VLAN and MAC of an entry, however they were typed."""
    return row.get("vlan"), mac_number(row.get("mac"))


def refuse_group(row: Row) -> None:
    """RefusedError for the MAC of a group, which is behind no port."""
    if mac_number(row.get("mac")) >> 40 & 1:
        raise RefusedError(f"{row.get('mac')} is the MAC of a group", "mac")
