"""Vietnamese text: what may be stored, how it is folded for search, how names are sorted.

The phone has the same functions in `static/field/core/text.js`; both are tested with
`tests/contract/vectors/text.json`.
"""

import re
import unicodedata
from collections.abc import Iterable

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
_BEFORE_NUMBER = re.compile(r"\b(?:(?:so|nha) )+(?=\d)")
_SEARCHED = re.compile(r"\b(?:ngo|ngach|hem|xom|to|ap|thon|ban) \d\S*|\S+")
_NUMBER = re.compile("[0-9]")
_WORDS = re.compile(r"[^\W_]+")
_NUMBERS = re.compile(r"\d+|\D+")
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_RANK = {letter: rank for rank, letter in enumerate(_LETTERS, start=1)}


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

    *ngõ 3* and the like are one word, also when written *ngo3*. *số* and *nhà* before a number are left out.
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


def by_given_name(name: str) -> tuple[tuple[object, ...], ...]:
    """Sort key for a person's name: the given name (last word) first, then family and middle names."""
    words = name.lower().split()
    ordered = words[-1:] + words[:-1]
    return tuple(_word_key(word) for word in ordered)


def by_address(alley: str, house_no: str, name: str) -> tuple[object, ...]:
    """Sort key for a household: by alley, house number, then given name. Numbers compare as numbers: 2, 12,
    12A, 13."""
    return (_text_key(alley), _text_key(house_no), by_given_name(name))


def _text_key(text: str) -> tuple[tuple[object, ...], ...]:
    words = _WORDS.findall(unicodedata.normalize("NFC", text.lower()))
    return tuple(
        (0, int(part)) if part.isdecimal() else (1, *_word_key(part))
        for word in words
        for part in _NUMBERS.findall(word)
    )


def _word_key(word: str) -> tuple[object, ...]:
    """The letters of the whole word, then its tones: mà, mả and mã are sorted together, before mạc."""
    letters: list[int] = []
    tones: list[int] = []
    for syllable_char in unicodedata.normalize("NFC", word):
        tone, base = 0, ""
        for part in unicodedata.normalize("NFD", syllable_char):
            tone, base = (_TONES[part], base) if part in _TONES else (tone, base + part)
        letter = unicodedata.normalize("NFC", base)
        letters.append(_RANK.get(letter, 1000 + ord(letter[0]) if letter else 0))
        tones.append(tone)
    return (tuple(letters), tuple(tones))
