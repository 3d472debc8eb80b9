"""The unmodified midonet-cli 5.2.0 against midocli's server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_client import Client, missing, serving
from test_api_exchanges import EXCHANGES, WORLD

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))

#: What the recorded server left out, and the reference says is there.
_WITH_DEFAULTS = {
    "mirror mirror0 matches list": "inverted no proto 6 dst-port 80 fragment-policy header "
    "no-vlan false",
    "tracerequest list": "tr tr0 inverted no src 10.0.0.1 fragment-policy any no-vlan false "
    "name t0 port bridge0:port0 limit 10 enabled false",
}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    script = tmp_path / "world.mido"
    script.write_text("\n".join(WORLD))
    with serving(tmp_path, str(script)) as url:
        client = Client(url, tmp_path)
        yield client
        client.close()


def _outline(text: str) -> str:
    """A text whose error, if it is one, is reduced to its kind."""
    kind, _, body = text.partition("Internal error: ")
    return f"Internal error {json.loads(body)['code']}" if not kind and body[:1] == "{" else text


def test_all_recorded_commands(client: Client) -> None:
    for recorded in EXCHANGES[1:-1]:
        line, printed = recorded["command"], recorded["output"]
        wanted = _WITH_DEFAULTS.get(line, "\n".join(map(str.rstrip, printed.split("\n"))))
        assert _outline(client(line)) == _outline(wanted.strip("\n")), line
