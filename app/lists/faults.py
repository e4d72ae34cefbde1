"""What a text from a list may be: cleaned first, then refused with a sentence if it cannot be stored."""

from app.core.errors import TextRefused
from app.core.strings import _
from app.core.text import mask_digits, nfc
from app.households.commands import ALLEY_LENGTH, HOUSE_NO_LENGTH, NAME_LENGTH
from app.lists import kinds

HAMLET_LENGTH = 60  # characters; the longest of the official names of communes has 26


def clean(text: str) -> str:
    """One line, composed, single blanks, without invisible characters; controls stay, to be refused."""
    bare = " ".join(kinds.INVISIBLE.sub("", text).split())
    try:
        return nfc(bare)
    except TextRefused:
        return bare


def fault_of_name(name: str) -> str:
    """Why this cannot be a head's name; "" if it can."""
    if not any(char.isalpha() for char in name):
        return _("Thiếu họ và tên chủ hộ.")
    if len(name) == 1:
        return _("Họ tên chỉ có một chữ cái.")
    if kinds.YEAR.search(name):
        return _("Họ tên có kèm ngày sinh hoặc năm sinh: hãy bỏ đi, ứng dụng không lưu.")
    if len(name) > NAME_LENGTH:
        return _("Họ tên dài quá %(most)s ký tự.", most=NAME_LENGTH)
    return _fault_of_text(name, _("họ tên"))


def fault_of_label(house_no: str, alley: str) -> str:
    """Why these cannot say where a door is; "" if they can."""
    if len(house_no) > HOUSE_NO_LENGTH:
        return _("Số nhà dài quá %(most)s ký tự.", most=HOUSE_NO_LENGTH)
    if len(alley) > ALLEY_LENGTH:
        return _("Ngõ hoặc địa chỉ dài quá %(most)s ký tự.", most=ALLEY_LENGTH)
    return _fault_of_text(house_no, _("số nhà")) or _fault_of_text(alley, _("ngõ"))


def fault_of_hamlet(hamlet: str) -> str:
    """Why this cannot be a hamlet's name; "" if it can."""
    if not hamlet:
        return _("Thiếu tên thôn, bản hoặc tổ dân phố.")
    if len(hamlet) > HAMLET_LENGTH:
        return _("Tên thôn dài quá %(most)s ký tự.", most=HAMLET_LENGTH)
    return _fault_of_text(hamlet, _("thôn"))


def _fault_of_text(text: str, what: str) -> str:
    """Why `text` is not to be stored, whatever it is."""
    try:
        broken = kinds.BROKEN.search(nfc(text)) is not None
    except TextRefused:
        broken = True
    if broken:
        return _("Ô %(what)s có ký tự điều khiển hoặc ký tự bị hỏng: hãy gõ lại.", what=what)
    if kinds.FORMULA.match(text):
        return _("Ô %(what)s bắt đầu như một công thức (= + - @): hãy gõ lại.", what=what)
    if kinds.MARKUP.search(text):
        return _("Ô %(what)s có mã trang web (dấu < > hoặc &…;): hãy gõ lại.", what=what)
    if kinds.OLD_FONT.search(text):
        return _("Ô %(what)s gõ bằng phông cũ (TCVN3, VNI): hãy chuyển sang Unicode.", what=what)
    if mask_digits(text) != text:
        return _("Ô %(what)s có dãy số dài (số điện thoại hoặc số căn cước): hãy bỏ đi.", what=what)
    return ""
