"""Labels of imports: states, steps, columns, lists of rows and choices."""

from app.core.strings import _, lazy
from app.intake.household_import.parsing.column_roles import ColumnRole
from app.intake.household_import.runs.models import (
    ADD,
    APPLIED,
    CHANGED,
    FAILED,
    NEW,
    READING,
    READY,
    REJECTED,
    UNDONE,
    UPDATE,
)
from app.web.desk.page.labels import Badge

_STATES = {
    READING: (lazy("Đang đọc"), "clock", "received"),
    READY: (lazy("Chờ xác nhận"), "clock", "received"),
    FAILED: (lazy("Chưa đọc được"), "alert", "returned"),
    APPLIED: (lazy("Đã nhập"), "done", "accepted"),
    UNDONE: (lazy("Đã hoàn tác"), "return", "withdrawn"),
}
STEPS = {
    "": lazy("Đang bắt đầu đọc tệp…"),
    "read": lazy("Bước 1/3: đang đọc tệp…"),
    "compare": lazy("Bước 2/3: đang đối chiếu với danh sách đã có…"),
    "store": lazy("Bước 3/3: đang ghi lại kết quả để xem…"),
}
LISTS = {
    NEW: lazy("Hộ mới"),
    CHANGED: lazy("Có thay đổi"),
    REJECTED: lazy("Chưa nhập được"),
}
CHOICES = {
    "": lazy("Để nguyên"),
    UPDATE: lazy("Sửa theo tệp"),
    ADD: lazy("Là hộ khác, thêm mới"),
}
_ROLES = {
    ColumnRole.HEAD: lazy("Chủ hộ"),
    ColumnRole.FULL_NAME: lazy("Chủ hộ"),
    ColumnRole.FAMILY_NAME: lazy("Chủ hộ"),
    ColumnRole.MIDDLE_NAME: lazy("Chủ hộ"),
    ColumnRole.GIVEN_NAME: lazy("Chủ hộ"),
    ColumnRole.HOUSE_NO: lazy("Số nhà"),
    ColumnRole.ALLEY: lazy("Ngõ, mốc"),
    ColumnRole.ADDRESS: lazy("Địa chỉ"),
    ColumnRole.HAMLET: lazy("Thôn"),
}


def state_badge(state: str) -> Badge:
    """*Chờ xác nhận*, *Đã nhập* …"""
    text, icon, kind = _STATES[state]
    return Badge(kind, text, icon)


def understood_columns(columns: dict[str, list[str]]) -> str:
    """What is stored, and the headings of the list that it is from."""
    headings: dict[str, list[str]] = {}
    for role, names in columns.items():
        headings.setdefault(_ROLES[ColumnRole(role)], []).extend(names)
    parts = [
        _("%(label)s: “%(names)s”", label=label, names=", ".join(names)) for label, names in headings.items()
    ]
    return "; ".join(parts)
