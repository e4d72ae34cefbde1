"""/desk/outreach/{id}: one outreach session, *Bỏ buổi ghi nhầm* with a reason, and *Hoàn tác* for a day."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.catalog.services import services_by_code
from app.core.errors import Invalid, StaleDecision, TextRefused, UndoTooLate
from app.core.strings import _, lazy
from app.fieldwork.outreach.models import (
    OutreachSession,
    OutreachVersion,
    OutreachVersionContent,
    Venue,
)
from app.fieldwork.outreach.queries import SessionDetail, session_detail
from app.fieldwork.periods.errors import PeriodClosed
from app.intake.paper.session_withdrawal import REASON_LENGTH, UNDO_TIME, undo_withdrawal, withdraw_session
from app.reports.extras.venues import VENUE_NAMES
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.filter_fields import TextFilter
from app.web.desk.page.frame import OUTREACH, build_frame
from app.web.desk.page.labels import Link, member_link, supervisor_link
from app.web.frame import Frame
from app.web.rendering import day, html, moment, number

router = APIRouter()

_NO_REASON = lazy("Ghi lý do bỏ, nhiều nhất %(most)s ký tự.", most=REASON_LENGTH)
STALE = lazy("Buổi này vừa được người ghi sửa hoặc bỏ. Xem lại rồi quyết định.")
CLOSED = lazy("Buổi này thuộc kỳ đã chốt nên chưa đổi gì. Hãy mở lại kỳ đó ở Báo cáo, rồi làm lại.")
_TOO_LATE = lazy("Đã quá một ngày, không hoàn tác được nữa. Người ghi có thể ghi lại buổi này.")


@dataclass(frozen=True)
class Decision:
    """Who withdrew or corrected a session, when and why. `undo_until`: empty if it cannot be taken back."""

    who: Link
    when: str
    reason: str
    undo_until: str


@dataclass(frozen=True)
class SessionPage:
    """What templates/desk/coverage/outreach_session.html shows. `earlier`: the contents that were replaced,
    newest first, each with when, by whom and why. `withdrawal` is None for one that counts, `correction`
    unless the newest content is a supervisor's; `from_paper`: a supervisor entered it, `saved`: just now."""

    title: str
    frame: Frame
    address: str
    seen: int
    counted_on: str
    held_on: str
    hamlet: Link
    services: str
    people: str
    venue: str
    person: Link
    received: str
    from_paper: bool
    saved: bool
    earlier: list[tuple[str, str]]
    withdrawal: Decision | None
    correction: Decision | None
    reason: str
    problem: str
    question: str


@router.get("/desk/outreach/{session_id}")
def show_session(session_id: PathId, desk: Desk, saved: TextFilter = "") -> Response:
    return _page(desk, session_id, saved=bool(saved))


@router.post("/desk/outreach/{session_id}/withdraw")
def withdraw(
    session_id: PathId, desk: Desk, version: FormVersion, reason: Annotated[str, Form()] = ""
) -> Response:
    """*Bỏ buổi ghi nhầm*. `version`: the feed number of the row that was seen."""
    try:
        desk.database.write(
            lambda session: withdraw_session(session, desk.actor, session_id, version, reason, desk.now)
        )
    except (Invalid, TextRefused):
        return _page(desk, session_id, reason, _NO_REASON, status=422)
    except StaleDecision:
        return _page(desk, session_id, reason, question=STALE, status=409)
    except PeriodClosed:
        return _page(desk, session_id, reason, question=CLOSED, status=409)
    return RedirectResponse(f"/desk/outreach/{session_id}", 303)


@router.post("/desk/outreach/{session_id}/undo")
def undo(session_id: PathId, desk: Desk) -> Response:
    """*Hoàn tác*."""
    try:
        desk.database.write(lambda session: undo_withdrawal(session, desk.actor, session_id, desk.now))
    except UndoTooLate:
        return _page(desk, session_id, question=_TOO_LATE, status=409)
    return RedirectResponse(f"/desk/outreach/{session_id}", 303)


def show_question(desk: DeskContext, session_id: str, question: str) -> Response:
    """The session as it is now, with why nothing was changed."""
    return _page(desk, session_id, question=question, status=409)


