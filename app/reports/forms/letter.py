"""The head and the signature of a letter of a commune, as Nghị định 30/2020/NĐ-CP lays them out."""

from collections.abc import Sequence
from typing import Any

from docx.shared import Mm

from app.core.strings import _
from app.reports.forms import docx_layout as layout

_SMALL = 12


def add_head(
    word: Any, commune: str, place: str, number: str, *, department: str = "", is_draft: bool = True
) -> None:
    """Who writes it, the number's line, whether it is a draft; the state's name and motto, the date's line.

    `commune`: *Xã Yên Bình*; `place`: as the date's line has it (*Yên Bình*); `number`: what stands behind
    the number (*BC-UBND*); `department`: who writes it, if it is not the people's committee above it.
    """
    left, right = layout.add_columns(word, 68, 97)
    is_own = not department
    layout.add_text(left, _("ỦY BAN NHÂN DÂN"), bold=is_own, size=13, align=layout.CENTER)
    layout.add_text(left, commune.upper(), bold=is_own, size=13, align=layout.CENTER)
    if department:
        layout.add_text(left, department.upper(), bold=True, size=13, align=layout.CENTER)
    layout.add_rule(left, 20)
    line = _("Số:         /%(number)s", number=number)
    layout.add_text(left, line, size=13, align=layout.CENTER)
    if is_draft:
        layout.add_text(left, _("DỰ THẢO"), bold=True, size=_SMALL, align=layout.CENTER, before=4)
    add_state(right)
    date_line = _("%(place)s, ngày       tháng       năm         ", place=place)
    layout.add_text(right, date_line, italic=True, size=13, align=layout.CENTER)


def add_state(parent: Any, inset: float = 15) -> None:
    """The state's name and its motto, above a line that begins and ends `inset` mm from the sides."""
    layout.add_text(
        parent, _("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), bold=True, size=_SMALL, align=layout.CENTER
    )
    layout.add_text(parent, _("Độc lập - Tự do - Hạnh phúc"), bold=True, align=layout.CENTER)
    layout.add_rule(parent, inset)


def add_addressees(word: Any, addressees: Sequence[str]) -> None:
    """*Kính gửi*: one on the line, several below each other, none as points to write on."""
    if len(addressees) < 2:
        whom = "".join(addressees) or "……………………………………"
        layout.add_text(word, _("Kính gửi: %(whom)s", whom=whom), align=layout.CENTER, before=6, after=12)
        return
    layout.add_text(word, _("Kính gửi:"), before=6).paragraph_format.left_indent = Mm(30)
    for place, whom in enumerate(addressees, start=1):
        is_last = place == len(addressees)
        line = layout.add_text(word, f"- {whom}{'.' if is_last else ';'}", after=12 if is_last else 0)
        line.paragraph_format.left_indent = Mm(50)


def add_signature(word: Any, receivers: Sequence[str], signers: Sequence[str]) -> None:
    """*Nơi nhận* with the receivers, and the place of the signature and the seal below the lines that say who
    signs."""
    layout.add_text(word, "", size=6)
    left, right = layout.add_columns(word, 75, 90)
    layout.add_text(left, _("Nơi nhận:"), bold=True, italic=True, size=_SMALL)
    for receiver in receivers:
        layout.add_text(left, receiver, size=11)
    for line in signers:
        layout.add_text(right, line, bold=True, align=layout.CENTER)
    for _line in range(4):
        layout.add_text(right, " ", align=layout.CENTER)
