"""A head's name: what stands between numbering, title and quotes; and what is no name of one person."""

import re

from app.core.strings import _
from app.core.text import fold
from app.lists import kinds

MOST_WORDS = 5  # six words are two people more often than one
_QUOTES = " \"'“”„«»‘’`´"
_BULLETS = _QUOTES + "•*·"
_NUMBERING = re.compile(r"^\d{1,5}\s*(?:[.)/:]|-\s)\s*")
_ONE_PERSON = re.compile(r"(?:[^\W\d_]|[ '’ʼ.]|(?<! )-(?! ))+")


def bare(written: str) -> str:
    """The name without numbering, quotes and title. A title that may be a name stays, for `fault`."""
    name = _NUMBERING.sub("", written.lstrip(_BULLETS)).lstrip(_BULLETS).rstrip(_QUOTES + ".,;:")
    house = kinds.HOUSEHOLD_OF.match(name)
    name = name[house.end() :] if house else name
    rest = kinds.TITLE.sub("", name, count=1)
    if rest != name or not (perhaps := kinds.PERHAPS_TITLE.match(name)):
        return rest.strip(_QUOTES)
    rest = name[perhaps.end() :]
    words = fold(rest).split()
    sure = house or kinds.SURE_TITLE.fullmatch(perhaps[1])
    return rest if len(words) >= (2 if sure else 3) and words[0] not in ("thi", "van") else name


def fault(written: str, name: str) -> str:
    """Why `name`, of a cell that says `written`, is not one person's name; "" if it is."""
    if any(mark in written.strip() for mark in "\n\r\v\f"):
        return _("Ô họ tên có hai dòng: hãy ghi một người trên một dòng của bảng.")
    if kinds.NO_NAME.fullmatch(name) or kinds.section(name):
        return _("Ô họ tên không phải là họ tên.")
    if not _ONE_PERSON.fullmatch(name) or _says_more(name):
        return _("Họ tên có lời ghi kèm, số hoặc dấu lạ, ứng dụng không lưu: hãy để lại họ tên một người.")
    if _is_two(name):
        return _("Ô họ tên quá nhiều chữ, có lẽ là hai người: hãy tách thành hai dòng.")
    if kinds.PERHAPS_TITLE.match(name) and not kinds.FAMILY_ONG.match(name):
        return _("Không rõ chữ đầu (Ông, Bà, Anh…) là cách gọi hay họ tên: hãy ghi đủ họ tên.")
    return ""


def _says_more(name: str) -> bool:
    behind = name.lower().partition(" ")[2]
    return bool(kinds.REMARK.search(behind) or kinds.NEVER_STORED_FOLDED.search(fold(name)))


def _is_two(name: str) -> bool:
    words = len(name.split())
    return words > MOST_WORDS or (words == MOST_WORDS and len(kinds.BETWEEN.findall(name)) > 1)
