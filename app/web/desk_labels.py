"""The desk's words: labels of codes in one place, and the few phrases made of them."""

from dataclasses import dataclass

from app.households.models import Household
from app.visits.models import Visit
from app.visits.queries import WITHDRAWN

RESULTS = {
    "helped": "Đã hỗ trợ",
    "come_back": "Hẹn quay lại",
    "not_home": "Vắng nhà",
    "not_needed": "Chưa cần hỗ trợ",
}
OUTCOMES = {
    "did_it": "Tự làm được",
    "done_for_them": "Làm hộ",
    "explained": "Mới hướng dẫn",
    "already_had": "Đã có sẵn",
    "referred": "Chuyển nơi giải quyết",
    "come_back": "Hẹn lại",
    "declined": "Không muốn",
    "not_possible": "Chưa đủ điều kiện",
}
UNITS = {"people": "người", "applications": "hồ sơ"}
# A state's text and icon; its colour follows from its code in the style sheets.
STATES = {
    "received": ("Đã nhận", "clock"),
    "accepted": ("Hợp lệ", "done"),
    "returned": ("Đã trả lại", "alert"),
    WITHDRAWN: ("Đã rút", "minus"),
}
REASONS = {
    "duplicate_visit": "Trùng lượt",
    "wrong_household": "Sai hộ",
    "missing_information": "Thiếu thông tin",
    "other": "Khác",
}
FIELDS = {
    "result": "Kết quả",
    "services": "Việc hướng dẫn",
    "note": "Ghi chú",
    "follow_up_on": "Hẹn quay lại",
    "household": "Hộ",
}
FILTERS = {"hamlet": "Thôn", "volunteer": "Người ghi", "state": "Trạng thái", "day": "Ngày"}
RETURN_PROBLEMS = {
    "reason": "Chọn một lý do.",
    "field": "Chọn ô cần sửa.",
    "note": "Viết vài chữ cho lý do khác.",
    "note_long": "Viết ngắn lại, nhiều nhất 300 ký tự.",
    "note_refused": "Ghi chú có ký tự không dùng được. Hãy gõ lại.",
}
STALE = "Lượt này vừa được người ghi sửa hoặc rút. Hãy xem bản mới bên dưới rồi quyết định."


@dataclass(frozen=True)
class Badge:
    """A state as text, icon and (by `kind`) colour."""

    kind: str
    text: str
    icon: str


def badge(visit: Visit) -> Badge:
    """The state a visit is in."""
    kind = visit.review_state if visit.withdrawn_at is None else WITHDRAWN
    return Badge(kind, *STATES[kind])


def door(household: Household) -> str:
    """*12 · Nguyễn Văn Đức*: the label people know a household by."""
    return f"{household.house_no} · {household.head_name}" if household.house_no else household.head_name


def amount(people: int, unit: str) -> str:
    """*2 người*, *1 hồ sơ*."""
    return f"{people} {UNITS.get(unit, UNITS['people'])}"
