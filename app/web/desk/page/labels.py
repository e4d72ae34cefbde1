"""The desk's labels of codes, and the few phrases made of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.commune.accounts.models import ANONYMOUS
from app.commune.areas import Hamlet
from app.commune.catalog import services
from app.commune.catalog.services import Service
from app.core.numbers.phone import display_phone
from app.core.strings import _, labels, lazy
from app.fieldwork.households.models import Household
from app.fieldwork.remarks import models as remarks
from app.fieldwork.visits import codes
from app.fieldwork.visits.household_summary import Writer
from app.fieldwork.visits.models import Visit, VisitService
from app.review.citizen_requests import deadlines
from app.review.visit_list.listing import WITHDRAWN

MAX_CLOCK_ERROR = timedelta(minutes=10)  # product.md §4: above it the pages have the phone's own time too
REMARK_KINDS = labels(
    remarks.KINDS, {"difficulty": lazy("Khó khăn, kiến nghị"), "practice": lazy("Cách làm hay")}
)
REQUEST_KINDS = labels(
    deadlines.KINDS,
    {
        "view": lazy("Xem dữ liệu"),
        "correct": lazy("Chỉnh sửa dữ liệu"),
        "copy": lazy("Cung cấp dữ liệu"),
        "withdraw": lazy("Rút lại sự đồng ý"),
        "restrict": lazy("Hạn chế xử lý"),
        "object": lazy("Phản đối xử lý"),
        "protect": lazy("Thực hiện biện pháp bảo vệ"),
        "erase": lazy("Xóa dữ liệu"),
    },
)
RESULTS = labels(
    codes.RESULTS,
    {
        "helped": lazy("Đã hỗ trợ"),
        "come_back": lazy("Hẹn quay lại"),
        "not_home": lazy("Vắng nhà"),
        "not_needed": lazy("Chưa cần hỗ trợ"),
        "refused": lazy("Không tiếp"),
    },
)
OUTCOMES = labels(
    services.OUTCOMES,
    {
        "did_it": lazy("Tự làm được"),
        "done_for_them": lazy("Làm hộ"),
        "explained": lazy("Chỉ cách, chưa làm"),
        "already_had": lazy("Đã có từ trước"),
        "referred": lazy("Chỉ sang nơi khác làm"),
        "come_back": lazy("Hẹn quay lại"),
        "declined": lazy("Không muốn"),
        "not_possible": lazy("Chưa đủ điều kiện"),
    },
)
PILLARS = labels(
    services.PILLARS,
    {
        "eid": lazy("Định danh điện tử"),
        "cashless": lazy("Thanh toán không tiền mặt"),
        "services": lazy("Dịch vụ công trực tuyến"),
        "more": lazy("Việc khác"),
    },
)
UNITS = labels(services.UNITS, {"people": lazy("người"), "applications": lazy("hồ sơ")})
# A state's text and icon; its colour follows from its code in the style sheets.
STATES = labels(
    (*codes.REVIEW_STATES, WITHDRAWN),
    {
        "received": (lazy("Chưa duyệt"), "clock"),
        "accepted": (lazy("Đã duyệt"), "done"),
        "returned": (lazy("Đã trả lại"), "alert"),
        WITHDRAWN: (lazy("Đã bỏ"), "minus"),
    },
)
FROM_PAPER = (lazy("Nhập từ giấy"), "edit")
UNDONE = (lazy("Hoàn tác"), "return")
REASONS = labels(
    codes.RETURN_REASONS,
    {
        "duplicate_visit": lazy("Trùng lượt"),
        "wrong_household": lazy("Sai hộ"),
        "missing_information": lazy("Thiếu thông tin"),
        "not_true": lazy("Không đúng thực tế"),
        "other": lazy("Khác"),
    },
)
FIELDS = labels(
    codes.RETURN_FIELDS,
    {
        "result": lazy("Kết quả"),
        "services": lazy("Việc hướng dẫn"),
        "note": lazy("Ghi chú"),
        "follow_up_on": lazy("Hẹn quay lại"),
        "household": lazy("Hộ"),
    },
)
FILTERS = {
    "hamlet": lazy("Thôn"),
    "volunteer": lazy("Người ghi"),
    "state": lazy("Trạng thái"),
    "day": lazy("Ngày"),
    "to": lazy("Đến ngày"),
    "q": lazy("Hộ"),
    "flag": lazy("Cần xem vì"),
    "sample": lazy("Mẫu"),
}
ERASED_HOUSEHOLD = lazy("Hộ đã xóa theo yêu cầu")
RETURN_PROBLEMS = {
    "reason": lazy("Chọn một lý do."),
    "field": lazy("Chọn một ô có trong danh sách."),
    "note": lazy("Viết vài chữ cho lý do khác."),
    "note_long": lazy("Viết ngắn lại, nhiều nhất 300 ký tự."),
    "note_refused": lazy("Ghi chú có ký tự không dùng được. Hãy gõ lại."),
}
STALE = lazy("Lượt này vừa được người ghi sửa hoặc bỏ. Hãy xem bản mới bên dưới rồi quyết định.")
CLOSED_PERIOD = lazy("Lượt này đã tính trong kỳ đã chốt. Muốn trả lại, hãy mở lại kỳ đó ở Báo cáo.")
CLOSED_PERIODS = lazy(
    "Có lượt đã tính trong kỳ đã chốt nên chưa trả lại lượt nào. Hãy bỏ chọn, hoặc mở lại kỳ đó."
)
TOO_LATE = lazy("Đã quá một phút, không hoàn tác được nữa. Muốn đổi, hãy mở từng lượt rồi quyết định lại.")


@dataclass(frozen=True)
class Badge:
    """A state as text, icon and (by `kind`) colour; `why`: a reason to show beside it."""

    kind: str
    text: str
    icon: str
    why: str = ""


def badge(visit: Visit) -> Badge:
    """The badge of a visit's state."""
    kind = visit.review_state if visit.withdrawn_at is None else WITHDRAWN
    return Badge(kind, *STATES[kind])


