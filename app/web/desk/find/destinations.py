"""The screens and acts that can be found by name: those of the rail, and forms that no tab leads to.

Each has other words that people look for; a word is found by its first letters, never in the middle.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.commune.calendar.period import PeriodKind, period_label, period_of, previous_period
from app.core.strings import _, lazy
from app.core.text import search_text
from app.web.desk.page.frame import screens
from app.web.desk.page.labels import Link

LEAST_LETTERS = 2
# How many reports back can be found, of each kind.
_REPORTS = {PeriodKind.MONTH: 25, PeriodKind.QUARTER: 9, PeriodKind.YEAR: 4, PeriodKind.WEEK: 9}


@dataclass(frozen=True)
class Destination:
    """A name, other words for it, and its address."""

    label: str
    words: str
    href: str


_FORMS = (
    Destination(lazy("Mời một người"), lazy("thêm người, cấp mã mời, tổ viên mới"), "/desk/people/new"),
    Destination(
        lazy("Mời nhiều người từ danh sách"), lazy("dán, Excel, cấp mã hàng loạt"), "/desk/people/import"
    ),
    Destination(lazy("Thêm tổ"), lazy("tạo tổ mới"), "/desk/teams/new"),
    Destination(lazy("Thêm thôn"), lazy("tạo thôn, tổ dân phố, bản, ấp"), "/desk/hamlets/new"),
    Destination(lazy("Thêm hộ"), lazy("tạo hộ mới"), "/desk/households/new"),
    Destination(lazy("Nhập lượt thăm từ giấy"), lazy("phiếu giấy, nhập tay"), "/desk/paper"),
    Destination(lazy("Mở tệp gửi hộ"), lazy("tệp khóa, máy không có mạng"), "/desk/export-file"),
    Destination(lazy("Mời cán bộ"), lazy("thêm đồng nghiệp"), "/desk/supervisors/new"),
    Destination(lazy("Thêm một việc hướng dẫn"), lazy("dịch vụ riêng"), "/desk/services/new"),
    Destination(lazy("Thêm hướng dẫn"), lazy("cẩm nang riêng, bài của nơi mình"), "/desk/guides/new"),
    Destination(lazy("Sổ tay"), lazy("trợ giúp, cách dùng, tập huấn, cán bộ, tổ viên"), "/desk/help"),
    Destination(
        lazy("Tài khoản của tôi"), lazy("đổi mật khẩu, số điện thoại, xác thực, tiếng Anh"), "/desk/account"
    ),
    Destination(
        lazy("Dữ liệu cá nhân đang lưu"), lazy("quyền riêng tư, luật, ai xem"), "/desk/settings/personal-data"
    ),
)
# What else people call the screens of the rail.
_OTHER_WORDS = {
    "/desk/": lazy("trang đầu, hôm nay gọi ai"),
    "/desk/visits": lazy("duyệt, trả lại, lấy mẫu, tải danh sách"),
    "/desk/flags": lazy("cờ, nghi ngờ, ghi dồn"),
    "/desk/coverage": lazy("độ phủ, phiếu đi thăm, in phiếu"),
    "/desk/devices": lazy("máy bị mất, thu hồi, điện thoại, im lặng"),
    "/desk/card": lazy("thẻ thành viên, sáu số, giả danh"),
    "/desk/supervisors": lazy("đồng nghiệp, đặt lại mật khẩu"),
    "/desk/spot-checks": lazy("kiểm tra lại, phúc tra, rút mẫu hộ, xác minh"),
    "/desk/reports": lazy("chốt kỳ, gửi tỉnh, Word, Excel, mở lại"),
    "/desk/households": lazy("hộ gia đình, tra cứu, số điện thoại"),
    "/desk/quarantine": lazy("lỗi, xung đột, chưa nhận"),
    "/desk/imports": lazy("nhập hộ, Excel, hoàn tác"),
    "/desk/guides": lazy("hướng dẫn, tờ rơi, lừa đảo"),
    "/desk/citizen-requests": lazy("yêu cầu của công dân, xóa dữ liệu, luật 91"),
    "/desk/papers": lazy("mẫu, quyết định, quy chế, an ninh mạng"),
    "/desk/settings": lazy("ngưỡng, ngày nghỉ, tháng bắt đầu, số điện thoại thẻ"),
    "/desk/log": lazy("ai đã xem, lịch sử"),
}


def find_destinations(words: Iterable[str]) -> list[Link]:
    """The screens and acts of which each word begins a word, those that are called so first."""
    wanted = list(words)
    found = [(begins(one.label, wanted), one) for one in _destinations()]
    called = [one for is_called, one in found if is_called]
    others = [one for is_called, one in found if not is_called and begins(f"{one.label} {one.words}", wanted)]
    return [Link(one.label, one.href) for one in (*called, *others)]


def find_reports(words: Iterable[str], today: date, month_start: int) -> list[Link]:
    """The reports of the last periods of which each word begins a word: *thang 11*, *quy IV*."""
    wanted = list(words)
    return [one for one in _reports(today, month_start) if begins(one.text, wanted)]


def begins(text: str, words: Iterable[str]) -> bool:
    """Whether each of the folded words begins a word of `text`."""
    searched = search_text(text)
    return all(f" {word}" in searched for word in words)


def _destinations() -> Iterator[Destination]:
    for section, label, href in screens():
        name = label if label == section else f"{section}: {label}"
        yield Destination(name, str(_OTHER_WORDS.get(href, "")), href)
    yield from (Destination(str(one.label), str(one.words), one.href) for one in _FORMS)


def _reports(today: date, month_start: int) -> Iterator[Link]:
    for kind, count in _REPORTS.items():
        period = period_of(kind, today, month_start)
        for _number in range(count):
            label = _("Báo cáo: %(period)s", period=period_label(period))
            yield Link(label, f"/desk/reports/{period.code}")
            period = previous_period(period, month_start)
