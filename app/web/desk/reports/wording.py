"""/desk/reports/{period}/wording: *Nhận xét*, what the figures of a period say, and editing it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.calendar.period import Period, parse_period, period_label
from app.commune.settings import settings_of
from app.core.errors import Invalid, NotFound, StaleDecision, TextRefused
from app.core.strings import _, lazy
from app.fieldwork.periods.errors import PeriodClosed
from app.fieldwork.periods.queries import find_closed
from app.fieldwork.remarks.commands import takes_remarks
from app.reports.forms.document import format_instant
from app.reports.query import report_table
from app.reports.table import ReportTable
from app.reports.wording.commands import MAX_TEXT, edit_wording, restore_wording
from app.reports.wording.queries import Wording, joined, wording_of
from app.web.desk.page.context import Desk, DeskContext, FormVersion
from app.web.desk.page.frame import REPORTS, build_frame
from app.web.desk.reports.choose import report_address
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()
PATH = "/desk/reports/{code}/wording"
TypedText = Annotated[str, Form(max_length=16_000)]
_PROBLEMS = {
    "text": lazy("Ghi nhận xét, nhiều nhất %(most)s ký tự.", most=MAX_TEXT),
    "digits": lazy("Có dãy số dài như số điện thoại, số tài khoản. Bỏ dãy số đó rồi lưu."),
    "period": lazy("Kỳ này không sửa được nhận xét."),
}
_ODD = lazy("Có ký tự lạ không lưu được. Xóa chỗ đó, gõ lại rồi lưu.")
_CLOSED = lazy("Kỳ vừa được chốt nên chưa lưu được. Mở lại kỳ rồi lưu.")
_STALE = lazy("Nhận xét vừa được người khác sửa. Bấm Lưu lần nữa thì nhận xét dưới đây thay bản đó.")


@dataclass(frozen=True)
class WordingView:
    """What the report's page shows of its sentences. `note`: who edited them, empty if nobody did; `edit`:
    the address of the form, empty if they cannot be edited."""

    paragraphs: tuple[str, ...]
    note: str
    edit: str


@dataclass(frozen=True)
class WordingPage:
    """What templates/desk/reports/report_wording.html shows. `generated`: the sentences of the figures
    as they are now; `note`: who edited them, empty if nobody did."""

    title: str
    frame: Frame
    report: str
    action: str
    text: str
    generated: str
    note: str
    version: int
    problem: str


def wording_note(wording: Wording) -> str:
    """*Hoàng Văn Bình sửa lúc 16:40 24/11/2026; số liệu đã đổi sau khi sửa*; empty if nobody edited it."""
    if wording.edited_at is None:
        return ""
    values = {"who": wording.edited_by, "when": format_instant(wording.edited_at)}
    if wording.is_outdated:
        return _("Đã sửa: %(who)s, %(when)s; số liệu đã đổi sau khi sửa", **values)
    return _("Đã sửa: %(who)s, %(when)s", **values)


def wording_view(session: Session, desk: DeskContext, table: ReportTable, before: ReportTable) -> WordingView:
    """The sentences of a report, with the address of the form if they can be edited; `before`: the report of
    the period before."""
    wording = wording_of(session, desk.actor, table, desk.now, before)
    may_edit = takes_remarks(table.period, desk.now) and not table.is_closed
    edit = f"{report_address(table.period)}/wording" if may_edit else ""
    return WordingView(wording.paragraphs, wording_note(wording), edit)


@router.get(PATH)
def show_wording(code: str, desk: Desk) -> Response:
    """The form with the text as it is."""
    return _form(desk, code)


@router.post(PATH)
def save_wording(code: str, desk: Desk, version: FormVersion, text: TypedText = "") -> Response:
    """*Lưu*: text that cannot be stored comes back with a sentence."""

    def work(session: Session) -> None:
        edit_wording(session, desk.actor, _period(session, desk, code), text, version, desk.now)

    try:
        desk.database.write(work)
    except (Invalid, PeriodClosed, StaleDecision, TextRefused) as error:
        return _form(desk, code, text, _problem(error))
    return RedirectResponse(f"/desk/reports/{code}?done=worded#wording", 303)


@router.post(f"{PATH}/restore")
def restore(code: str, desk: Desk, version: FormVersion) -> Response:
    """*Dùng lại câu của máy*."""

    def work(session: Session) -> None:
        restore_wording(session, desk.actor, _period(session, desk, code), version, desk.now)

    try:
        desk.database.write(work)
    except (PeriodClosed, StaleDecision) as error:
        return _form(desk, code, None, _problem(error))
    return RedirectResponse(f"/desk/reports/{code}?done=restored#wording", 303)


def _problem(error: Exception) -> str:
    if isinstance(error, Invalid):
        return str(_PROBLEMS[error.fields[0]])
    if isinstance(error, PeriodClosed):
        return str(_CLOSED)
    return str(_STALE if isinstance(error, StaleDecision) else _ODD)


def _period(session: Session, desk: DeskContext, code: str) -> Period:
    return parse_period(code, settings_of(session, desk.actor.commune_id).month_start_day)


def _form(desk: DeskContext, code: str, typed: str | None = None, problem: str = "") -> Response:
    def load(session: Session) -> WordingPage:
        period = _period(session, desk, code)
        is_closed = find_closed(session, desk.actor, code) is not None
        if not problem and (is_closed or not takes_remarks(period, desk.now)):
            raise NotFound
        wording = wording_of(
            session, desk.actor, report_table(session, desk.actor, period, desk.now), desk.now
        )
        return WordingPage(
            title=_("Nhận xét của %(period)s", period=period_label(period)),
            frame=build_frame(session, desk.actor, REPORTS),
            report=report_address(period),
            action=f"{report_address(period)}/wording",
            text="\n".join(wording.paragraphs) if typed is None else typed,
            generated=joined(wording.sentences),
            note=wording_note(wording),
            version=wording.version,
            problem=problem,
        )

    return html("desk/reports/report_wording.html", desk.database.read(load), 422 if problem else 200)
