"""An order of rows, against a plain list; and what it costs, in comparisons."""

from __future__ import annotations

from typing import ClassVar

from hypothesis import given, settings
from hypothesis import strategies as st

from midocli.store.order import Order, Run


class Item:
    """What stands in an order; how often any was compared is counted."""

    compared: ClassVar[int] = 0

    def __init__(self) -> None:
        self.run: Run | None = None

    def __eq__(self, other: object) -> bool:
        Item.compared += 1
        return self is other

    def __hash__(self) -> int:
        return id(self)


def insert(order: Order, plain: list[Item], place: int) -> None:
    item = Item()
    order.insert(place, item)
    plain.insert(place - 1, item)


def same(order: Order, plain: list[Item]) -> bool:
    return list(map(id, order)) == list(map(id, plain)) and len(order) == len(plain)


@settings(deadline=None, max_examples=30, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 10**6)), min_size=1, max_size=1500))
def test_an_order_is_a_list(draws: list[tuple[int, int]]) -> None:
    order, plain = Order(), list[Item]()
    for kind, number in draws:
        for _ in range(5):
            if kind < 3 or not plain:
                place = (number % (len(plain) + 1) + 1, 1, len(plain) + 1)[kind % 3]
                insert(order, plain, place)
            else:
                item = plain.pop(number % len(plain))
                assert order.place(item) == number % (len(plain) + 1) + 1
                order.remove(item)
                assert item.run is None
    assert same(order, plain)
    assert [order.place(item) for item in plain] == list(range(1, len(plain) + 1))


def test_rows_keep_coming_at_one_place() -> None:
    for place in ("first", "last", "middle", "behind the last one in the middle"):
        order, plain = Order(), list[Item]()
        for _ in range(1000):
            insert(order, plain, 1)
        for number in range(3000):
            insert(order, plain, {"first": 1, "last": len(plain) + 1}.get(place, 500))
            if place.startswith("behind"):
                insert(order, plain, 501 + number)
        assert same(order, plain), place
        assert len(order._runs) < 4 * len(plain) / 512 + 4, place


def comparisons(count: int, step: int) -> int:
    """How many there are when so many rows are taken out, every so many of them, and put back."""
    order, plain = Order(), list[Item]()
    for _ in range(count):
        insert(order, plain, 1)
    Item.compared = 0
    for number in range(count):
        item = plain[number * step % count]
        order.insert(order.remove(item), item)
        order.remove(item)
    assert len(order) == 0
    return Item.compared


def test_taking_rows_out_costs_the_same_however_many_there_are() -> None:
    for step in (1, -1, 7919):
        assert comparisons(6_000, step) <= 5 * comparisons(1_500, step), step
