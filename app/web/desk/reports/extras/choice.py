"""/desk/settings/report-extras: which extras the commune's reports have."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.settings import stored_extras
from app.core.errors import Invalid, StaleDecision
from app.core.strings import _, labels, lazy
from app.reports.extras.choice import choose_extras
from app.reports.extras.models import EXTRAS, Extra
from app.web.desk.page.context import Desk, DeskContext, FormVersion
from app.web.desk.page.frame import SETTINGS, build_frame
from app.web.desk.reports.choose import QUICK_REPORT
from app.web.frame import Frame
from app.web.rendering import html, moment

router = APIRouter()
PATH = "/desk/settings/report-extras"
Ticked = Annotated[list[str], Form(max_length=20)]
LABELS = labels(
    EXTRAS,
    {
        "adults": lazy("Số người trưởng thành của từng thôn"),
        "businesses": lazy("Số hộ kinh doanh của từng thôn"),
        "rates": lazy("Tỷ lệ của công an, bộ phận một cửa"),
        "outcomes": lazy("Kết quả mới, tách riêng Chỉ cách và Đã có từ trước"),
        "venue": lazy("Nơi giúp bà con: tại nhà, bộ phận một cửa, nhà văn hóa, chợ"),
        "smart_device": lazy("Hộ không có thiết bị thông minh"),
        "business": lazy("Hộ kinh doanh, do tổ hỏi"),
        "plans": lazy("Kế hoạch trên phiếu hoạt động"),
        "today": lazy("Báo nhanh: số liệu hôm nay đến giờ này"),
    },
)
_OF_HAMLETS = lazy("Ghi mỗi năm một lần, có nơi cung cấp và ngày. In bên cạnh số hộ của Từng Nhà.")
_ASKED = lazy(
    "Trang của hộ trên máy của tổ hỏi một lần, một lần chạm. Báo cáo in số hộ; hộ chưa hỏi để riêng."
)
_HINTS = labels(
    EXTRAS,
    {
        "adults": _OF_HAMLETS,
        "businesses": _OF_HAMLETS,
        "rates": lazy(
            "Ghi ở trang báo cáo của từng kỳ, có nơi cung cấp và ngày. Từng Nhà không tính số này."
        ),
        "outcomes": lazy("Tính từ các lượt thăm, theo từng việc. Mỗi số dẫn đến danh sách lượt của nó."),
        "venue": lazy(
            "Người ghi buổi hoặc ca trực chọn thêm nơi giúp. Báo cáo đếm riêng từng nơi; lượt thăm là ở nhà."
        ),
        "smart_device": _ASKED,
        "business": _ASKED,
        "plans": lazy("Ghi số, tên, ngày của kế hoạch; phiếu hoạt động in riêng các ngày thuộc kế hoạch."),
        "today": lazy("Một đoạn chữ để sao chép gửi cấp trên trong đợt ra quân, ở trang Báo cáo."),
    },
)
_LINKS = {
    "adults": (f"{PATH}/adults", lazy("Ghi số người trưởng thành")),
    "businesses": (f"{PATH}/businesses", lazy("Ghi số hộ kinh doanh")),
    "plans": (f"{PATH}/plans", lazy("Ghi kế hoạch")),
    "today": (QUICK_REPORT, lazy("Mở báo nhanh")),
}


@dataclass(frozen=True)
class ExtraChoice:
    """An extra that can be chosen. `href` and `link`: where it is typed or shown, empty for some and
    unless it is wanted."""

    code: str
    label: str
    hint: str
    is_wanted: bool
    href: str
    link: str


@dataclass(frozen=True)
class ExtrasPage:
    """What templates/desk/reports/extras/choice.html shows. `changed`: who has chosen and when, empty if
    nobody has; `notice`: why nothing was saved."""

    title: str
    frame: Frame
    action: str
    done: str
    notice: str
    choices: list[ExtraChoice]
    version: int
    changed: str


@router.get(PATH)
def show_extras(desk: Desk, done: str = "") -> Response:
    """What there is to choose."""
    return _page(desk, done=_("Đã lưu. Báo cáo chưa chốt có các phần đã chọn.") if done else "")


@router.post(PATH)
def save_extras(desk: Desk, version: FormVersion, wanted: Ticked = []) -> Response:  # noqa: B006
    """*Lưu*: what a colleague has chosen meanwhile is not overwritten unseen."""
    try:
        desk.database.write(lambda session: choose_extras(session, desk.actor, wanted, version, desk.now))
    except Invalid:
        return _page(desk, _("Có phần không hiểu được. Chọn lại rồi lưu."), 422)
    except StaleDecision:
        notice = _("Vừa có người khác chọn lại. Dưới đây là lựa chọn bây giờ; muốn đổi thì chọn rồi bấm Lưu.")
        return _page(desk, notice, 409)
    return RedirectResponse(f"{PATH}?done=1", 303)


def _page(desk: DeskContext, notice: str = "", status: int = 200, done: str = "") -> Response:
    def load(session: Session) -> ExtrasPage:
        row = stored_extras(session, desk.actor.commune_id)
        changed = ""
        if row:
            who = supervisor_names(session, desk.actor).get(row.changed_by, "")
            changed = _("%(who)s lưu lúc %(when)s", who=who, when=moment(row.changed_at))
        return ExtrasPage(
            title=_("Phần thêm của báo cáo"),
            frame=build_frame(session, desk.actor, SETTINGS),
            action=PATH,
            done=done,
            notice=notice,
            choices=[_choice(code, row.wanted if row else []) for code in EXTRAS],
            version=row.version if row else 0,
            changed=changed,
        )

    return html("desk/reports/extras/choice.html", desk.database.read(load), status)


def _choice(code: Extra, wanted: list[str]) -> ExtraChoice:
    is_wanted = code in wanted
    href, link = _LINKS.get(code, ("", "")) if is_wanted else ("", "")
    return ExtraChoice(
        code=code,
        label=str(LABELS[code]),
        hint=str(_HINTS[code]),
        is_wanted=is_wanted,
        href=href,
        link=str(link),
    )
