"""/desk/hamlets/{id}/merge: choose the hamlet that stays and the day, read the consequences, confirm."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import access
from app.commune.accounts.access import MAX_DELAY
from app.commune.areas import Hamlet
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import local_date
from app.core.errors import Invalid, NotFound, StaleDecision
from app.core.strings import _, lazy
from app.core.types import is_id
from app.fieldwork.households import hamlet_merge
from app.fieldwork.households.hamlet_merge import MergePreview
from app.sync.quarantine.retry import retry_quarantined
from app.web.desk.page.context import Desk, DeskContext, PathId, parse_version
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import HAMLETS, build_frame
from app.web.desk.people.fields import parse_since
from app.web.frame import Frame
from app.web.rendering import day, html, number

router = APIRouter()
_SINCE_PROBLEM = lazy(
    "Ghi ngày theo mẫu 24/11/2026, không sau hôm nay và không quá %(days)s ngày trước.", days=MAX_DELAY.days
)
_STALE = lazy("Một trong hai thôn vừa được đổi tên hoặc gộp. Xem lại rồi quyết định.")


@dataclass(frozen=True)
class Consequences:
    """What the merge does, in sentences; `losing_seen`, `surviving_seen`: the hamlets' feed numbers; `since`:
    its day as the form sends it, empty for today."""

    surviving: str
    since: str
    sentences: list[str]
    losing_seen: int
    surviving_seen: int


@dataclass(frozen=True)
class MergePage:
    """What templates/desk/people/hamlet_merge.html shows; without `consequences` the surviving hamlet is
    chosen."""

    title: str
    frame: Frame
    address: str
    hamlet: str
    back_to: str
    others: list[Option]
    into_problem: str
    since: str
    since_problem: str
    consequences: Consequences | None
    problem: str


@router.get("/desk/hamlets/{hamlet_id}/merge")
def show_merge(hamlet_id: PathId, desk: Desk, into: str | None = None, since: str = "") -> Response:
    """The choice of the hamlet that stays, or with `into` what merging does."""
    return _page(desk, _Asked(hamlet_id, into, since))


@router.post("/desk/hamlets/{hamlet_id}/merge")
def merge(
    hamlet_id: PathId,
    desk: Desk,
    into: Annotated[str, Form()] = "",
    since: Annotated[str, Form()] = "",
    losing: Annotated[str, Form()] = "",
    surviving: Annotated[str, Form()] = "",
) -> Response:
    """Merge the hamlet into `into` from the day `since` on; the other fields are the feed numbers that the
    page showed."""
    if not is_id(into):
        raise NotFound
    asked = _Asked(hamlet_id, into, since)
    start = _parse_since(since, desk.now)
    if start is None:
        return _page(desk, asked, status=422)
    seen = {hamlet_id: parse_version(losing), into: parse_version(surviving)}
    wanted = hamlet_merge.Merge(hamlet_id, into, start, seen)
    try:
        desk.database.write(lambda session: hamlet_merge.merge_hamlets(session, desk.actor, wanted, desk.now))
    except StaleDecision:
        return _page(desk, asked, _STALE, 409)
    # What a team recorded in the other's hamlet waits for the right to do so, which it may have now.
    retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
    return RedirectResponse("/desk/hamlets?done=merged", 303)


@dataclass(frozen=True)
class _Asked:
    """What the form says: the hamlets, and the day as it was typed. `into` is None before the first press."""

    hamlet_id: str
    into: str | None
    since: str


def _page(desk: DeskContext, asked: _Asked, problem: str = "", status: int = 200) -> Response:
    def load(session: Session) -> MergePage:
        hamlet = access.find(session, desk.actor, Hamlet, asked.hamlet_id)
        if hamlet.merged_into is not None and not problem:
            raise NotFound
        others = [one for one in list_hamlets(session, desk.actor) if one.id != hamlet.id]
        start = _parse_since(asked.since, desk.now)
        return MergePage(
            title=_("Gộp %(hamlet)s vào thôn khác", hamlet=hamlet.name),
            frame=build_frame(session, desk.actor, HAMLETS),
            address=f"/desk/hamlets/{hamlet.id}/merge",
            hamlet=hamlet.name,
            back_to=f"/desk/hamlets/{hamlet.id}",
            others=[Option(one.id, one.name, one.id == asked.into) for one in others],
            into_problem=_into_problem(asked.into, others),
            since=asked.since,
            since_problem="" if start else _SINCE_PROBLEM,
            consequences=_consequences(session, desk, asked, start) if start else None,
            problem=problem,
        )

    return html("desk/people/hamlet_merge.html", desk.database.read(load), status)


def _parse_since(text: str, now: datetime) -> datetime | None:
    """The instant from which the merge counts; None if it is not one that a merge may have."""
    start = parse_since(text, now)
    try:
        if start is not None:
            hamlet_merge.check_since(start, now)
        return start
    except Invalid:
        return None


def _into_problem(into: str | None, others: list[Hamlet]) -> str:
    return "" if into is None or into in {hamlet.id for hamlet in others} else _("Chọn thôn còn lại.")


def _consequences(session: Session, desk: DeskContext, asked: _Asked, since: datetime) -> Consequences | None:
    try:
        if not asked.into or not is_id(asked.into):
            return None
        found = hamlet_merge.preview(session, desk.actor, asked.hamlet_id, asked.into)
    except (Invalid, NotFound):
        return None
    is_today = local_date(since) == local_date(desk.now)
    return Consequences(
        surviving=asked.into,
        since="" if is_today else day(local_date(since)),
        sentences=_sentences(found, day(local_date(since)), is_today=is_today),
        losing_seen=found.losing.feed_seq,
        surviving_seen=found.surviving.feed_seq,
    )


def _sentences(found: MergePreview, on: str, *, is_today: bool) -> list[str]:
    names = {"losing": found.losing.name, "surviving": found.surviving.name, "day": on}
    counts = {
        "count": number(found.losing_households),
        "both": number(found.losing_households + found.surviving_households),
        "teams": number(found.teams),
        "people": number(found.people),
    }
    if is_today:
        first = _("Từ hôm nay, %(day)s, %(losing)s không còn trong danh sách thôn.", **names)
    else:
        first = _(
            "%(losing)s gộp vào %(surviving)s từ ngày %(day)s, và không còn trong danh sách thôn.", **names
        )
    return [
        first,
        _("%(count)s hộ của %(losing)s thuộc %(surviving)s, khi đó có %(both)s hộ.", **counts, **names),
        _(
            "%(teams)s tổ với %(people)s người đang phụ trách %(losing)s phụ trách %(surviving)s từ ngày"
            " %(day)s.",
            **counts,
            **names,
        ),
        _("Máy của các tổ tải lại danh sách ở lần liên lạc sau; lượt chưa gửi vẫn gửi về và được tính."),
        _("Lượt hai tổ đã ghi ở thôn của nhau, đang chờ xử lý vì khác thôn, được tính ngay."),
        _(
            "Kỳ báo cáo kết thúc trước ngày %(day)s vẫn có dòng %(losing)s như cũ.",
            **names,
        ),
        _(
            "Kỳ đang chạy và các kỳ sau tính lượt đã ghi ở %(losing)s vào %(surviving)s, báo cáo có ghi chú.",
            **names,
        ),
        _("Không tách lại được."),
    ]
