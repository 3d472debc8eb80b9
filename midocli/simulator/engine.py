"""The discrete-event engine: simulated time jumps from one action to the next."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from heapq import heapify, heappop, heappush
from typing import NoReturn

Action = Callable[[], None]
#: When, as which of those added, what, and whether nothing is on its way until then.
Entry = tuple[int, int, Action, bool]

#: What is added so far ahead is a timer: nothing is on its way.
_AHEAD_NS = 1_000_000_000
#: The place among the actions of its time that an interruption takes: before all others.
_FIRST = -1


class Engine:
    """A queue of actions, each with its time in nanoseconds since the Unix epoch.

    Actions of the same time run in the order they were added. What is pending beyond the time
    asked for stays pending. What is done in the background, and all that it causes, runs when its
    time comes, but with nothing else to do the network is quiet.
    """

    __slots__ = ("_added", "_background", "_heap", "_into", "_running", "is_broken", "now_ns")

    def __init__(self, now_ns: int = 0) -> None:
        self.now_ns = now_ns
        self._heap: list[Entry] = []
        self._background: list[Entry] = []
        #: Which of the two takes what the action that runs adds.
        self._into = self._heap
        self._added = 0
        self._running = False
        #: Whether an action came to no end: what it was to do, or to add, is half done.
        self.is_broken = False

    def at(self, time_ns: int, action: Action) -> None:
        """Do `action` at `time_ns`; a time gone by means now, after what is already due."""
        self._added += 1
        ahead_ns = time_ns - self.now_ns
        if ahead_ns < 0:
            time_ns = self.now_ns
        heappush(self._into, (time_ns, self._added, action, ahead_ns >= _AHEAD_NS))

    def in_background(self, time_ns: int, action: Action) -> None:
        """Do `action` at `time_ns`, after what else is due then, if the time gets there."""
        self._added += 1
        heappush(self._background, (max(time_ns, self.now_ns), self._added, action, True))

    def pending(self) -> tuple[list[Entry], list[Entry]]:
        """What is still to be done, and what is in the background, in no order."""
        return self._heap[:], self._background[:]

    def take_over(self, now_ns: int, heap: list[Entry], background: list[Entry]) -> None:
        """Go on from where another engine is, which has nothing else pending than this."""
        self.now_ns = now_ns
        self._heap[:], self._background[:] = heap, background
        heapify(self._heap)
        heapify(self._background)
        self._added = max((added for _, added, _, _ in heap + background), default=0)

    def cancel(self, action: Action) -> None:
        """Do what was added under this very object no more; nothing if it is done already."""
        for heap in (self._heap, self._background):
            heap[:] = [entry for entry in heap if entry[2] is not action]
            heapify(heap)

    def run_until(self, time_ns: int) -> None:
        """Do everything due up to and including `time_ns`; it is then `time_ns`."""
        heap, background = self._heap, self._background
        self._running = True
        try:
            while (heap and heap[0][0] <= time_ns) or (background and background[0][0] <= time_ns):
                self._step()
        except Exception:
            self.is_broken = True
            raise
        finally:
            self._ended()
        self.now_ns = max(self.now_ns, time_ns)

    def run(self, until: Callable[[], bool], limit_ns: int) -> bool:
        """Go on until `until()` holds, nothing is pending or `limit_ns` is reached.

        What goes on in the background is pending, too. Says whether `until()` held. The time stays
        at the last action done, except that it becomes `limit_ns` when the limit ended the run.
        """
        heap, background = self._heap, self._background
        self._running = True
        try:
            while not until():
                if background and min(heap[:1] + background[:1])[0] <= limit_ns:
                    self._step()
                elif heap and heap[0][0] <= limit_ns:
                    self.now_ns, _, action, _ = heappop(heap)
                    action()
                else:
                    if heap or background:
                        self.now_ns = max(self.now_ns, limit_ns)
                    return False
            return True
        except Exception:
            self.is_broken = True
            raise
        finally:
            self._ended()

    def settle(self, gap_ns: int) -> None:
        """Go on until nothing is due within `gap_ns` of the last action."""
        self._running = True
        try:
            while self._heap and self._heap[0][0] - self.now_ns <= gap_ns:
                self._step()
        except Exception:
            self.is_broken = True
            raise
        finally:
            self._ended()

    def run_dry(self) -> None:
        """Go on until nothing is on its way; timers of a second are not waited for."""
        while on_their_way := [due_ns for due_ns, _, _, is_timer in self._heap if not is_timer]:
            last_ns = max(on_their_way)
            self.run(partial(self._is_later, last_ns), last_ns)

    def _is_later(self, time_ns: int) -> bool:
        """Whether all that is pending is due after a time."""
        return not self._heap or self._heap[0][0] > time_ns

    def interrupt(self) -> bool:
        """Have the run that goes on raise KeyboardInterrupt before its next action.

        False where none goes on, or one was interrupted and has not come to its next action
        yet. May be called at any time by a signal handler.
        """
        heap = self._heap
        if not self._running or (heap and heap[0][1] == _FIRST):
            return False
        heappush(heap, (self.now_ns, _FIRST, _interrupt, False))
        return True

    def forget_pending(self) -> None:
        """Drop every pending action, and what is half done."""
        self._heap.clear()
        self._background.clear()
        self.is_broken = False

    def _ended(self) -> None:
        """A run is over; if it was interrupted in its last action, say so now."""
        self._running = False
        if self._heap and self._heap[0][1] == _FIRST:
            heappop(self._heap)
            _interrupt()

    def _step(self) -> None:
        heap, background = self._heap, self._background
        if background and not (heap and heap[0][0] <= background[0][0]):
            self._step_in_background()
            return
        time_ns, _, action, _ = heappop(heap)
        self.now_ns = time_ns
        action()

    def _step_in_background(self) -> None:
        self.now_ns, _, action, _ = heappop(self._background)
        self._into = self._background
        try:
            action()
        finally:
            self._into = self._heap


def _interrupt() -> NoReturn:
    raise KeyboardInterrupt
