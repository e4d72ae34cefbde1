"""What a text from a list may be: cleaned first, then refused with a sentence if it cannot be stored."""

from app.core.errors import TextRefused
from app.core.strings import _
from app.core.text import fold, mask_digits, nfc
from app.households.commands import ALLEY_LENGTH, HOUSE_NO_LENGTH, NAME_LENGTH
from app.lists import kinds, letters, names

HAMLET_LENGTH = 60  # characters; the longest of the official names of communes has 26


def clean(text: str) -> str:
    """One line, composed, single blanks, Ð as Đ, nothing invisible; controls stay, to be refused."""
    bare = letters.with_dyet(" ".join(kinds.INVISIBLE.sub("", text).split()))
    try:
        return nfc(bare)
    except TextRefused:
        return bare


def fault_of_name(written: str, name: str) -> str:
    """Why `name`, of a cell that says `written`, cannot be a head's name; "" if it can."""
    if not any(char.isalpha() for char in name):
        return _("Thiếu họ và tên chủ hộ.")
    if len(name) == 1:
        return _("Họ tên chỉ có một chữ cái.")
    if kinds.YEAR.search(name):
        return _("Họ tên có kèm ngày sinh hoặc năm sinh: hãy bỏ đi, ứng dụng không lưu.")
    if len(name) > NAME_LENGTH:
        return _("Họ tên dài quá %(most)s ký tự.", most=NAME_LENGTH)
    what = _("họ tên")
    return _fault_of_text(clean(written), what) or _fault_of_text(name, what) or names.fault(written, name)


def fault_of_label(house_no: str, alley: str) -> str:
    """Why these cannot say where a door is; "" if they can."""
    if len(house_no) > HOUSE_NO_LENGTH:
        return _("Số nhà dài quá %(most)s ký tự.", most=HOUSE_NO_LENGTH)
    if len(alley) > ALLEY_LENGTH:
        return _("Ngõ hoặc địa chỉ dài quá %(most)s ký tự.", most=ALLEY_LENGTH)
    if kinds.MADE_OF_NUMBER.fullmatch(house_no) or kinds.DATE.search(house_no):
        return _("Số nhà như do bảng tính tự đổi (ngày tháng, giờ, số lẻ): hãy gõ lại dạng chữ.")
    for text, what in ((house_no, _("số nhà")), (alley, _("ngõ"))):
        if fault := _fault_of_text(text, what) or _fault_of_remark(text, what):
            return fault
    return ""


def fault_of_hamlet(hamlet: str) -> str:
    """Why this cannot be a hamlet's name; "" if it can."""
    if not hamlet:
        return _("Thiếu tên thôn, bản hoặc tổ dân phố.")
    if len(hamlet) > HAMLET_LENGTH:
        return _("Tên thôn dài quá %(most)s ký tự.", most=HAMLET_LENGTH)
    fault = _fault_of_text(hamlet, _("thôn"))
    if not fault and kinds.is_no_hamlet(hamlet):
        return _("Tên thôn chưa rõ: hãy ghi đủ tên một thôn, như “Thôn 1”, “Tổ dân phố 2”.")
    return fault


def _fault_of_remark(text: str, what: str) -> str:
    """Why `text` says more than where a door is."""
    if (
        kinds.DATE.search(text)
        or kinds.NEVER_STORED.search(text)
        or kinds.NEVER_STORED_FOLDED.search(fold(text))
    ):
        return _("Ô %(what)s có lời ghi mà ứng dụng không lưu: hãy bỏ đi.", what=what)
    return ""


def _fault_of_text(text: str, what: str) -> str:
    """Why `text` is not to be stored, whatever it is."""
    if fault := _fault_of_letters(text, what):
        return fault
    if kinds.ERROR_VALUE.search(text):
        return _("Ô %(what)s có công thức bị lỗi: hãy gõ lại.", what=what)
    if kinds.FORMULA.match(text):
        return _("Ô %(what)s bắt đầu như một công thức (= + - @): hãy gõ lại.", what=what)
    if kinds.MARKUP.search(text):
        return _("Ô %(what)s có mã trang web (dấu < > hoặc &…;): hãy gõ lại.", what=what)
    if mask_digits(text) != text:
        return _("Ô %(what)s có dãy số dài (số điện thoại hoặc số căn cước): hãy bỏ đi.", what=what)
    return ""


def _fault_of_letters(text: str, what: str) -> str:
    if _is_broken(text):
        return _("Ô %(what)s có ký tự điều khiển hoặc ký tự bị hỏng: hãy gõ lại.", what=what)
    if letters.is_old_font(text) or letters.is_telex(text):
        return old_font(what)
    if "?" in text and not kinds.ERROR_VALUE.search(text):
        return _("Ô %(what)s có dấu hỏi, có lẽ chữ bị mất dấu: hãy gõ lại.", what=what)
    return ""


def _is_broken(text: str) -> bool:
    try:
        return bool(kinds.BROKEN.search(nfc(text))) or letters.is_strange(text)
    except TextRefused:
        return True


def old_font(what: str) -> str:
    """The sentence for a text that is, or may be, in an old font."""
    return _("Ô %(what)s gõ phông cũ hoặc sai bảng mã: hãy chuyển cả cột sang Unicode.", what=what)
