"""`midocli serve` as a program: its options, its end, a prompt beside it, and its guide."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pexpect
import pytest
from sessions import ROOT, midocli

PROGRAM = [sys.executable, "-m", "midocli", "serve", "--listen", "127.0.0.1:0"]


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "TZ": "UTC"}


class Server(NamedTuple):
    """A server that runs."""

    url: str
    process: subprocess.Popen[str]

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
            return json.loads(text) if text else answer.headers["Location"]


@contextmanager
def serving(home: Path, *words: str) -> Iterator[Server]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*PROGRAM, *words], stdout=pipe, stderr=pipe, text=True, env=_environment(home), cwd=ROOT
    ) as process:
        try:
            assert process.stdout is not None
            ready = next(line for line in process.stdout if line.startswith("serving "))
            yield Server(ready.split()[1].removesuffix("/midonet-api"), process)
        finally:
            process.kill()


def test_a_server_ends_with_nothing_lost(tmp_path: Path) -> None:
    with serving(tmp_path, "--seed", "1", "-v") as server:
        made = server.ask("/midonet-api/routers", {"name": "kept"})
        assert server.ask("/midonet-api/routers")[0]["uri"] == made
        server.process.send_signal(signal.SIGTERM)
        _, told = server.process.communicate(timeout=20)
        assert server.process.returncode == 0
    log, left = told.strip().rsplit("\n", 1)
    assert re.match(r"POST /midonet-api/routers 201 \d+\.\d ms\n", log)
    file = left.removeprefix("midocli: the topology is left in ")
    assert "router create name kept" in Path(file).read_text()


def test_a_server_with_a_store_has_all_on_disk(tmp_path: Path) -> None:
    store = str(tmp_path / "net.db")
    with serving(tmp_path, "--store", store) as server:
        server.ask("/midonet-api/routers", {"name": "kept"})
        server.process.kill()
        server.process.wait(20)
    done = midocli("--store", store, "-e", "router list", env=_environment(tmp_path))
    assert done.stdout == "router router0 name kept state up asn 0\n"


def test_a_server_sees_what_other_sessions_do(tmp_path: Path) -> None:
    store = str(tmp_path / "net.db")
    with serving(tmp_path, "--store", store) as server:
        midocli("--store", store, "-e", "router create name other", env=_environment(tmp_path))
        assert [each["name"] for each in server.ask("/midonet-api/routers")] == ["other"]


def test_a_prompt_beside_the_server(tmp_path: Path) -> None:
    child = pexpect.spawn(
        PROGRAM[0], [*PROGRAM[1:], "-i"], env=_environment(tmp_path) | {"TERM": "dumb"}, cwd=ROOT,
        encoding="utf-8", timeout=30, dimensions=(40, 120),
    )  # fmt: skip
    try:
        child.expect(r"serving (http://\S+)/midonet-api")
        server = Server(child.match[1], None)  # type: ignore[arg-type]
        child.sendline("router create name typed")
        child.expect("router0")
        assert [each["name"] for each in server.ask("/midonet-api/routers")] == ["typed"]
        server.ask("/midonet-api/routers", {"name": "asked"})
        child.sendline("router list")
        child.expect("router router1 name asked")
        child.sendline("undo")
        child.sendline("router list")
        child.expect("router router0 name typed")
        assert [each["name"] for each in server.ask("/midonet-api/routers")] == ["typed"]
        child.sendline("quit")
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--listen", "0.0.0.0:0"], "others reach 0.0.0.0"),
        (["--listen", "0.0.0.0:0", "--open"], "0.0.0.0 is no address to go to"),
        (["--listen", "here"], "--listen takes HOST:PORT"),
        (["--listen", "example.org:1"], "--listen takes an IP address"),
        (["--listen", "127.0.0.1:99999"], "--listen takes HOST:PORT"),
        (["--user", "admin"], "--user and --password-file go together"),
        (["--user", "admin", "--password-file", "no-such"], "cannot read no-such"),
        (["--base-url", "lab"], "--base-url takes"),
        (["--untrusted"], "--untrusted runs scripts"),
        (["-i"], "-i needs a terminal"),
        (["no-such.mido"], "no-such.mido"),
    ],
)
def test_what_is_not_served(words: list[str], told: str, tmp_path: Path) -> None:
    done = midocli("serve", *words, env=_environment(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_address_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        done = midocli("serve", "--listen", where, env=_environment(tmp_path))
    assert (done.returncode, done.stderr) == (
        2, f"midocli: cannot listen on {where}: Address already in use\n"
    )  # fmt: skip


def test_headers_have_to_come_in_bounds(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        port = int(server.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), 20) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000)
            assert connection.recv(99).startswith(b"HTTP/1.1 4")
        with socket.create_connection(("127.0.0.1", port), 20) as connection:
            connection.sendall(b"GET /midonet-api/routers HTTP/1.1\r\n\r\n")
            assert connection.recv(99).startswith(b"HTTP/1.1 4")
        assert server.ask("/midonet-api/routers") == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_the_guide_shows_what_is_answered(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "guide" / "api.md").read_text()
    found = re.search(r"<!-- curl -->\n\n```text\n(.*?)```", page, re.DOTALL)
    assert found is not None
    shown = ""
    with serving(tmp_path, "--seed", "1", "docs/guide/office.mido") as server:
        for line in re.findall(r"^\$ (.*)$", found[1], re.MULTILINE):
            command = line.replace("http://127.0.0.1:8181", server.url)
            command = command.replace("python3 ", f"{sys.executable} ")
            printed = subprocess.run(command, shell=True, capture_output=True, text=True).stdout
            shown += f"$ {line}\n{printed}".replace(server.url, "http://127.0.0.1:8181")
    assert shown.replace("\r", "") == found[1]
