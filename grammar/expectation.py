"""What may stand at a position of a line, as data."""

from __future__ import annotations

from typing import Literal, NamedTuple

from grammar.schema import Field
from grammar.values import Choice, ListOf, Truth, ValueType

Kind = Literal["verb", "collection", "command", "field", "value", "object", "text", "end"]


class Expectation(NamedTuple):
    """One thing that may come: a word to type, or a kind of word.

    `text` is the word itself, empty where it is a kind; `target` is the path of the collection an
    object must belong to, or that and the field whose value it is (`router name`); `default` is
    what a field is if not given, and `required` one that create cannot do without. A value that is
    `invertible` may stand behind a `!`.
    """

    kind: Kind
    text: str
    help: str
    target: str = ""
    type: ValueType | None = None
    default: str = ""
    invertible: bool = False
    required: bool = False

    @staticmethod
    def of_field(field: Field) -> Expectation:
        """The name of a field that may be given."""
        default = "" if field.default is None else field.type.format(field.default)
        return Expectation("field", field.name, field.help, type=field.type, default=default)

    @staticmethod
    def of_value(field: Field) -> Expectation:
        """The value of a field whose name stands before."""
        target = field.reference.target if field.reference else getattr(field.type, "names", "")
        return Expectation(
            "value", "", field.type.expected, target, field.type, invertible=field.invertible
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The words that would do, where they are known without a store."""
        if self.text:
            return (self.text,)
        kind = self.type.item if isinstance(self.type, ListOf) else self.type
        return kind.words if isinstance(kind, (Choice, Truth)) else ()


#: The line may end here.
END = Expectation("end", "", "the end of the line")
