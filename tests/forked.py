"""Sessions in processes of their own that share a store: some are killed, or many work at once.

They are forked from this one, which has loaded everything: it must have no other threads.
"""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from proofs import prove
from sharer import Sharer

#: What a session may be told where it shares a store, and nothing is wrong.
_HONEST = re.compile(
    r"\S+:\d+:\d+: (unknown (bridge|chain|router|rule)|(cannot|nothing to) (un|re)do"
    r"|another session, which is still there|.* is locked: another session"
    r"|.* had to be read anew: try again"
    r"|.* has been (changed|deleted)|.* needs .* deleted since begin|no change has begun"
    r"|the change has failed|a change has begun already)"
)


class Child:
    """A session that is run with some arguments, and what it has printed."""

    def __init__(self, *arguments: str) -> None:
        read, write = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            self._be(arguments, write)
        os.close(write)
        self._pipe = read
        self.printed = b""

    def _be(self, arguments: tuple[str, ...], write: int) -> None:
        status = 3
        try:
            os.dup2(write, 1)
            os.dup2(write, 2)
            sys.stdout = os.fdopen(1, "w", closefd=False)
            sys.stderr = os.fdopen(2, "w", closefd=False)
            from midocli.app.cli import main

            status = main(arguments)
            sys.stdout.flush()
        finally:
            os._exit(status)

    def wait(self, seconds: float = 600) -> bool:
        """Take what it prints for so long; whether it has ended."""
        end = time.monotonic() + seconds
        while select.select([self._pipe], [], [], max(end - time.monotonic(), 0))[0]:
            piece = os.read(self._pipe, 1 << 16)
            if not piece:
                return True
            self.printed += piece
        return False

    def kill(self) -> str:
        """Kill it; all that it had printed."""
        os.kill(self.pid, signal.SIGKILL)
        self.end()
        return self.printed.decode()

    def end(self) -> int:
        """Wait for its end; its exit status."""
        self.wait()
        os.close(self._pipe)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


# -- killed ------------------------------------------------------------------------------------


class Killed:
    """What a session has been told is made of routers of its own, which is `name`d so."""

    def __init__(self, name: str, dice: Random) -> None:
        self.name = name
        self.lines: list[str] = []
        #: The routers' names and numbers behind each command.
        self.states: list[dict[str, str]] = [{}]
        self.answered = 0
        for number in range(2000):
            self._add(number, dice)

    def _add(self, number: int, dice: Random) -> None:
        state = dict(self.states[-1])
        made = f"{self.name}x{number}"
        if not state or dice.random() < 0.5:
            line, state[made] = f"router create name {made}", "0"
        elif dice.random() < 0.7:
            changed = dice.choice(list(state))
            line, state[changed] = f"router {changed} set asn {number}", str(number)
        else:
            gone = dice.choice(list(state))
            line = f"delete router {gone}"
            del state[gone]
        self.lines.append(line)
        self.states.append(state)

    def hear(self, printed: str) -> None:
        """Note what it printed: a command that is shown has all before it behind itself."""
        self.answered = max(printed.count("midonet> ") - 1, 0)

    def lost(self, found: dict[str, str]) -> bool:
        """Whether a store is as this never left it, or as it was before the last answer."""
        own = {name: asn for name, asn in found.items() if name.startswith(f"{self.name}x")}
        return own not in self.states[self.answered :]


def kills(store: str, dice: Random, number: int, folder: Path) -> Iterator[str]:
    """Kill so many sessions, two at a time; what goes wrong. What there was is printed."""
    sessions: list[Killed] = []
    while len(sessions) < number:
        pair = [Killed(f"r{len(sessions) + each}", dice) for each in range(2)]
        children = []
        for killed in pair:
            script = folder / f"{killed.name}.mido"
            script.write_text("".join(f"{line}\n" for line in killed.lines))
            alone = [word for line in killed.lines[:200] for word in ("-e", line)]
            how = alone if dice.random() < 0.5 else [str(script)]
            children.append(Child("-s", store, "--echo", *how))
            children[-1].wait(0.03)
        for child, killed in zip(children, pair, strict=True):
            child.wait(dice.random() * 0.1)
            killed.hear(child.kill())
        sessions += pair
        if len(sessions) % 100 == 0:
            prove(store)
    found = dict(re.findall(r"name (\S+) .*asn (\d+)", Sharer(store).run("router list")))
    for killed in sessions:
        if killed.lost(found):
            yield f"{killed.name}: the store is not as it was after {killed.answered} answers"
    prove(store)
    answered = sum(killed.answered for killed in sessions)
    print(f"{len(sessions)} sessions killed, {answered} answers, the store is sound")


# -- many at once -------------------------------------------------------------------------------


def crowd(store: str, dice: Random, many: int, length: int, folder: Path) -> Iterator[str]:
    """Have many sessions carry out so many commands each; what goes wrong."""
    children = []
    for each in range(many):
        script = folder / f"{each}.mido"
        lines = [_shared(dice, f"s{each}x{number}") for number in range(length)]
        script.write_text("".join(f"{line}\n" for line in lines))
        children.append((lines, Child("-s", store, "--keep-going", str(script))))
    made, refusals = 0, 0
    for lines, child in children:
        if child.end() not in (0, 1):
            yield f"a session ended by itself: {child.printed.decode()[-300:]}"
        told = [line for line in child.printed.decode().splitlines() if ".mido:" in line]
        yield from (line for line in told if not _HONEST.match(line))
        refused = {int(line.partition(".mido:")[2].partition(":")[0]) for line in told}
        done = [line for number, line in enumerate(lines, 1) if number not in refused]
        made += sum("list" not in line for line in done)
        refusals += len(refused)
    log = [entry for entry in prove(store) if entry.kind != "name"]
    if len(log) != made:
        yield f"{made} changes were answered, the log has {len(log)}"
    print(f"{many} sessions, {made} changes, {refusals} refusals, the log leads to what there is")


def _shared(dice: Random, name: str) -> str:
    """A command on what all sessions work on."""
    number = dice.randrange(6)
    return dice.choice(
        (
            f"bridge create name {name}",
            f"bridge bridge{number} set name {name}",
            f"delete bridge bridge{number}",
            f"bridge bridge{number} add port",
            f"chain create name {name}",
            f"chain chain{number} add rule type accept tos {dice.randrange(256)} pos 1",
            f"chain chain{number} add rule type drop",
            f"delete chain chain{number} rule rule{dice.randrange(9)}",
            f"router create name {name}",
            f"router router{number} add port address 10.{number}.0.1 net 10.{number}.0.0/24",
            f"router router{number} list route",
            "bridge list",
            "undo",
        )
    )
