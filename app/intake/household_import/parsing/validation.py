"""Validating texts from a list: each function returns a sentence that says why a text is rejected, or ""."""

from app.core.errors import TextRefused
from app.core.strings import _
from app.core.text import fold, mask_digits, nfc
from app.fieldwork.households.commands import ALLEY_LENGTH, HOUSE_NO_LENGTH, NAME_LENGTH
from app.intake.household_import.parsing import encodings, names, patterns

HAMLET_LENGTH = 60  # characters; the longest of the official names of communes has 26


def clean_text(text: str) -> str:
    """Normalise to one line, NFC, single blanks, Đ for Ð, without invisible characters.

    Control characters stay, to be rejected.
    """
    cleaned = encodings.normalize_eth(" ".join(patterns.INVISIBLE.sub("", text).split()))
    try:
        return nfc(cleaned)
    except TextRefused:
        return cleaned


def name_error(written: str, name: str) -> str:
    """Why `name`, from a cell with the text `written`, cannot be a head's name; "" if it can."""
    if not any(char.isalpha() for char in name):
        return _("Thiếu họ và tên chủ hộ.")
    if len(name) == 1:
        return _("Họ tên chỉ có một chữ cái.")
    if patterns.YEAR.search(name):
        return _("Họ tên có kèm ngày sinh hoặc năm sinh: hãy bỏ đi, ứng dụng không lưu.")
    if len(name) > NAME_LENGTH:
        return _("Họ tên dài quá %(most)s ký tự.", most=NAME_LENGTH)
    what = _("họ tên")
    return (
        _text_error(clean_text(written), what)
        or _text_error(name, what)
        or names.person_name_error(written, name)
    )


def address_error(house_no: str, alley: str) -> str:
    """Why these cannot be a household's address; "" if they can."""
    if len(house_no) > HOUSE_NO_LENGTH:
        return _("Số nhà dài quá %(most)s ký tự.", most=HOUSE_NO_LENGTH)
    if len(alley) > ALLEY_LENGTH:
        return _("Ngõ hoặc địa chỉ dài quá %(most)s ký tự.", most=ALLEY_LENGTH)
    if patterns.CONVERTED_NUMBER.fullmatch(house_no) or patterns.DATE.search(house_no):
        return _("Số nhà như do bảng tính tự đổi (ngày tháng, giờ, số lẻ): hãy gõ lại dạng chữ.")
    for text, what in ((house_no, _("số nhà")), (alley, _("ngõ"))):
        if error := _text_error(text, what) or _remark_error(text, what):
            return error
    return ""


def hamlet_error(hamlet: str) -> str:
    """Why this cannot be a hamlet's name; "" if it can."""
    if not hamlet:
        return _("Thiếu tên thôn, bản hoặc tổ dân phố.")
    if len(hamlet) > HAMLET_LENGTH:
        return _("Tên thôn dài quá %(most)s ký tự.", most=HAMLET_LENGTH)
    error = _text_error(hamlet, _("thôn"))
    if not error and patterns.is_no_hamlet(hamlet):
        return _("Tên thôn chưa rõ: hãy ghi đủ tên một thôn, như “Thôn 1”, “Tổ dân phố 2”.")
    return error


def _remark_error(text: str, what: str) -> str:
    """Why `text` says more than an address."""
    if (
        patterns.DATE.search(text)
        or patterns.NEVER_STORED.search(text)
        or patterns.NEVER_STORED_FOLDED.search(fold(text))
    ):
        return _("Ô %(what)s có lời ghi mà ứng dụng không lưu: hãy bỏ đi.", what=what)
    return ""


def _text_error(text: str, what: str) -> str:
    """Why `text` may not be stored in any field."""
    if error := _encoding_error(text, what):
        return error
    if patterns.ERROR_VALUE.search(text):
        return _("Ô %(what)s có công thức bị lỗi: hãy gõ lại.", what=what)
    if patterns.FORMULA.match(text):
        return _("Ô %(what)s bắt đầu như một công thức (= + - @): hãy gõ lại.", what=what)
    if patterns.MARKUP.search(text):
        return _("Ô %(what)s có mã trang web (dấu < > hoặc &…;): hãy gõ lại.", what=what)
    if mask_digits(text) != text:
        return _("Ô %(what)s có dãy số dài (số điện thoại hoặc số căn cước): hãy bỏ đi.", what=what)
    return ""


def _encoding_error(text: str, what: str) -> str:
    if _is_broken(text):
        return _("Ô %(what)s có ký tự điều khiển hoặc ký tự bị hỏng: hãy gõ lại.", what=what)
    if encodings.is_old_font(text) or encodings.is_telex(text):
        return old_font_error(what)
    if "?" in text and not patterns.ERROR_VALUE.search(text):
        return _("Ô %(what)s có dấu hỏi, có lẽ chữ bị mất dấu: hãy gõ lại.", what=what)
    return ""


def _is_broken(text: str) -> bool:
    try:
        return bool(patterns.BROKEN.search(nfc(text))) or encodings.has_foreign_characters(text)
    except TextRefused:
        return True


def old_font_error(what: str) -> str:
    """The sentence for a text that is, or may be, typed in an old font."""
    return _("Ô %(what)s gõ phông cũ hoặc sai bảng mã: hãy chuyển cả cột sang Unicode.", what=what)
