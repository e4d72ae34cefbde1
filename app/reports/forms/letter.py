"""The head and the signature of a letter of a commune, as Nghị định 30/2020/NĐ-CP lays them out."""

from typing import Any

from app.core.strings import _
from app.reports.forms import docx_layout as layout

_SMALL = 12


def add_head(word: Any, commune: str, place: str, number: str) -> None:
    """Who writes it, the number's line, that it is a draft; the state's name and motto, and the date's line.

    `commune`: *Xã Yên Bình*; `place`: as the date's line has it (*Yên Bình*); `number`: what stands behind
    the number (*BC-UBND*).
    """
    left, right = layout.add_columns(word, 68, 97)
    layout.add_text(left, _("ỦY BAN NHÂN DÂN"), bold=True, size=13, align=layout.CENTER)
    layout.add_text(left, commune.upper(), bold=True, size=13, align=layout.CENTER)
    layout.add_rule(left, 20)
    line = _("Số:         /%(number)s", number=number)
    layout.add_text(left, line, size=13, align=layout.CENTER)
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


def add_signature(word: Any, receivers: tuple[str, ...], signer: str = "") -> None:
    """*Nơi nhận* with the receivers, and the place of the signature and the seal; `signer`: under the name of
    the people's committee, whose signature it is."""
    layout.add_text(word, "", size=6)
    left, right = layout.add_columns(word, 75, 90)
    layout.add_text(left, _("Nơi nhận:"), bold=True, italic=True, size=_SMALL)
    for receiver in receivers:
        layout.add_text(left, receiver, size=11)
    layout.add_text(right, _("TM. ỦY BAN NHÂN DÂN"), bold=True, align=layout.CENTER)
    if signer:
        layout.add_text(right, signer, bold=True, align=layout.CENTER)
    for _line in range(4):
        layout.add_text(right, " ", align=layout.CENTER)
