"""Whose figures a program reads: the token of its request, *Bearer* or the password of HTTP *Basic*."""

import base64
import binascii
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Request

from app.commune.accounts import throttle
from app.core.errors import SignInRequired, Unavailable
from app.reports.open_data.tokens import Scope, note_use, present_token
from app.web.deps import Db, Now
from app.web.middleware.security import client_address

_MAX_HEADER = 1_000  # characters


def read_scope(request: Request, database: Db, now: Now) -> Scope:
    """What the request's token reads; a wrong one counts as a failed sign-in of its address.

    Raises `SignInRequired`, and `TooManyAttempts` after 50 wrong ones in 5 minutes of one address, or after
    `MAX_REQUESTS` in a minute of one token.
    """
    address = throttle.network_of(client_address(request.scope))
    token = _token(request.headers.get("authorization", "")[:_MAX_HEADER])
    try:
        scope, is_use_due = database.read(lambda session: present_token(session, token, now))
    except SignInRequired:
        database.write(lambda session: throttle.count_wrong_token(session, address, now))
        raise
    with suppress(Unavailable):  # a full disk keeps nobody from reading
        database.write(lambda session: throttle.count_request(session, token, now))
        if is_use_due:
            database.write(lambda session: note_use(session, token, now))
    return scope


def _token(header: str) -> str:
    """The token; empty if there is none."""
    kind, _, value = header.partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


ReadableScope = Annotated[Scope, Depends(read_scope)]
