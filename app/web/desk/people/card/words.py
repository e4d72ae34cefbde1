"""What is said of a card that is not right."""

from typing import get_args

from app.commune.card.checks import Fault
from app.core.strings import _, labels, lazy

MAX_TYPED = 40
_WARNING = lazy(
    "Dặn gia đình: đừng cho vào nhà, đừng đưa giấy tờ, mã OTP, tiền; nghi lừa đảo thì báo công an."
)
_FAULTS = labels(
    get_args(Fault),
    {
        "ended": lazy("Người này đã nghỉ, không còn là thành viên."),
        "revoked": lazy("Máy của người này đã bị thu hồi, thẻ không còn dùng được."),
        "locked": lazy("Đã sai ba lần. Phải gọi cho người này theo số dưới đây, rồi mới kiểm tra lại được."),
        "no_phone": lazy(
            "Người này chưa đăng nhập trên máy nào nên chưa có thẻ. Gọi cho người này theo số dưới đây."
        ),
        "no_key": lazy(
            "Máy chưa có khóa thẻ: bảo người đó mở Thẻ thành viên ở nơi có mạng. Chờ thì gọi số dưới đây."
        ),
        "too_many": lazy(
            "Hôm nay đã kiểm tra người này 20 lần, mai mới kiểm tra lại được. Gọi theo số dưới đây."
        ),
    },
)
_GRAVE = ("ended", "revoked", "locked")


def digits_of(typed: str) -> str:
    """The digits of what was typed: *482 913* and *482-913* are *482913*."""
    return "".join(one for one in typed if one not in " .-\u00a0")


def fault_sentences(fault: Fault | None) -> list[str]:
    """Why no check can begin, and what the household is told then."""
    if fault is None:
        return []
    return [_FAULTS[fault], str(_WARNING)] if fault in _GRAVE else [_FAULTS[fault]]


def unready_sentence(count: int) -> str:
    """*Người này còn 1 máy chưa có khóa thẻ …*; empty for none."""
    if not count:
        return ""
    return _("Người này còn %(n)s máy chưa có khóa thẻ: cầm máy ấy thì mở thẻ ở nơi có mạng trước.", n=count)


def wrong_sentence(tries: int) -> str:
    """*Không đúng. Còn 2 lần …*"""
    return _("Không đúng. Nhờ người đó đọc lại chậm sáu số; còn %(n)s lần.", n=tries)