def _page(
    desk: DeskContext,
    session_id: str,
    reason: str = "",
    problem: str = "",
    question: str = "",
    status: int = 200,
    *,
    saved: bool = False,
) -> Response:
    def load(session: Session) -> SessionPage:
        detail = session_detail(session, desk.actor, session_id)
        one = detail.listed.session
        labels = {code: service.label for code, service in services_by_code(session, desk.actor).items()}
        return SessionPage(
            title=one.place,
            frame=build_frame(session, desk.actor, OUTREACH),
            address=f"/desk/outreach/{session_id}",
            seen=one.feed_seq,
            counted_on=day(one.counted_on),
            held_on=day(one.held_on) if one.held_on != one.counted_on else "",
            hamlet=Link(detail.listed.hamlet, f"/desk/hamlets/{one.hamlet_id}"),
            services=_service_names(one.services, labels),
            people=_people(one.people),
            venue=str(VENUE_NAMES[one.venue]) if one.venue else "",
            person=member_link(one.recorded_by, detail.listed.person),
            received=moment(one.received_at),
            from_paper=detail.is_from_paper,
            saved=saved,
            earlier=_earlier(detail, labels),
            withdrawal=_withdrawal(detail, desk),
            correction=_correction(detail, desk),
            reason=reason,
            problem=problem,
            question=question,
        )

    return html("desk/coverage/outreach_session.html", desk.database.read(load), status)


def _earlier(detail: SessionDetail, labels: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (_version_line(version.content, labels), _replaced(version, detail))
        for version in reversed(detail.versions)
    ]


def _withdrawal(detail: SessionDetail, desk: DeskContext) -> Decision | None:
    one = detail.listed.session
    if one.withdrawn_at is None:
        return None
    until = one.withdrawn_at + UNDO_TIME
    by_supervisor = one.withdrawn_by is not None
    return Decision(
        who=supervisor_link(one.withdrawn_by, detail.supervisors.get(one.withdrawn_by or "", ""))
        if by_supervisor
        else member_link(one.recorded_by, detail.listed.person),
        when=moment(one.withdrawn_at),
        reason=one.withdrawn_reason,
        undo_until=moment(until) if by_supervisor and desk.now < until else "",
    )


def _correction(detail: SessionDetail, desk: DeskContext) -> Decision | None:
    before = detail.last_correction
    if before is None or detail.listed.session.withdrawn_at is not None:
        return None
    by, until = before.content["corrected_by"], before.received_at + UNDO_TIME
    return Decision(
        who=supervisor_link(by, detail.supervisors[by]),
        when=moment(before.received_at),
        reason=before.content["reason"],
        undo_until=moment(until) if desk.now < until else "",
    )


def _replaced(version: OutreachVersion, detail: SessionDetail) -> str:
    """*Hoàng Văn Bình sửa 16:40 24/11/2026. Lý do: đếm thiếu*: who replaced a content, when and why."""
    when, by = moment(version.received_at), version.content.get("corrected_by")
    if by is None:
        return _("%(person)s sửa %(when)s", person=detail.listed.person, when=when)
    name, reason = detail.supervisors[by], version.content.get("reason")
    if not reason:
        return _("%(person)s hoàn tác %(when)s", person=name, when=when)
    return _("%(person)s sửa %(when)s. Lý do: %(reason)s", person=name, when=when, reason=reason)


def session_line(row: OutreachSession, labels: dict[str, str]) -> str:
    """*Nhà văn hóa, 24/11/2026, 30 người: Cài VNeID*: what a session says."""
    services = _service_names(row.services, labels)
    return f"{_place(row.place, row.venue)}, {day(row.held_on)}, {_people(row.people)}: {services}"


def _version_line(content: OutreachVersionContent, labels: dict[str, str]) -> str:
    """The same of what it said before."""
    held_on = day(date.fromisoformat(content["held_on"]))
    services = _service_names(content["services"], labels)
    place = _place(content["place"], content.get("venue"))
    return f"{place}, {held_on}, {_people(content['people'])}: {services}"


def _place(place: str, venue: Venue | None) -> str:
    """*Sân đình (Nhà văn hóa)*: a place, with its kind where somebody has said it."""
    kind = str(VENUE_NAMES[venue]) if venue else ""
    return f"{place} ({kind})" if kind and kind != place else place


def _service_names(codes: list[str], labels: dict[str, str]) -> str:
    return ", ".join(labels.get(code, code) for code in codes)


def _people(people: int | None) -> str:
    return _("chưa đếm") if people is None else _("%(count)s người", count=number(people))
