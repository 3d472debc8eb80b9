"""A topology and its server, made of the options of `midocli serve`."""

from __future__ import annotations

import ipaddress
import signal
import socket
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from midocli.context.files import Files, reason
from midocli.context.manner import Manner
from midocli.context.preferences import Preferences
from midocli.results.printable import printable
from midocli.session.recovery import Recovery
from midocli.session.session import Session, SessionEnd

if TYPE_CHECKING:
    from midocli.app.beside import Beside
    from midocli.server.gate import Gate
    from midocli.server.login import Account

_WILD = ("0.0.0.0", "::")
_MOST_OF_A_PASSWORD = 1024


#: What the command line does for every way into midocli: a session for options, and a script
#: that is run (False where it cannot be read).
MakeSession = Callable[[Namespace, Manner, Preferences, Files], Session]
RunFile = Callable[[str, Session], bool]


class Problem(Exception):  # noqa: N818 (told as a sentence)
    """Why there is no serving."""


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address as a URL begins."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


class Serve:
    """Runs scripts, and serves the topology they make."""

    def __init__(self, options: Namespace, make_session: MakeSession, run_file: RunFile) -> None:
        self._options = options
        self._make_session = make_session
        self._run_file = run_file
        self._alone = RLock()
        self._address = _address(options.listen)
        self._account = _account(options)
        self._base = _base(options.base_url, self._address)
        _check_openness(options, self._address)

    def run(self) -> int:
        """Run the scripts, and serve until the end is told; the exit status."""
        preferences = Preferences()
        terminal = self._terminal(preferences) if self._options.interactive else None
        manner = terminal or Manner(sys.stdout)
        session = self._make_session(self._options, manner, preferences, Files())
        try:
            if not all(self._run_file(name, session) for name in self._options.files):
                return 2
        except SessionEnd as end:
            return int(end.failed)
        finally:
            session.flush()
        return self._serve(session, terminal)

    def _serve(self, session: Session, terminal: Beside | None) -> int:
        from midocli.server.serving import Serving, listening

        try:
            listener = listening(*self._address)
        except OSError as error:
            raise Problem(f"cannot listen on {self._options.listen}: {reason(error)}") from None
        self._note_port(listener)
        serving = Serving(self._application(session), listener, self._tell_ready)
        if terminal is None:
            # The end is told to the server, which first answers what it has been asked.
            signal.signal(signal.SIGTERM, lambda number, frame: None)
            signal.signal(signal.SIGINT, lambda number, frame: None)
            serving.run()
            _keep(session)
            return 0
        from midocli.shell.shell import Shell

        thread = serving.start()
        try:
            return Shell(session, terminal).run()
        finally:
            serving.stop(thread)

    def _terminal(self, preferences: Preferences) -> Beside:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise Problem("-i needs a terminal to type at")
        from midocli.app.beside import Beside

        return Beside(preferences, self._options.color, self._alone)

    def _note_port(self, listener: socket.socket) -> None:
        """Take up the port that the machine chose where the one asked for is 0."""
        self._address = Address(self._address.host, listener.getsockname()[1])
        self._base = _base(self._options.base_url, self._address)

    def _application(self, session: Session) -> Gate:
        from midocli.server.application import Api, web_application
        from midocli.server.gate import Gate, Guests
        from midocli.server.login import Login

        login = Login(self._account)
        api = Api(session, self._base, login, self._alone)
        names = {self._address.host, "localhost", urlsplit(self._base).hostname or ""}
        cors = self._options.cors
        origins = {self._address.url, self._base, *([cors] if cors else [])}
        guests = Guests(frozenset(names), frozenset(origins), cors)
        app = web_application(list(api.routes()), session.mistakes)
        return Gate(app, guests, self._options.verbose)

    def _tell_ready(self) -> None:
        from midocli.server.application import ROOT

        sys.stdout.write(f"serving {self._base}{ROOT}\n")
        sys.stdout.flush()


def _address(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal() or int(port) > 65535 or not port.isascii():
        raise Problem(f"--listen takes HOST:PORT, not {text!r}")
    try:
        name = "127.0.0.1" if host == "localhost" else host
        return Address(str(ipaddress.ip_address(name)), int(port))
    except ValueError:
        raise Problem(f"--listen takes an IP address or localhost, not {host!r}") from None


def _base(given: str | None, address: Address) -> str:
    """The address that clients see, without the path that all of the API is under."""
    if given is None:
        return address.url
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Problem(f"--base-url takes http://HOST[:PORT][/PATH], not {given!r}")
    return given.rstrip("/").removesuffix("/midonet-api")


def _account(options: Namespace) -> Account | None:
    """Who may log in, where that is said."""
    if (options.user is None) != (options.password_file is None):
        raise Problem("--user and --password-file go together")
    if options.user is None:
        return None
    if ":" in options.user or not options.user:
        raise Problem("a user's name is not empty, and has no colon")
    from midocli.server.login import Account

    return Account(options.user, _password(options.password_file))


def _password(file: Path) -> str:
    """The first line of a file."""
    try:
        with file.open(encoding="utf-8") as stream:
            password = stream.readline(_MOST_OF_A_PASSWORD).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else "it is no text"
        raise Problem(f"cannot read {file}: {why}") from None
    if not password:
        raise Problem(f"{file} has no password in its first line")
    return password


def _check_openness(options: Namespace, address: Address) -> None:
    """What others can reach is guarded by a password, unless it is meant to be open."""
    if options.open and options.user is not None:
        raise Problem("--open lets everybody in, so there is no --user")
    is_loopback = ipaddress.ip_address(address.host).is_loopback
    if not is_loopback and options.user is None and not options.open:
        raise Problem(
            f"others reach {address.host}: --user NAME --password-file FILE lets one in, "
            "--open everybody"
        )
    if address.host in _WILD and options.base_url is None:
        raise Problem(f"{address.host} is no address to go to: --base-url URL says how clients do")


def _keep(session: Session) -> None:
    """Leave a topology that is not saved where ended sessions leave theirs."""
    file = Recovery(session).keep()
    if file is not None:
        sys.stderr.write(f"midocli: the topology is left in {printable(str(file))}\n")
