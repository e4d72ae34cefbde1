"""The six digits with which a phone answers the four that somebody reads out."""

import hashlib
import hmac
import re
from itertools import count

QUESTION, ANSWER = re.compile(r"[0-9]{4}", re.ASCII), re.compile(r"[0-9]{6}", re.ASCII)
_PURPOSE = "tung-nha card 1"
_ANSWERS = 1_000_000
# Numbers of four bytes from here on would make the first answers more likely than the others.
_LIMIT = 2**32 - 2**32 % _ANSWERS


def answer_of(secret: bytes, question: str) -> str:
    """The six digits that belong to four, by the secret of a device. All are equally likely.

    Of the HMAC-SHA-256 of *tung-nha card 1 QUESTION ROUND* the first four bytes, as a number, modulo a
    million; from `_LIMIT` on they are left out, and the next round is taken, beginning with 0.
    `static/field/sync/card/cardAnswer.ts` does the same.
    """
    numbers = (_number(secret, f"{_PURPOSE} {question} {attempt}") for attempt in count())
    return f"{next(number for number in numbers if number < _LIMIT) % _ANSWERS:06}"


def _number(secret: bytes, message: str) -> int:
    return int.from_bytes(hmac.digest(secret, message.encode(), hashlib.sha256)[:4], "big")
