"""A head's name: removing numbering, title and quotes, and rejecting what is not one person's name."""

import re

from app.core.strings import _
from app.core.text import fold
from app.intake.household_import.parsing import patterns

MAX_WORDS = 5  # six words are two people more often than one
_QUOTES = " \"'“”„«»‘’`´"
_BULLETS = _QUOTES + "•*·"
_NUMBERING = re.compile(r"^\d{1,5}\s*(?:[.)/:]|-\s)\s*")
_ONE_PERSON = re.compile(r"(?:[^\W\d_]|[ '’ʼ.]|(?<! )-(?! ))+")


def strip_title(written: str) -> str:
    """The name without numbering, quotes and title.

    A title that may be part of the name stays, to be rejected by `person_name_error`.
    """
    name = _NUMBERING.sub("", written.lstrip(_BULLETS)).lstrip(_BULLETS).rstrip(_QUOTES + ".,;:")
    prefix = patterns.HOUSEHOLD_OF.match(name)
    name = name[prefix.end() :] if prefix else name
    rest = patterns.TITLE.sub("", name, count=1)
    if rest != name or not (title := patterns.AMBIGUOUS_TITLE.match(name)):
        return rest.strip(_QUOTES)
    rest = name[title.end() :]
    words = fold(rest).split()
    unambiguous = prefix or patterns.UNAMBIGUOUS_TITLE.fullmatch(title[1])
    return rest if len(words) >= (2 if unambiguous else 3) and words[0] not in ("thi", "van") else name


def person_name_error(written: str, name: str) -> str:
    """Why `name`, from a cell with the text `written`, is not one person's name; "" if it is."""
    if any(mark in written.strip() for mark in "\n\r\v\f"):
        return _("Ô họ tên có hai dòng: hãy ghi một người trên một dòng của bảng.")
    if error := _no_name_error(name):
        return error
    if not _ONE_PERSON.fullmatch(name) or _has_remark(name):
        return _("Họ tên có lời ghi kèm, số hoặc dấu lạ, ứng dụng không lưu: hãy để lại họ tên một người.")
    if _is_two_people(name):
        return _("Ô họ tên quá nhiều chữ, có lẽ là hai người: hãy tách thành hai dòng.")
    if patterns.AMBIGUOUS_TITLE.match(name) and not patterns.FAMILY_NAME_ONG.match(name):
        return _("Không rõ chữ đầu (Ông, Bà, Anh…) là cách gọi hay họ tên: hãy ghi đủ họ tên.")
    return ""


def _no_name_error(name: str) -> str:
    if patterns.NO_NAME.fullmatch(name) or patterns.hamlet_in_section(name):
        return _("Ô họ tên không phải là họ tên.")
    if name.islower() and not patterns.begins_with_family_name(name):
        return _("Họ tên viết thường và không bắt đầu bằng một họ thường gặp: hãy viết hoa nếu là họ tên.")
    return ""


def _has_remark(name: str) -> bool:
    rest = name.lower().partition(" ")[2]
    if patterns.NAMED_NGHEO.fullmatch(rest):
        return False
    return bool(patterns.REMARK.search(rest) or patterns.NEVER_STORED_FOLDED.search(fold(name)))


def _is_two_people(name: str) -> bool:
    words = len(name.split())
    return words > MAX_WORDS or (words == MAX_WORDS and len(patterns.MIDDLE_NAME.findall(name)) > 1)