def has_wrong_clock(visit: Visit) -> bool:
    """Whether the phone that recorded it reported a time too far from the server's."""
    return visit.entered_by is None and abs(visit.happened_at - visit.occurred_at) > MAX_CLOCK_ERROR


def household_label(household: Household) -> str:
    """*12 · Nguyễn Văn Đức*."""
    return household.label


@dataclass(frozen=True)
class Link:
    """A name and the address of its page, empty if it has none."""

    text: str
    href: str


def household_link(household: Household) -> Link:
    """A household's label with its page."""
    return Link(household_label(household), f"/desk/households/{household.id}")


def member_link(account_id: str, name: str) -> Link:
    """The name of a member of a team with their page; nobody has that of the anonymous account."""
    return Link(name, "" if account_id == ANONYMOUS else f"/desk/people/{account_id}")


def day_address(account_id: str, day: date) -> str:
    """The page of a member's day; that of the anonymous account is nobody's."""
    return "" if account_id == ANONYMOUS else f"/desk/people/{account_id}/days/{day.isoformat()}"


def supervisor_link(account_id: str | None, name: str) -> Link:
    """The name of a supervisor with their page, which for oneself leads on to *Tài khoản*; nobody has that of
    the anonymous account."""
    return Link(name, f"/desk/supervisors/{account_id}" if account_id not in (None, "", ANONYMOUS) else "")


def source_link(writer: Writer | None) -> Link:
    """Who wrote something, with their page; *Danh sách* for an imported list."""
    if writer is None:
        return Link(_("Danh sách"), "")
    page = member_link if writer.is_member else supervisor_link
    return page(writer.account_id, writer.name)


def service_text(outcome: str, people: int, label: str, unit: str) -> str:
    """*Cài VNeID: Tự làm được, 2 người*."""
    text = f"{label}: {OUTCOMES[outcome]}"
    return text if people == 1 else f"{text}, {amount(people, unit)}"


def service_texts(services: Iterable[tuple[VisitService, Service]]) -> list[str]:
    """The services of a visit."""
    return [service_text(one.outcome, one.people, entry.label, entry.unit) for one, entry in services]


def hamlet_label(hamlet: Hamlet) -> str:
    """*Thôn Đông*, *Thôn Tây (đã gộp)*."""
    return _("%(name)s (đã gộp)", name=hamlet.name) if hamlet.merged_into else hamlet.name


def amount(people: int, unit: str) -> str:
    """*2 người*, *1 hồ sơ*."""
    return f"{people} {UNITS.get(unit, UNITS['people'])}"


def phone_number(number: str | None) -> tuple[str, str]:
    """A number as people read it (*0900 000 001*) and as a link dials it; both empty if there is none."""
    if not number:
        return "", ""
    return display_phone(number), f"tel:{number}"


def code_age(age: timedelta) -> str:
    """*cấp hôm nay*, *cấp 4 ngày trước*."""
    return _("cấp %(days)s ngày trước", days=age.days) if age.days else _("cấp hôm nay")
