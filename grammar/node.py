"""The base of syntax tree nodes and other records that are made a few at a time.

A node is declared like a frozen dataclass, but defining one costs next to
nothing: no code is generated. There are dozens, and every start of the program
defines them all. Values made by the thousand are named tuples instead.
"""

from __future__ import annotations

from typing import Any, dataclass_transform

#: Fields that say where something stood or how it was spelled, not what was said.
PLACES = frozenset(("column", "text"))


@dataclass_transform(frozen_default=True, eq_default=False)
class Node:
    """An immutable record of the fields a subclass annotates, behind those of its base.

    Nodes are equal when they are of one class and say the same, wherever it stood.
    """

    __match_args__: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        own = [name for name, kind in cls.__annotations__.items() if "ClassVar" not in str(kind)]
        fields = dict.fromkeys((*cls.__match_args__, *own))
        cls.__match_args__ = tuple(fields)  # type: ignore[misc]

    def __init__(self, *values: Any, **named: Any) -> None:
        names = self.__match_args__
        given = dict(zip(names, values, strict=False)) | named
        missing = [name for name in names if name not in given and not hasattr(type(self), name)]
        if missing or len(values) > len(names) or not given.keys() <= set(names):
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(names)}")
        self.__dict__.update(given)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(
            getattr(self, name) == getattr(other, name)
            for name in self.__match_args__
            if name not in PLACES
        )

    def __hash__(self) -> int:
        return hash(type(self))

    def __repr__(self) -> str:
        values = (f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({', '.join(values)})"
