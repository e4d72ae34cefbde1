"""/desk/find: the results for a few letters, beside the open page or as a page of their own.

By POST, because addresses are logged, and the words may be a person's name.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Header
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.guides.commands import list_guides
from app.commune.settings import settings_of
from app.commune.teams.directory import list_members
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import local_date
from app.core.strings import _
from app.core.text import search_text
from app.review.register.listing import find_some
from app.web.desk.find.destinations import LEAST_LETTERS, begins, find_destinations, find_reports
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import OVERVIEW, build_frame
from app.web.desk.page.labels import Link, hamlet_label, household_link, member_link
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()
PATH = "/desk/find"
MAX_WORDS = 100
MOST = 6  # of each kind


@dataclass(frozen=True)
class Result:
    """A page that was found; `about`: what tells it from others of its name."""

    text: str
    about: str
    href: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind."""

    name: str
    results: list[Result]


@dataclass(frozen=True)
class FindPage:
    """What templates/desk/find.html shows; `asked`: there are words to look for."""

    title: str
    frame: Frame
    q: str
    asked: bool
    groups: list[Group]


@dataclass(frozen=True)
class Found:
    """What templates/desk/found.html shows, beside the open page."""

    asked: bool
    groups: list[Group]


@router.get(PATH)
def show_form(desk: Desk) -> Response:
    """The form alone; a browser with scripts opens it above any page."""
    page = desk.database.read(lambda session: _page(session, desk, ""))
    return html("desk/find.html", page)


@router.post(PATH)
def find(
    desk: Desk,
    q: Annotated[str, Form(max_length=MAX_WORDS)] = "",
    hx_request_type: Annotated[str, Header()] = "",
) -> Response:
    """What the words find."""
    if hx_request_type == "partial":
        groups = desk.database.read(lambda session: _groups(session, desk, q))
        return html("desk/found.html", Found(_is_asked(q), groups))
    return html("desk/find.html", desk.database.read(lambda session: _page(session, desk, q)))


def _page(session: Session, desk: DeskContext, q: str) -> FindPage:
    frame = build_frame(session, desk.actor, OVERVIEW)
    return FindPage(_("Tìm"), frame, q, _is_asked(q), _groups(session, desk, q))


def _is_asked(q: str) -> bool:
    return sum(map(len, search_text(q).split())) >= LEAST_LETTERS


def _groups(session: Session, desk: DeskContext, q: str) -> list[Group]:
    """Households, people, hamlets, reports, guides, then screens and acts; kinds of which nothing was found
    are left out."""
    if not _is_asked(q):
        return []
    words = search_text(q).split()
    month_start = settings_of(session, desk.actor.commune_id).month_start_day
    groups = [
        Group(_("Hộ"), _households(session, desk, q)),
        Group(_("Người"), _people(session, desk, words)),
        Group(_("Thôn"), _hamlets(session, desk, words)),
        Group(_("Báo cáo"), _results(find_reports(words, local_date(desk.now), month_start))),
        Group(_("Cẩm nang"), _guides(session, desk, words)),
        Group(_("Màn hình, việc"), _results(find_destinations(words))),
    ]
    return [group for group in groups if group.results]


def _households(session: Session, desk: DeskContext, q: str) -> list[Result]:
    found = []
    for household, hamlet in find_some(session, desk.actor, q, MOST):
        name = household_link(household)
        about = ", ".join(part for part in (household.alley, hamlet) if part)
        found.append(Result(name.text, about, name.href))
    return found


def _people(session: Session, desk: DeskContext, words: list[str]) -> list[Result]:
    members = [one for one in list_members(session, desk.actor, desk.now) if begins(one.account.name, words)]
    links = [(member_link(one.account.id, one.account.name), one.team_label) for one in members]
    return [Result(link.text, team, link.href) for link, team in links[:MOST]]


def _hamlets(session: Session, desk: DeskContext, words: list[str]) -> list[Result]:
    hamlets = [one for one in list_hamlets(session, desk.actor, with_merged=False) if begins(one.name, words)]
    return [
        Result(hamlet_label(one), _("danh sách hộ"), f"/desk/households?hamlet={one.id}")
        for one in hamlets[:MOST]
    ]


def _guides(session: Session, desk: DeskContext, words: list[str]) -> list[Result]:
    guides = [one for one in list_guides(session, desk.actor) if begins(one.title, words)]
    return [Result(one.title, _("hướng dẫn"), f"/desk/guides/{one.code}") for one in guides[:MOST]]


def _results(links: list[Link]) -> list[Result]:
    return [Result(link.text, "", link.href) for link in links[:MOST]]
