"""Vietnamese text: what may be stored, how it is folded for search, how names are sorted.

The phone has the same functions in `static/field/core/text.ts`; both are tested with
`tests/contract/vectors/text.json`.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from app.core.errors import TextRefused

# C0 and C1 controls but tab and line feed; lone surrogates; bidi embeddings, overrides and isolates.
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
# A date stays readable. Every other run of nine or more digits is masked, also with up to three blanks or
# signs between two digits, and with any number of brackets and zero-width characters.
_SEPARATOR = r"[\s.,/_+\u00b7\u2010-\u2015\u2022\u2212-]"
_ZERO_WIDTH = (
    r"[()\[\]{}\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f"
    r"\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff]*"
)
_DIGITS = re.compile(
    rf"(\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{4}}(?!\d))|\d(?:{_ZERO_WIDTH}(?:{_SEPARATOR}{_ZERO_WIDTH}){{0,3}}\d){{8,}}"
)
# What separates words, or the sign in a house number that does not: 12/3, 12B-3, 12/A.
_SEPARATORS = re.compile(r"([0-9][a-z]?(?:[-/](?=[0-9])|/(?=[a-z]\b)))|[ ,;·–/-]+")
_SIGN = re.compile("[,;·–/-]")
_TITLES = frozenset(("nha", "ho", "ong", "ba", "anh", "chi", "bac", "co", "chu"))
_NUMBER_AFTER_LETTER = re.compile(r"(?<=[a-z])(?=\d)")
_BEFORE_NUMBER = re.compile(r"\b(?:(?:so|nha|sn|s) )+(?=\d)")
_SEARCHED = re.compile(r"\b(?:ngo|ngach|hem|xom|to|ap|thon|ban) \d\S*|\S+")
_NUMBER = re.compile("[0-9]")
_NUMBERS = re.compile("[0-9]+")
_BLANKS = re.compile(r"[\s\ufeff]+")
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
# From "A" on: digits sort before letters, and texts are compared as they are.
_RANK = {letter: chr(65 + rank) for rank, letter in enumerate(_LETTERS)}


def nfc(text: str, field: str = "text") -> str:
    """`text` composed (NFC), runs of blanks reduced to one, ends trimmed; line feeds stay.

    Raises `TextRefused`, naming `field`, for control characters, lone surrogates and bidi overrides: no name
    has them, they break exports, and with them one text can look like another.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    if _REFUSED.search(text):
        raise TextRefused(field)
    lines = unicodedata.normalize("NFC", text).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def fold(text: str) -> str:
    """`text` for searching: no marks, đ as d, small letters, single blanks: *dang thi uoc*."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(letters.split())


def search_text(text: str) -> str:
    """`text` as searches compare it: folded, with a blank at both ends and for what separates words."""
    return spaced(fold(text))


def spaced(folded: str) -> str:
    """`search_text` of a folded text. Most texts have no such sign: replacing blanks by blanks takes long."""
    text = f" {folded} "
    return _SEPARATORS.sub(lambda sign: sign[1] or " ", text) if _SIGN.search(folded) else text


def search_words(query: str) -> list[str]:
    """The words to look for in a `search_text`.

    *ngõ 3* and the like are one word, also when written *ngo3*. *số*, *nhà* and *sn* before a number are
    left out.
    A form of address before the name or the number (*nhà ông Long*, *hộ 13*) keeps its blanks, so that only a
    whole word matches; `words_to_find` leaves it out when nothing has all words.
    """
    text = _BEFORE_NUMBER.sub("", _NUMBER_AFTER_LETTER.sub(" ", search_text(query)))
    words: list[str] = _SEARCHED.findall(text)
    if _TITLES.issuperset(words):
        return words
    is_name = (place for place, word in enumerate(words) if word not in _TITLES and not _NUMBER.search(word))
    name = next(is_name, len(words))
    return [f" {word} " if word in _TITLES and n < name else word for n, word in enumerate(words)]


def words_to_find(query: str, texts: Iterable[str]) -> frozenset[str]:
    """The words that texts must have to be found: without forms of address if none of `texts` has all words.

    `texts` are in the form of `search_text`; they are read only if there is a form of address.
    """
    words = frozenset(search_words(query))
    names = frozenset(word for word in words if word[0] != " ")
    return words if names == words or any(has_words(text, words) for text in texts) else names


def has_words(text: str, words: Iterable[str]) -> bool:
    """Whether each word is part of `text`, which is in the form of `search_text`."""
    return all(word in text for word in words)


def is_near(one: str, other: str) -> bool:
    """Whether two folded texts are equal but for one letter: another one, one more or less, or two that
    changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    a, b = one[same:], other[same:]
    swapped = len(a) > 1 and len(b) > 1 and (a[0], a[1], a[2:]) == (b[1], b[0], b[2:])
    return swapped or a[1:] == b[1:] or a == b[1:] or a[1:] == b


def mask_digits(text: str) -> str:
    """`text` with every run of nine digits or more masked except the last two (`docs/product.md` §6.3)."""
    return _DIGITS.sub(lambda run: run[1] or "•" * (len(run[0]) - 2) + run[0][-2:], text)


def by_given_name(name: str) -> bytes:
    """Sort key for a person's name: the given name (last word) first, then family and middle names."""
    return _given_name_key(name).encode("utf-16-be")


def by_address(alley: str, house_no: str, name: str) -> bytes:
    """Sort key for a household: by alley, house number, then given name. Numbers compare as numbers: 2, 12,
    12A, 13."""
    key = f"{_text_key(alley)}\x01{_text_key(house_no)}\x00{_given_name_key(name)}"
    return key.encode("utf-16-be")  # browsers compare texts by these units


def _given_name_key(name: str) -> str:
    keys = [key for key in map(_name_word_key, _BLANKS.split(name)) if key]
    return "\x02".join(keys[-1:] + keys[:-1])


# A hamlet's names share few words, and many households an alley.
@lru_cache(20_000)
def _name_word_key(word: str) -> str:
    return _word_key("".join(char for char in _lower_decomposed(word) if _is_of_word(char)))


@lru_cache(20_000)
def _text_key(text: str) -> str:
    words = "".join(char if _is_of_word(char) else " " for char in _lower_decomposed(text)).split(" ")
    return "\x02".join(_word_key(word) for word in words if word)


def _lower_decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text.lower())


def _is_of_word(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind[0] in "LM" or kind == "Nd"


def _word_key(word: str) -> str:
    """A word's letters, then its tone: *ma mà mả mã má mạ* come together, before *mạc*. A syllable has one
    tone, on whichever letter it is written, so *hoà* and *hòa* are the same word. `word` is decomposed."""
    if not word:
        return ""
    tone = next((_TONES[char] for char in word if char in _TONES), 0)
    bare = unicodedata.normalize("NFC", "".join(char for char in word if char not in _TONES))
    numbered = _NUMBERS.sub(lambda digits: (digits[0].lstrip("0") or "0").zfill(8), bare)
    return "".join(_RANK.get(char, char) for char in numbered) + f"\x03{tone}"
