"""What is answered: JSON by the media type that was asked for, or an error with MidoNet's body."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

VENDOR = "application/vnd.org.midonet."
JSON = "application/json"
#: The largest body.
MOST_BYTES = 2**20
#: What HTTP calls statuses, where there is nothing better to say.
_WORDS = {
    400: "this is no request that can be understood",
    401: "log in first: POST to /login",
    404: "there is nothing here",
}


class Refusal(Exception):  # noqa: N818 (an answer)
    """A request is answered with an error; one that is `silent` has no body."""

    def __init__(
        self,
        status: int,
        message: str | None = None,
        violations: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        silent: bool = False,
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message if message is not None else _WORDS.get(status)
        self.violations = violations
        self.headers = dict(headers or {})
        self.silent = silent or self.message is None

    def response(self) -> Response:
        """The answer."""
        if self.silent:
            return Response(status_code=self.status, headers=self.headers)
        body: dict[str, Any] = {"message": self.message, "code": self.status}
        if self.violations:
            body["violations"] = [
                {"property": name, "message": what} for name, what in self.violations
            ]
        media = f"{VENDOR}Error-v1+json"
        return Response(_dumped(body), self.status, self.headers, media)


def answer(
    body: Any, media: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """JSON of a media type."""
    return Response(_dumped(body), status, headers, media)


def json_object(body: Any) -> dict[str, Any]:
    """A body that has to be an object; Refusal (400)."""
    if not isinstance(body, dict):
        raise Refusal(400, "the body has to be a JSON object")
    return body


def _dumped(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def chosen_media(request: Request, names: Sequence[str], is_list: bool) -> str:
    """The media type to answer in: what is asked for, where its name fits; Refusal (406) else.

    Versions are not looked at, nor whether a list is asked for: clients confuse them.
    """
    own = f"{VENDOR}{'collection.' if is_list else ''}{names[0]}+json"
    asked = request.headers.get("accept", "*/*")
    for part in asked.split(","):
        media = part.partition(";")[0].strip().lower()
        if media in ("*/*", "application/*", ""):
            return own
        if media == JSON:
            return JSON
        if _fits(media, names):
            return part.partition(";")[0].strip()
    raise Refusal(406, silent=True)


def check_media(request: Request, names: Sequence[str]) -> None:
    """Refusal (406) where a body is of a type that does not belong here."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in ("", JSON) and not _fits(given, names):
        raise Refusal(406, silent=True)


def _fits(media: str, names: Sequence[str]) -> bool:
    """Whether a vendor's media type is one of these names, whatever its version."""
    if not media.startswith(VENDOR) or not media.endswith("+json"):
        return False
    name = media.removeprefix(VENDOR).removeprefix("collection.").removesuffix("+json")
    plain = name.rpartition("-v")[0]
    return plain in [each.rpartition("-v")[0].lower() for each in names]


async def body_of(request: Request) -> Any:
    """The JSON of a request, an empty object where there is none; Refusal (400) if it is broken."""
    raw = await request.body()
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raw = _unpacked(request.headers["content-encoding"], raw)
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw.decode(), parse_constant=_no_number, parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"the body is no JSON: {error}") from None
    _check_text(body)
    return body


def _unpacked(coding: str, raw: bytes) -> bytes:
    """What gzip has packed, no more than a body may have."""
    if coding.lower() not in ("gzip", "x-gzip"):
        raise Refusal(415, f"a body may be packed by gzip, not by {coding[:40]}")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        body = unpacker.decompress(raw, MOST_BYTES)
    except zlib.error as error:
        raise Refusal(400, f"the body is not packed by gzip: {error}") from None
    if not unpacker.eof:
        raise Refusal(413, f"a body has {MOST_BYTES} bytes at the most, and is whole")
    return body


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _number(word: str) -> float:
    return float(word)


def _check_text(value: Any) -> None:
    """Refusal for text with what no command can hold: control characters, halves of characters."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _check_text(name)
            _check_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_text(inner)
    elif isinstance(value, str) and not value.isprintable():
        raise Refusal(400, "text with control characters, or what is no character, is not taken")
