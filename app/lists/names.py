"""A head's name: what stands between numbering, title and quotes; and what is no name of one person."""

import re

from app.core.strings import _
from app.core.text import fold
from app.lists import kinds

MOST_WORDS = 5  # six words are two people more often than one
_QUOTES = " \"'“”„«»‘’`´"
_BULLETS = _QUOTES + "•*·"
_NUMBERING = re.compile(r"^\d{1,5}\s*(?:[.)/:]|-\s)\s*")
_HOUSE = re.compile(r"^(?:chủ hộ|hộ gia đình|gia đình|hộ|hgđ|gđ)(?:\s*[:.]\s*|\s+)", re.IGNORECASE)
# A title that is nothing else: *Ô. Thử*, *Ông/Bà*, *Ông:*.
_TITLE = re.compile(
    r"^(?:(?:ông|bà)\s*[/(,-]?\s*(?:bà|ông)\s*\)?\s*:?|(?:ông|bà|cụ|anh|chị)\s*:|(?:ô|b|ô\.?/b)\s*[.:])\s*",
    re.IGNORECASE,
)
# A title that is a name as well: Ông is a family name, Anh and Em are given names.
_PERHAPS_TITLE = re.compile(r"^(ông|bà|cụ|anh|chị|chú|bác|cô|dì|em)(?:\s+|$)", re.IGNORECASE)
_ONE_PERSON = re.compile(r"(?:[^\W\d_]|[ '’ʼ.]|(?<! )-(?! ))+")
_BETWEEN = re.compile(r"\b(?:văn|thị)\b(?! *$)", re.IGNORECASE)
# Behind the first word of a name; Hộ, Tuổi, Chuyển and Già are given names.
_REMARK = re.compile(
    r"\b(?:hộ \w+|nghèo|mất|chết|chuyển (?:đi|đến|khẩu|hộ|nhà)|(?:đi|tạm|thường) vắng|vắng nhà|bệnh|tâm thần|"
    r"đi làm|độc thân|vợ|chồng|(?:và|bà|ông)(?! *$)|thương binh|liệt sĩ|chính sách|tàn tật|khuyết tật|"
    r"(?:góa|goá)(?! *$)|già yếu|neo đơn|sn|btxh|"
    r"(?:thôn|xóm|ấp|tdp|ngõ|ngách|đội|khu phố|tổ|sđt|đt)(?= \w))\b"
)
_WORDS_OF_OTHER_COLUMNS = frozenset(
    "có|không|đúng|sai|true|false|yes|no|chủ hộ|vợ|chồng|con|bố|mẹ|cha|cháu|con trai|con gái|em|tên|họ|"
    "họ và tên|họ tên|nam giới|nữ giới|chưa có|không có|không rõ|chưa rõ|trống|nhà trống|vắng chủ".split("|")
)


def bare(written: str) -> str:
    """The name without numbering, quotes and title. A title that may be a name stays, for `fault`."""
    name = _NUMBERING.sub("", written.lstrip(_BULLETS)).lstrip(_BULLETS).rstrip(_QUOTES + ".,;:")
    house = _HOUSE.match(name)
    name = name[house.end() :] if house else name
    rest = _TITLE.sub("", name, count=1)
    if rest != name or not (perhaps := _PERHAPS_TITLE.match(name)):
        return rest.strip(_QUOTES)
    rest = name[perhaps.end() :]
    words = fold(rest).split()
    sure = house or perhaps[1].lower() == "bà"
    return rest if len(words) >= (2 if sure else 3) and words[0] not in ("thi", "van") else name


def fault(written: str, name: str) -> str:
    """Why `name`, of a cell that says `written`, is not one person's name; "" if it is."""
    if any(mark in written.strip() for mark in "\n\r\v\f"):
        return _("Ô họ tên có hai dòng: hãy ghi một người trên một dòng của bảng.")
    if name.lower() in _WORDS_OF_OTHER_COLUMNS or kinds.section(name):
        return _("Ô họ tên không phải là họ tên.")
    if not _ONE_PERSON.fullmatch(name) or _says_more(name):
        return _("Họ tên có lời ghi kèm, số hoặc dấu lạ, ứng dụng không lưu: hãy để lại họ tên một người.")
    if _is_two(name):
        return _("Ô họ tên quá nhiều chữ, có lẽ là hai người: hãy tách thành hai dòng.")
    if _PERHAPS_TITLE.match(name) and not name.lower().startswith("ông thị "):
        return _("Không rõ chữ đầu (Ông, Bà, Anh…) là cách gọi hay họ tên: hãy ghi đủ họ tên.")
    return ""


def _says_more(name: str) -> bool:
    behind = name.lower().partition(" ")[2]
    return bool(_REMARK.search(behind) or kinds.NEVER_STORED_FOLDED.search(fold(name)))


def _is_two(name: str) -> bool:
    words = len(name.split())
    return words > MOST_WORDS or (words == MOST_WORDS and len(_BETWEEN.findall(name)) > 1)
