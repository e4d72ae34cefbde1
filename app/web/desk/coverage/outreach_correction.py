"""/desk/outreach/{id}/edit: *Sửa*, a supervisor corrects a session with a reason, and takes that back."""

from dataclasses import dataclass, replace

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.catalog.services import services_by_code
from app.core.errors import Invalid, NotFound, Rejected, StaleDecision, UndoTooLate
from app.core.strings import _, lazy
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.outreach.queries import session_detail
from app.fieldwork.periods.errors import PeriodClosed
from app.intake.paper import sessions
from app.web.desk.coverage.outreach_form import (
    NO_REASON,
    UNCHANGED,
    Checked,
    SessionFields,
    SessionForm,
    Submitted,
    check_form,
    form_of,
    refusal_problems,
    session_fields,
)
from app.web.desk.coverage.outreach_session import CLOSED, STALE, session_line, show_question
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.frame import OUTREACH, build_frame
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()
_TOO_LATE = lazy("Đã quá một ngày, không hoàn tác được nữa. Buổi này vẫn sửa lại được.")


@dataclass(frozen=True)
class CorrectionPage(SessionFields):
    """What templates/desk/coverage/outreach_correction.html shows. `seen`: the feed number of the row that
    was seen; `question`: why nothing was saved; `now_says`: what the session says by now, empty unless its
    author has changed it since."""

    title: str
    frame: Frame
    address: str
    place_now: str
    person: str
    seen: int
    reason: str
    question: str
    now_says: str


@router.get("/desk/outreach/{session_id}/edit")
def show_correction(session_id: PathId, desk: Desk) -> Response:
    return _page(desk, session_id, None, {})


@router.post("/desk/outreach/{session_id}/edit")
def correct(session_id: PathId, desk: Desk, version: FormVersion, form: Submitted) -> Response:
    """*Lưu*. `version`: the feed number of the row that was seen. What was typed stays in the form."""
    form = replace(form, id=session_id)
    checked = desk.database.read(lambda session: _check(session, desk, form))
    content = checked.content
    if content is None:
        return _page(desk, session_id, form, checked.problems, version, status=422)
    try:
        desk.database.write(
            lambda session: sessions.correct(session, desk.actor, content, version, form.reason, desk.now)
        )
    except StaleDecision:
        return _page(desk, session_id, form, {}, question=STALE, status=409)
    except PeriodClosed:
        return _page(desk, session_id, form, {}, version, question=CLOSED, status=409)
    except Invalid as error:
        return _page(desk, session_id, form, _problems(error), version, status=422)
    except Rejected as refusal:
        return _page(desk, session_id, form, refusal_problems(refusal), version, status=422)
    return RedirectResponse(f"/desk/outreach/{session_id}", 303)


@router.post("/desk/outreach/{session_id}/undo-edit")
def undo_correction(session_id: PathId, desk: Desk, version: FormVersion) -> Response:
    """*Hoàn tác* of the last correction."""
    try:
        desk.database.write(
            lambda session: sessions.undo_correction(session, desk.actor, session_id, version, desk.now)
        )
    except StaleDecision:
        return show_question(desk, session_id, STALE)
    except UndoTooLate:
        return show_question(desk, session_id, _TOO_LATE)
    except PeriodClosed:
        return show_question(desk, session_id, CLOSED)
    return RedirectResponse(f"/desk/outreach/{session_id}", 303)


def _check(session: Session, desk: DeskContext, form: SessionForm) -> Checked:
    stored = session_detail(session, desk.actor, form.id).listed.session
    return check_form(session, desk, form, stored)


def _now_says(session: Session, desk: DeskContext, row: OutreachSession) -> str:
    labels = {code: one.label for code, one in services_by_code(session, desk.actor).items()}
    return session_line(row, labels)


def _problems(error: Invalid) -> dict[str, str]:
    if "reason" in error.fields:
        return {"reason": NO_REASON}
    if "unchanged" in error.fields:
        return {"place": UNCHANGED}
    raise error


def _page(
    desk: DeskContext,
    session_id: str,
    form: SessionForm | None,
    problems: dict[str, str],
    seen: int | None = None,
    *,
    question: str = "",
    status: int = 200,
) -> Response:
    def load(session: Session) -> CorrectionPage:
        listed = session_detail(session, desk.actor, session_id).listed
        row = listed.session
        if row.withdrawn_at is not None:
            raise NotFound
        shown = form or form_of(row)
        return CorrectionPage(
            title=_("Sửa buổi tuyên truyền"),
            frame=build_frame(session, desk.actor, OUTREACH),
            address=f"/desk/outreach/{session_id}",
            place_now=row.place,
            person=listed.person,
            seen=row.feed_seq if seen is None else seen,
            reason=shown.reason,
            question=question,
            now_says=_now_says(session, desk, row) if question is STALE else "",
            **vars(session_fields(session, desk, shown, problems, row)),
        )

    return html("desk/coverage/outreach_correction.html", desk.database.read(load), status)
