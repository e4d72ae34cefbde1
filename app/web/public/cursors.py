"""Cursors of pages: where the rows of the next answer begin, as one word that clients send back."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import date

from app.core.errors import Invalid


def encode_cursor(place: Sequence[str]) -> str:
    """The cursor of the rows behind this place."""
    return urlsafe_b64encode("\n".join(place).encode()).decode()


def decode_cursor(cursor: str, parts: int) -> list[str]:
    """The parts of a cursor, empty ones for none. Raises `Invalid`: *cursor*."""
    if not cursor:
        return [""] * parts
    try:
        found = urlsafe_b64decode(cursor.encode("ascii")).decode().split("\n")
    except (binascii.Error, UnicodeError):
        raise Invalid("cursor") from None
    if len(found) != parts or "\0" in cursor or any("\0" in part for part in found):
        raise Invalid("cursor")
    return found


def parse_day(text: str) -> date:
    """The ISO date of a cursor. Raises `Invalid`: *cursor*."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("cursor") from None
