"""Labels of imports: states, steps, columns, lists of rows and choices."""

from app.core.strings import _
from app.household_import.parsing.column_roles import ColumnRole
from app.household_import.runs.models import (
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
from app.web.desk.labels import Badge

_STATES = {
    READING: (_("Đang đọc"), "clock", "received"),
    READY: (_("Chờ xác nhận"), "clock", "received"),
    FAILED: (_("Chưa đọc được"), "alert", "returned"),
    APPLIED: (_("Đã nhập"), "done", "accepted"),
    UNDONE: (_("Đã hoàn tác"), "return", "withdrawn"),
}
STEPS = {
    "": _("Đang bắt đầu đọc tệp…"),
    "read": _("Bước 1/3: đang đọc tệp…"),
    "compare": _("Bước 2/3: đang đối chiếu với danh sách đã có…"),
    "store": _("Bước 3/3: đang ghi lại kết quả để xem…"),
}
LISTS = {
    NEW: _("Hộ mới"),
    CHANGED: _("Có thay đổi"),
    REJECTED: _("Chưa nhập được"),
}
CHOICES = {
    "": _("Để nguyên"),
    UPDATE: _("Sửa theo tệp"),
    ADD: _("Là hộ khác, thêm mới"),
}
_ROLES = {
    ColumnRole.HEAD: _("Chủ hộ"),
    ColumnRole.FULL_NAME: _("Chủ hộ"),
    ColumnRole.FAMILY_NAME: _("Chủ hộ"),
    ColumnRole.MIDDLE_NAME: _("Chủ hộ"),
    ColumnRole.GIVEN_NAME: _("Chủ hộ"),
    ColumnRole.HOUSE_NO: _("Số nhà"),
    ColumnRole.ALLEY: _("Ngõ, mốc"),
    ColumnRole.ADDRESS: _("Địa chỉ"),
    ColumnRole.HAMLET: _("Thôn"),
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
