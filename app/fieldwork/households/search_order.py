"""In which order a search lists what it finds, as the phone does (`householdSearch.ts`).

Both are tested with `tests/contract/vectors/search.json`.
"""

import unicodedata
from collections.abc import Callable

from app.core.text import search_words, spaced

# Of one household: its name as it is stored and folded, its folded house number, its label as searches
# compare it.
Rank = Callable[[str, str, str, str], tuple[int, int, int]]


def rank_of(query: str) -> Rank:
    """A sort key: how near the house number is to the one that was typed; whether the name is what was typed;
    then how near the words are to those of the household."""
    words = [word for word in search_words(query) if word[0] != " "]
    numbers = [word for word in words if word[0].isdigit()]
    others = [word for word in words if not word[0].isdigit()]
    number = numbers[0] if numbers else ""
    typed, folded = " ".join(unicodedata.normalize("NFC", query).lower().split()), " ".join(others)

    def rank(head_name: str, folded_name: str, house_no: str, text: str) -> tuple[int, int, int]:
        own = house_no if number else ""
        far = 0 if own == number else 1 if own.startswith(number) else 2
        name = spaced(folded_name)
        other = 0 if head_name.lower() == typed else 1 if name.strip() == folded else 2
        return far, other, sum(_distance(word, name, text) for word in others)

    return rank


def _distance(word: str, name: str, text: str) -> int:
    """A whole word, the beginning of one, letters; in the name, of which the last word is the given name, or
    after it."""
    last = name[name.rfind(" ", 0, -1) :]
    found = (
        last == f" {word} ",
        f" {word} " in name,
        last.startswith(f" {word}"),
        f" {word}" in name,
        word in name,
        f" {word} " in text,
        f" {word}" in text,
    )
    return found.index(True) if True in found else len(found)
