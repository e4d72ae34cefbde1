"""/desk/hamlets/{id}/merge: choose the hamlet that stays, read the consequences, confirm."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.accounts import access
from app.areas import Hamlet
from app.core.clock import local_date
from app.core.errors import Invalid, NotFound, StaleDecision
from app.core.strings import _
from app.core.types import is_id
from app.households import hamlet_merge
from app.households.hamlet_merge import MergePreview
from app.teams.hamlets import list_hamlets
from app.web.desk.context import Desk, DeskContext, PathId, parse_version
from app.web.desk.frame import HAMLETS, Frame, build_frame
from app.web.desk.visits.filters import Option
from app.web.rendering import day, html, number

router = APIRouter()
_STALE = _("Một trong hai thôn vừa được đổi tên hoặc gộp. Xem lại rồi quyết định.")


@dataclass(frozen=True)
class Consequences:
    """What the merge does, in sentences; `losing_seen`, `surviving_seen`: the hamlets' feed numbers."""

    surviving: str
    sentences: list[str]
    losing_seen: int
    surviving_seen: int


@dataclass(frozen=True)
class MergePage:
    """What templates/desk/hamlet_merge.html shows; without `consequences` the surviving hamlet is chosen."""

    title: str
    frame: Frame
    address: str
    hamlet: str
    back_to: str
    others: list[Option]
    into_problem: str
    consequences: Consequences | None
    problem: str


@router.get("/desk/hamlets/{hamlet_id}/merge")
def show_merge(hamlet_id: PathId, desk: Desk, into: str | None = None) -> Response:
    """The choice of the hamlet that stays, or with `into` what merging does."""
    return _page(desk, hamlet_id, into)


@router.post("/desk/hamlets/{hamlet_id}/merge")
def merge(
    hamlet_id: PathId,
    desk: Desk,
    into: Annotated[str, Form()] = "",
    losing: Annotated[str, Form()] = "",
    surviving: Annotated[str, Form()] = "",
) -> Response:
    """Merge the hamlet into `into`; the other fields are the feed numbers that the page showed."""
    if not is_id(into):
        raise NotFound
    seen = {hamlet_id: parse_version(losing), into: parse_version(surviving)}
    try:
        desk.database.write(
            lambda session: hamlet_merge.merge_hamlets(session, desk.actor, hamlet_id, into, seen, desk.now)
        )
    except StaleDecision:
        return _page(desk, hamlet_id, into, _STALE, 409)
    return RedirectResponse("/desk/hamlets?done=merged", 303)


def _page(
    desk: DeskContext, hamlet_id: str, into: str | None, problem: str = "", status: int = 200
) -> Response:
    def load(session: Session) -> MergePage:
        hamlet = access.find(session, desk.actor, Hamlet, hamlet_id)
        if hamlet.merged_into is not None and not problem:
            raise NotFound
        others = [one for one in list_hamlets(session, desk.actor) if one.id != hamlet_id]
        return MergePage(
            title=_("Gộp %(hamlet)s vào thôn khác", hamlet=hamlet.name),
            frame=build_frame(session, desk.actor, HAMLETS),
            address=f"/desk/hamlets/{hamlet_id}/merge",
            hamlet=hamlet.name,
            back_to=f"/desk/hamlets/{hamlet_id}",
            others=[Option(one.id, one.name, one.id == into) for one in others],
            into_problem="" if into is None or _is_one_of(into, others) else _("Chọn thôn còn lại."),
            consequences=_consequences(session, desk, hamlet_id, into or ""),
            problem=problem,
        )

    return html("desk/hamlet_merge.html", desk.database.read(load), status)


def _is_one_of(hamlet_id: str, hamlets: list[Hamlet]) -> bool:
    return hamlet_id in {hamlet.id for hamlet in hamlets}


def _consequences(session: Session, desk: DeskContext, hamlet_id: str, into: str) -> Consequences | None:
    try:
        if not is_id(into):
            return None
        found = hamlet_merge.preview(session, desk.actor, hamlet_id, into)
    except (Invalid, NotFound):
        return None
    return Consequences(
        surviving=into,
        sentences=_sentences(found, day(local_date(desk.now))),
        losing_seen=found.losing.feed_seq,
        surviving_seen=found.surviving.feed_seq,
    )


def _sentences(found: MergePreview, today: str) -> list[str]:
    losing, surviving = found.losing.name, found.surviving.name
    both = found.losing_households + found.surviving_households
    return [
        _("Từ hôm nay, %(day)s, %(losing)s không còn trong danh sách thôn.", day=today, losing=losing),
        _(
            "%(count)s hộ của %(losing)s thuộc %(surviving)s, khi đó có %(both)s hộ.",
            count=number(found.losing_households),
            losing=losing,
            surviving=surviving,
            both=number(both),
        ),
        _(
            "%(teams)s tổ với %(people)s người đang phụ trách %(losing)s sẽ phụ trách %(surviving)s.",
            teams=number(found.teams),
            people=number(found.people),
            losing=losing,
            surviving=surviving,
        ),
        _("Máy của các tổ tải lại danh sách ở lần liên lạc sau; lượt chưa gửi vẫn gửi về và được tính."),
        _("Lượt đã tính ở %(losing)s vẫn đứng ở %(losing)s: số liệu các kỳ trước không đổi.", losing=losing),
        _("Không tách lại được."),
    ]
