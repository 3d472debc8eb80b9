"""Who may: MidoNet's login by name and password, and the token that every request then carries."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from midocli.server.answers import VENDOR, Refusal, answer

#: What MidoNet's mock provider gives to everybody.
_ANYBODY = "00000000"
_REALM = {"WWW-Authenticate": 'Basic realm="MidoNet"'}


@dataclass(frozen=True)
class Account:
    """Who may log in."""

    user: str
    password: str


class Login:
    """Checks requests; without an account everything is accepted, with and without a token."""

    def __init__(self, account: Account | None = None) -> None:
        self._account = account
        self._token = _ANYBODY if account is None else secrets.token_hex(16)

    def answer(self, request: Request) -> Response:
        """A token for name and password; Refusal (401)."""
        user, colon, password = _basic(request.headers.get("authorization", ""))
        if not colon or not self._is_right(user, password):
            raise Refusal(401, "wrong name or password", headers=_REALM)
        response = answer({"key": self._token, "expires": None}, f"{VENDOR}Token-v1+json")
        response.headers["Set-Cookie"] = f"sessionId={self._token}"
        return response

    def check(self, request: Request) -> None:
        """Refusal (401) where a token is needed and not there."""
        given = request.headers.get("x-auth-token", "")
        if self._account is not None and not _same(given, self._token):
            raise Refusal(401)

    def _is_right(self, user: str, password: str) -> bool:
        if self._account is None:
            return True
        # Both are compared, so that nobody learns by the time it takes which one is wrong.
        right = [_same(user, self._account.user), _same(password, self._account.password)]
        return all(right)


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())


def _basic(header: str) -> tuple[str, str, str]:
    """Name and password of HTTP's basic authentication, with the colon between them."""
    scheme, _, word = header.partition(" ")
    if scheme.lower() != "basic":
        return "", "", ""
    try:
        return base64.b64decode(word.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", "", ""
