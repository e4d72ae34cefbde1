"""/desk/paper: whose paper it is and of which day, then the household; after a visit the next household."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import access
from app.commune.teams.members import find_member
from app.core.clock import local_date
from app.core.errors import NotFound
from app.core.strings import _
from app.core.types import is_id
from app.fieldwork.visits.models import Visit
from app.intake.paper import commands as paper
from app.review.register.walking_list import WalkingEntry, list_entries, next_entry
from app.web.days import parse_day
from app.web.deps import Config
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import VISITS, build_frame
from app.web.desk.page.labels import household_label
from app.web.desk.page.member_options import member_options
from app.web.desk.page.search_words import SearchWordCipher
from app.web.frame import Frame
from app.web.rendering import day as format_day
from app.web.rendering import html, number

router = APIRouter()
SHOWN = 100
"""Households of a search."""
MAX_TYPED = 80

Typed = Annotated[str, Form()]


@dataclass(frozen=True)
class PaperQuery:
    """Member and day as they are in the address, and the search words, encrypted in the address as `find`."""

    member: Annotated[str, Query()] = ""
    day: Annotated[str, Query()] = ""
    find: Annotated[str, Query()] = ""
    saved: Annotated[str, Query()] = ""
    q: str = ""

    def address(self, path: str = "/desk/paper", **more: str) -> str:
        """`path` with member and day."""
        return f"{path}?{urlencode({'member': self.member, 'day': self.day} | more)}"


@dataclass(frozen=True)
class Choice:
    """A valid member and day, with the hamlets in which the member could visit then."""

    member_id: str
    member: str
    day: date
    hamlet_ids: frozenset[str]


@dataclass(frozen=True)
class FoundHousehold:
    """A household to enter a visit for."""

    href: str
    label: str
    place: str
    reached: str


@dataclass(frozen=True)
class SavedVisit:
    """The visit that was just entered; `undo`: the address of *Hoàn tác*, `seen` its row's number."""

    sentence: str
    undo: str
    seen: int
    next: FoundHousehold | None


@dataclass(frozen=True)
class PaperPage:
    """What templates/desk/visits/paper.html shows; `households` is None until member and day are chosen."""

    title: str
    frame: Frame
    members: list[Option]
    day: str
    day_hint: str
    q: str
    problems: dict[str, str]
    person: str
    households: list[FoundHousehold] | None
    more: str
    saved: SavedVisit | None


def query_of_address(
    request: Request, settings: Config, query: Annotated[PaperQuery, Depends()]
) -> PaperQuery:
    """The query with its search words decrypted."""
    return replace(query, q=SearchWordCipher(request, settings).decrypt(query.find[:600]))


@router.get("/desk/paper")
def show_paper(desk: Desk, query: Annotated[PaperQuery, Depends(query_of_address)]) -> Response:
    page = desk.database.read(lambda session: _page(session, desk, query))
    return html("desk/visits/paper.html", page)


@router.post("/desk/paper")
def find_households(
    request: Request, settings: Config, desk: Desk, member: Typed = "", day: Typed = "", q: Typed = ""
) -> Response:
    """*Tìm hộ*: redirect to the address of the choice; a wrong one shows the form again."""
    query = PaperQuery(member, day[:MAX_TYPED], q=q[:MAX_TYPED])
    problems = desk.database.read(lambda session: check(session, desk, query))
    if isinstance(problems, dict):
        page = desk.database.read(lambda session: _page(session, desk, query, problems))
        return html("desk/visits/paper.html", page, 422)
    found = {"find": SearchWordCipher(request, settings).encrypt(query.q)} if query.q else {}
    return RedirectResponse(replace(query, day=problems.day.isoformat()).address(**found), 303)


