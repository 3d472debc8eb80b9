"""Collections that show the objects of others: which these are, and where they are numbered."""

from __future__ import annotations

from grammar.schema import Collection
from midocli.store.rows import Row, Siblings


def renumbers(view: Collection, collection: Collection) -> bool:
    """Whether a view gives rows of a collection an alias of its own.

    It does where it shows rows of several parents at once.
    """
    return (
        collection.path in view.gathers
        and view.has_id
        and not view.through
        and view.path.count(".") < collection.path.count(".")
    )


def holder_in(view: Collection, row: Row) -> Row | None:
    """The row in which a view numbers a row, None at the root."""
    holder = row.parent
    while holder is not None and holder.collection.path != view.parent:
        holder = holder.parent
    return holder


def referring(view: Collection, parent: Row | None) -> Siblings:
    """The rows that refer to a parent by the field the view goes through."""
    found = Siblings(False)
    for row, index in (parent.referrers if parent else None) or ():
        if row.collection.path in view.gathers and (
            row.collection.fields[index].name == view.through
        ):
            found.by_number[len(found.by_number)] = row
    return found
