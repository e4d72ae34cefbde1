"""Numbers of identity cards, which are never stored (`docs/product.md` §6.1): they are replaced by points.

A card's number has twelve digits, on older cards nine. A run of digits goes on over one sign or over blanks
between two groups of them. In it, dates and telephone numbers are left as they are; of what remains, groups
that have twelve or nine digits together are masked. Groups of one and of two digits are a list's numbers.

The phone has the same function in `static/field/core/idNumbers.ts`; both are tested with
`tests/contract/vectors/id_numbers.json`.
"""

import re
from typing import Any

from app.core.text import nfc
from app.core.types import is_uuid

POINT = "•"
_LENGTHS = (12, 9)
_MOST_GROUPS = max(_LENGTHS)
# `\d` has the digits of every script; the others are raised, lowered and in circles.
_D = r"[\d\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u24ea]"
_UNSEEN = (
    r"\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f"
    r"\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff"
)
_Z = rf"[()\[\]{{}}{_UNSEEN}]*"
_SIGNS = r"[./_+*|~='\\\u00b7\u2019\u2010-\u2015\u2022\u2212-]{1,3}"
# A comma or semicolon with a blank separates the numbers of a list.
_GAP = rf"{_Z}(?:(?:\s+(?:{_SIGNS}\s*)?|{_SIGNS}\s*|[,;]){_Z})?"
_RUN = re.compile(rf"{_D}(?:{_GAP}{_D})*")

_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d"
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-\d\d"
)
_TELEPHONE = re.compile("(?:840?|0)[35789][0-9]{8}|02[0-9]{9}")
# The sizes of a telephone number's groups where other numbers follow it.
_GROUPED = re.compile("10|11|29|219|2333|334|433")
_GROUP = re.compile(rf"{_D}(?:[{_UNSEEN}]*{_D})*")
_DIGIT = re.compile(_D)
_NEVER_MASKED = frozenset(("phone", "house_no", "alley"))


def mask_id_numbers(text: str) -> str:
    """`text` with a point for each digit of an identity card's number, without the signs between them."""
    if len(text) < min(_LENGTHS):
        return text
    masked = _RUN.sub(lambda run: _masked_run(run[0]), text)
    return text if masked == text else masked


def stored_text(text: str, field: str = "text") -> str:
    """What somebody typed, as it is stored: normalized, without numbers of identity cards.

    Raises `TextRefused` as `nfc` does.
    """
    return mask_id_numbers(nfc(text, field))


def mask_values(data: Any, name: str = "") -> Any:
    """`data` with every text masked, but for ids, telephone numbers and addresses; the same object if there
    is nothing to mask.

    `name`: the field whose value `data` is.
    """
    if isinstance(data, str):
        return data if name in _NEVER_MASKED or is_uuid(data) else mask_id_numbers(data)
    if isinstance(data, dict):
        masked = {key: new for key, old in data.items() if (new := mask_values(old, key)) is not old}
        return {**data, **masked} if masked else data
    if isinstance(data, list):
        values = [mask_values(value, name) for value in data]
        return data if values == data else values
    return data


def _masked_run(run: str) -> str:
    found = list(_GROUP.finditer(run))
    groups = ["".join(_DIGIT.findall(group[0])) for group in found]
    masked, done, first = "", 0, 0
    while first < len(groups):
        last = _end_of_other(run, found, groups, first)
        if last == first and (last := _end_of_card(groups, first)) > first:
            masked += run[done : found[first].start()] + POINT * len("".join(groups[first:last]))
            done = found[last - 1].end()
        first = max(last, first + 1)
    return masked + run[done:]


def _end_of_other(run: str, found: list[re.Match[str]], groups: list[str], first: int) -> int:
    """Behind the last group of a date or a telephone number that begins with this group; the group itself if
    none does."""
    for last in range(first + 1, min(first + _MOST_GROUPS, len(groups)) + 1):
        is_date = _DATE.fullmatch(run, found[first].start(), found[last - 1].end())
        if is_date or _is_telephone(groups[first:last], is_rest=last == len(groups)):
            return last
    return first


def _is_telephone(some: list[str], *, is_rest: bool) -> bool:
    is_alone = is_rest and len(some[0]) != _LENGTHS[1] and len(some[-1]) > 1
    is_grouped = is_alone or _GROUPED.fullmatch("".join(str(len(group)) for group in some))
    return bool(is_grouped and _TELEPHONE.fullmatch("".join(some)))


def _end_of_card(groups: list[str], first: int) -> int:
    """Behind the last group of a card's number; the group itself if none begins with it."""
    for length in _LENGTHS:
        for last in range(first + 1, min(first + length, len(groups)) + 1):
            some = [len(group) for group in groups[first:last]]
            if sum(some) == length and set(some) != {1, 2}:
                return last
    return first
