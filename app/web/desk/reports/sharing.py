"""/desk/reports/{period}/sharing: which remarks of a period the commune shares with its province."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.calendar.period import parse_period, period_label
from app.commune.settings import settings_of
from app.core.errors import Invalid, StaleDecision
from app.core.strings import _, lazy
from app.reports import sharing
from app.reports.sharing import SharedState
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.frame import REPORTS, build_frame
from app.web.desk.page.labels import REMARK_KINDS
from app.web.desk.reports.choose import report_address
from app.web.frame import Frame
from app.web.rendering import day, html

router = APIRouter()
PATH = "/desk/reports/{code}/sharing"
_DONE = {
    "shared": lazy("Đã chia sẻ với cấp tỉnh."),
    "unshared": lazy("Đã thôi chia sẻ: cấp tỉnh không thấy ý kiến đó nữa."),
}
_STALE = lazy("Ý kiến này vừa được sửa. Đọc bản mới rồi chia sẻ.")
_NAME = lazy("Ý kiến này có họ tên của người trong tổ hoặc chủ hộ. Sửa lại cho không còn tên rồi chia sẻ.")


@dataclass(frozen=True)
class RemarkRow:
    """A remark; `who`: author and day, `seen`: what the page shows of it. `shared`: *yes* if the province
    sees it; `old_text`: its words there, if these were changed since. `problem`: why it was not shared."""

    kind: str
    text: str
    who: str
    seen: int
    shared: str
    old_text: str
    share: str
    unshare: str
    problem: str


@dataclass(frozen=True)
class SharingPage:
    """What templates/desk/reports/report_sharing.html shows."""

    title: str
    frame: Frame
    report: str
    rows: list[RemarkRow]
    done: str


@router.get(PATH)
def show_sharing(code: str, desk: Desk, done: Annotated[str, Query(max_length=20)] = "") -> Response:
    """The remarks of the period, also of one that is closed."""
    return _page(desk, code, done=str(_DONE.get(done, "")))


@router.post(f"{PATH}/{{remark_id}}")
def share_remark(code: str, remark_id: PathId, desk: Desk, seen: FormVersion) -> Response:
    """*Chia sẻ với cấp tỉnh*."""
    try:
        desk.database.write(lambda session: sharing.share(session, desk.actor, remark_id, seen, desk.now))
    except StaleDecision:
        return _page(desk, code, problems={remark_id: str(_STALE)})
    except Invalid:
        return _page(desk, code, problems={remark_id: str(_NAME)})
    return RedirectResponse(f"/desk/reports/{code}/sharing?done=shared", 303)


@router.post(f"{PATH}/{{remark_id}}/end")
def unshare_remark(code: str, remark_id: PathId, desk: Desk) -> Response:
    """*Thôi chia sẻ*."""
    desk.database.write(lambda session: sharing.unshare(session, desk.actor, remark_id, desk.now))
    return RedirectResponse(f"/desk/reports/{code}/sharing?done=unshared", 303)


def _page(
    desk: DeskContext, code: str, *, done: str = "", problems: dict[str, str] | None = None
) -> Response:
    def load(session: Session) -> SharingPage:
        period = parse_period(code, settings_of(session, desk.actor.commune_id).month_start_day)
        states = sharing.list_states(session, desk.actor, period)
        address = f"{report_address(period)}/sharing"
        return SharingPage(
            title=_("Chia sẻ với cấp tỉnh: %(period)s", period=period_label(period)),
            frame=build_frame(session, desk.actor, REPORTS),
            report=report_address(period),
            rows=[_row(one, address, problems or {}) for one in states],
            done=done,
        )

    return html("desk/reports/report_sharing.html", desk.database.read(load), 422 if problems else 200)


def _row(one: SharedState, address: str, problems: dict[str, str]) -> RemarkRow:
    remark, shared = one.remark, one.shared_text
    return RemarkRow(
        kind=REMARK_KINDS[remark.kind],
        text=remark.text,
        who=f"{one.author}, {day(remark.counted_on)}",
        seen=remark.feed_seq,
        shared="" if shared is None else "yes",
        old_text=shared if shared is not None and shared != remark.text else "",
        share=f"{address}/{remark.id}",
        unshare=f"{address}/{remark.id}/end",
        problem=problems.get(remark.id, ""),
    )
