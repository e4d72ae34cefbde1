"""The rules of passwords that people choose, and how a password is written before it is hashed."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from app.core.text import fold

MIN_LENGTH = 12
MAX_LENGTH = 200
MIN_DISTINCT = 5  # different characters
# Why a password is refused.
SHORT, LONG, UNPRINTABLE, OWN_NAME, COMMON = "short", "long", "unprintable", "own_name", "common"

_WORDS_FILE = Path(__file__).parent / "common_passwords.txt"
_NOT_LETTERS = re.compile(r"[^a-z]+")


def normalize(password: str) -> str:
    """The password composed (NFC): keyboards send *ậ* as one character or as three."""
    return unicodedata.normalize("NFC", password)


def refusal(password: str, *names: str) -> str:
    """Why a person with these names may not choose this password; empty if they may.

    Length is counted in characters of the composed text. A password is common if it is made of nothing but
    words of the shipped list, digits and punctuation, or of few different characters; it is the person's own
    name if it is made so of their names.
    """
    text = normalize(password)
    if len(text) > MAX_LENGTH:
        return LONG
    if len(text) < MIN_LENGTH:
        return SHORT
    if not text.isprintable():
        return UNPRINTABLE
    own = {part for name in names for part in (*_parts(name), _letters(name)) if part}
    if _letters(text) and _is_made_of(text, own):
        return OWN_NAME
    is_simple = len(set(fold(text))) < MIN_DISTINCT or not any(map(str.isalpha, text))
    return COMMON if is_simple or _is_made_of(text, common_words() | own) else ""


@cache
def common_words() -> frozenset[str]:
    """The words of the shipped list."""
    lines = _WORDS_FILE.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _parts(name: str) -> list[str]:
    return _NOT_LETTERS.sub(" ", fold(name)).split()


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", fold(text))


def _is_made_of(text: str, words: frozenset[str] | set[str]) -> bool:
    """Whether the letters of `text` can be divided into `words`. Letters of other scripts are no word's."""
    if any(char.isalpha() and not char.isascii() for char in fold(text)):
        return False
    letters = _letters(text)
    longest = max(map(len, words), default=0)
    ends = {0}
    for end in range(1, len(letters) + 1):
        if any(letters[start:end] in words for start in range(max(0, end - longest), end) if start in ends):
            ends.add(end)
    return len(letters) in ends
