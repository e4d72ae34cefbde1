"""The rules of passwords that people choose, and how a password is written before it is hashed."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

from app.core.text import fold

MIN_LENGTH = 12
MAX_LENGTH = 200
MIN_DISTINCT = 5  # different characters
# Why a password is refused.
SHORT, LONG, UNPRINTABLE = "short", "long", "unprintable"
OWN_NAME, OWN_PLACE, COMMON = "own_name", "own_place", "common"

_WORDS_FILE = Path(__file__).parent / "common_passwords.txt"
MIN_WALK = 4  # keys
_KEYBOARD = ("1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")
_SHIFTED = str.maketrans('!@#$%^&*()_+{}:"<>?', "1234567890-=[];',./")
_KEYS = {key: (row, column) for row, keys in enumerate(_KEYBOARD) for column, key in enumerate(keys)}
_NOT_LETTERS = re.compile(r"[^a-z]+")


def normalize(password: str) -> str:
    """The password composed (NFC): keyboards send *ậ* as one character or as three."""
    return unicodedata.normalize("NFC", password)


def refusal(password: str, *names: str, places: Iterable[str] = ()) -> str:
    """Why a person with these names, of a commune with these names of `places`, may not choose this password;
    empty if they may.

    Length is counted in characters of the composed text. A password is common if it is made of nothing but
    words of the shipped list, walks over the keyboard (*1qaz2wsx*), digits and punctuation, or of few
    different characters; it is the person's own name, or a place, if it is made so of theirs.
    """
    text = normalize(password)
    if len(text) > MAX_LENGTH:
        return LONG
    if len(text) < MIN_LENGTH:
        return SHORT
    if not text.isprintable():
        return UNPRINTABLE
    own, local = _words(names), _words(places)
    if _letters(text) and _is_made_of(text, own):
        return OWN_NAME
    if _letters(text) and _is_made_of(text, own | local):
        return OWN_PLACE
    is_simple = len(set(fold(text))) < MIN_DISTINCT or not any(map(str.isalpha, text))
    known = common_words() | own | local
    return COMMON if is_simple or any(_is_made_of(one, known) for one in (text, _without_walks(text))) else ""


@cache
def common_words() -> frozenset[str]:
    """The words of the shipped list."""
    lines = _WORDS_FILE.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _words(names: Iterable[str]) -> set[str]:
    return {part for name in names for part in (*_parts(name), _letters(name)) if part}


def _without_walks(text: str) -> str:
    """The text without its walks: `MIN_WALK` keys or more, each beside the one before on the keyboard."""
    keys = fold(text).translate(_SHIFTED)
    rest, start = "", 0
    steps = [*(_are_neighbours(*pair) for pair in pairwise(keys)), False]
    for end, goes_on in enumerate(steps, 1):
        if not goes_on:
            rest += keys[start:end] if end - start < MIN_WALK else " "
            start = end
    return rest


def _are_neighbours(first: str, second: str) -> bool:
    """Whether two keys touch; each row of keys is shifted by half a key."""
    if first not in _KEYS or second not in _KEYS:
        return False
    (row, column), (other_row, other_column) = _KEYS[first], _KEYS[second]
    down, right = other_row - row, other_column - column
    return (down == 0 and abs(right) == 1) or (abs(down) == 1 and right in (0, -down))


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