def check(session: Session, desk: DeskContext, query: PaperQuery) -> Choice | dict[str, str]:
    """The choice of the query, or a sentence for each wrong field."""
    try:
        if not is_id(query.member):
            raise NotFound
        member = find_member(session, desk.actor, query.member)
    except NotFound:
        member = None
    on, sentence = _parse_day(query.day, desk)
    if member is None or on is None:
        return ({} if member else {"member": _("Chọn người đã đi thăm.")}) | (
            {"day": sentence} if sentence else {}
        )
    hamlets = paper.hamlets_in_charge(session, member, on, desk.now)
    if not hamlets:
        return {"day": _("Ngày này người ấy chưa hoặc không còn phụ trách thôn nào.")}
    return Choice(member.id, member.name, on, hamlets)


def _parse_day(text: str, desk: DeskContext) -> tuple[date | None, str]:
    """The day, or a sentence that says what is wrong with it."""
    today, first = local_date(desk.now), paper.first_day(desk.now)
    if not text.strip():
        return None, _("Nhập ngày đi thăm.")
    on = parse_day(text, today)
    if on is None:
        return None, _("Ghi ngày theo mẫu 24/11/2026.")
    if on > today:
        return None, _("Ngày đi thăm chưa tới. Ghi ngày đến hôm nay, %(today)s.", today=format_day(today))
    if on < first:
        return None, _("Chỉ nhập được lượt thăm từ ngày %(first)s.", first=format_day(first))
    return on, ""


def _page(
    session: Session, desk: DeskContext, query: PaperQuery, problems: dict[str, str] | None = None
) -> PaperPage:
    choice = None if problems else check(session, desk, query)
    chosen = choice if isinstance(choice, Choice) else None
    entries = list_entries(session, desk.actor, chosen.hamlet_ids) if chosen else []
    found = list_entries(session, desk.actor, chosen.hamlet_ids, query.q) if chosen and query.q else entries
    on = chosen.day if chosen else parse_day(query.day, local_date(desk.now))
    return PaperPage(
        title=_("Nhập từ giấy"),
        frame=build_frame(session, desk.actor, VISITS),
        members=member_options(session, desk, query.member),
        day=format_day(on) if on else query.day,
        day_hint=_("Từ %(first)s đến hôm nay.", first=format_day(paper.first_day(desk.now))),
        q=query.q,
        problems=dict.fromkeys(("member", "day"), "") | (problems or {}),
        person=chosen.member if chosen else "",
        households=[_found(entry, query) for entry in found[:SHOWN]] if chosen else None,
        more=_more(len(found)),
        saved=_saved(session, desk, query, entries) if chosen and is_id(query.saved) else None,
    )


def _more(count: int) -> str:
    if count <= SHOWN:
        return ""
    return _(
        "Hiện %(shown)s trong %(count)s hộ. Gõ tên hoặc số nhà để tìm.", shown=SHOWN, count=number(count)
    )


def _found(entry: WalkingEntry, query: PaperQuery) -> FoundHousehold:
    reached = entry.reached_on
    return FoundHousehold(
        href=query.address(f"/desk/paper/{entry.household.id}"),
        label=household_label(entry.household),
        place=", ".join(part for part in (entry.household.alley, entry.hamlet) if part),
        reached=_("Đã gặp %(day)s", day=format_day(reached)) if reached else _("Chưa gặp"),
    )


def _saved(
    session: Session, desk: DeskContext, query: PaperQuery, entries: list[WalkingEntry]
) -> SavedVisit | None:
    """The visit that the address names, if it was entered from paper and still counts."""
    try:
        visit = access.find(session, desk.actor, Visit, query.saved)
    except NotFound:
        return None
    if visit.entered_by is None or visit.withdrawn_at is not None:
        return None
    following = next_entry(entries, visit.household_id)
    label = next(
        (household_label(one.household) for one in entries if one.household.id == visit.household_id), ""
    )
    return SavedVisit(
        sentence=_("Đã nhập lượt thăm hộ %(household)s.", household=label),
        undo=f"/desk/visits/{visit.id}/withdraw",
        seen=visit.feed_seq,
        next=_found(following, query) if following else None,
    )
