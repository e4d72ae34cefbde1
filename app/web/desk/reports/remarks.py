"""/desk/reports/{period}/remarks/{id}: *Khó khăn, kiến nghị*, *Cách làm hay* of a period, one by one."""

import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.calendar.period import Period, parse_period, period_label
from app.commune.settings import settings_of
from app.core.errors import Invalid, NotFound, TextRefused
from app.core.strings import _, lazy
from app.fieldwork.periods.errors import PeriodClosed
from app.fieldwork.remarks import commands
from app.fieldwork.remarks.commands import MAX_REMARKS, RemarkText
from app.fieldwork.remarks.operations import MAX_TEXT
from app.fieldwork.remarks.queries import find_remark, leader_of
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.filter_fields import IdField, IdFilter, Option
from app.web.desk.page.frame import REPORTS, build_frame
from app.web.desk.page.labels import REMARK_KINDS
from app.web.desk.reports.choose import report_address
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()
PATH = "/desk/reports/{code}/remarks"
TypedText = Annotated[str, Form(max_length=16_000)]
_PROBLEMS = {
    "kind": lazy("Chọn một loại."),
    "digits": lazy("Có dãy số dài như số điện thoại, số tài khoản. Bỏ dãy số đó rồi lưu."),
    "count": lazy("Kỳ này đã có %(count)s ý kiến viết tại đây. Gộp bớt rồi viết thêm.", count=MAX_REMARKS),
    "period": lazy("Kỳ này chưa bắt đầu."),
    "author": lazy("Ý kiến này viết trên điện thoại: chỉ người viết sửa được."),
}


@dataclass(frozen=True)
class RemarkPage:
    """What templates/desk/reports/report_remark.html shows. `remove`: an address, empty for a new remark.
    `leader`: who wrote it on the phone, or empty: then the words can be changed here."""

    title: str
    frame: Frame
    report: str
    action: str
    kinds: list[Option]
    text: str
    problem: str
    remove: str
    leader: str


@router.get(f"{PATH}/new")
def show_new_remark(code: str, desk: Desk, kind: IdFilter = "difficulty") -> Response:
    """The empty form; `kind` is chosen."""
    return _form(desk, code, str(uuid.uuid4()), RemarkText(kind, ""), is_new=True)


@router.get(f"{PATH}/{{remark_id}}")
def show_remark(code: str, remark_id: PathId, desk: Desk) -> Response:
    """The form with the remark as it is."""
    known = desk.database.read(lambda session: find_remark(session, desk.actor, remark_id))
    if known is None:
        raise NotFound
    return _form(desk, code, remark_id, RemarkText(known.kind, known.text), is_new=False)


@router.post(f"{PATH}/{{remark_id}}")
def write_remark(
    code: str, remark_id: PathId, desk: Desk, kind: IdField = "", text: TypedText = ""
) -> Response:
    """*Lưu*: text that cannot be stored comes back with a sentence."""
    content = RemarkText(kind, text)

    def work(session: Session) -> None:
        period = _period(session, desk, code)
        commands.write(session, desk.actor, period, remark_id, content, desk.now)

    try:
        desk.database.write(work)
    except (Invalid, PeriodClosed, TextRefused) as error:
        known = desk.database.read(lambda session: find_remark(session, desk.actor, remark_id))
        return _form(desk, code, remark_id, content, is_new=known is None, problem=_problem(error, text))
    return RedirectResponse(f"/desk/reports/{code}?done=remark#remarks", 303)


@router.post(f"{PATH}/{{remark_id}}/remove")
def remove_remark(code: str, remark_id: PathId, desk: Desk) -> Response:
    """*Xóa*; a second time changes nothing."""
    try:
        desk.database.write(lambda session: commands.remove(session, desk.actor, remark_id, desk.now))
    except PeriodClosed as error:
        known = desk.database.read(lambda session: find_remark(session, desk.actor, remark_id))
        content = RemarkText(known.kind, known.text) if known else RemarkText("", "")
        return _form(desk, code, remark_id, content, is_new=False, problem=_problem(error, ""))
    return RedirectResponse(f"/desk/reports/{code}?done=remark_removed#remarks", 303)


def _problem(error: Invalid | PeriodClosed | TextRefused, text: str) -> str:
    if isinstance(error, PeriodClosed):
        return _("Kỳ có ý kiến này đã chốt nên chưa lưu được. Mở lại kỳ đó rồi lưu.")
    field = error.fields[0] if isinstance(error, Invalid) and error.fields else ""
    if field == "text":
        return (
            _("Dài quá %(most)s ký tự. Viết ngắn lại.", most=MAX_TEXT) if text.strip() else _("Ghi nội dung.")
        )
    return _PROBLEMS.get(field, _("Có ký tự lạ không lưu được. Xóa chỗ đó, gõ lại rồi lưu."))


def _period(session: Session, desk: DeskContext, code: str) -> Period:
    return parse_period(code, settings_of(session, desk.actor.commune_id).month_start_day)


def _form(
    desk: DeskContext, code: str, remark_id: str, content: RemarkText, *, is_new: bool, problem: str = ""
) -> Response:
    def load(session: Session) -> RemarkPage:
        period = _period(session, desk, code)
        address = f"{report_address(period)}/remarks/{remark_id}"
        return RemarkPage(
            title=_("Ý kiến cho %(period)s", period=period_label(period)),
            frame=build_frame(session, desk.actor, REPORTS),
            report=report_address(period),
            action=address,
            kinds=[Option(kind, label, kind == content.kind) for kind, label in REMARK_KINDS.items()],
            text=content.text,
            problem=problem,
            remove="" if is_new else f"{address}/remove",
            leader=leader_of(session, desk.actor, remark_id),
        )

    return html("desk/reports/report_remark.html", desk.database.read(load), 422 if problem else 200)
