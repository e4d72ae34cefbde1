"""/desk/log: *Nhật ký*, newest first, by person, household and kind of event: who did what, and about whom,
by name."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.access import Actor, find
from app.commune.accounts.commune import hamlet_names
from app.commune.accounts.models import Account
from app.core.audit.chain import stored_head
from app.core.audit.views import HOUSEHOLD, VIEWED
from app.core.desk_log import Entry
from app.core.strings import _, lazy
from app.fieldwork.households.models import Household
from app.upkeep.audit.reading import LogFilter, find_households, find_people, list_people, read_page
from app.web.deps import Config
from app.web.desk.page.context import Desk
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.page.frame import LOG
from app.web.desk.page.labels import Link, household_link, member_link, supervisor_link
from app.web.desk.page.lists import Filters
from app.web.desk.people.log_events import GROUPS, WORDS
from app.web.forms import Code, Id
from app.web.rendering import moment, number
from app.web.screens import screen

router = APIRouter()
_NUMBER = re.compile(r"[0-9]{1,15}")
MOST_VIEWS = 20  # of one entry

_WITH_HOUSEHOLDS = {"list.imported", "spot_check.drawn", "spot_check.answered"}  # `count`: of households
LIST = Filters(
    "/desk/log",
    Id("person", lazy("Người"), is_wanted=False),
    Id("household", is_wanted=False),
    Code(
        "group",
        lazy("Việc"),
        options={code: label for code, (label, _events) in GROUPS.items()},
        is_wanted=False,
    ),
)


@router.get("/desk/log")
def show_log(request: Request, settings: Config, desk: Desk, before: IdFilter = "") -> Response:
    """One page of the desk log; unknown values of a filter are ignored."""
    start = int(before) if _NUMBER.fullmatch(before) else 0
    asked = LIST.of_address(request, settings, desk.now)

    def load(session: Session) -> Mapping[str, Any]:
        people = {one.id: one.name for one in list_people(session, desk.actor)}
        query = asked.within(person=people)
        person, household_id, group = (query.values[one] for one in ("person", "household", "group"))
        household = find(session, desk.actor, Household, household_id) if household_id else None
        wanted = LogFilter(person, household_id, frozenset(GROUPS[group][1]) if group else frozenset())
        found = read_page(session, desk.actor, wanted, start)
        return {
            "query": query,
            "people": list(people.items()),
            "household": household,
            "log_mark": str(stored_head(session, desk.actor.commune_id)),
            "rows": _lines_of(session, desk.actor, found.entries, wanted),
            "older": query.address(before=str(found.before)) if found.before else "",
            "is_looking": found.is_looking,
        }

    return screen(desk, "desk/people/log.html", LOG, load)


@dataclass(frozen=True)
class LogLine:
    """One event. `doer`: who did it. `about`: the people and households that it is about; `more`: what has no
    page."""

    seq: str
    when: str
    doer: Link
    what: str
    about: list[Link]
    more: str


def _lines_of(
    session: Session, actor: Actor, entries: Sequence[tuple[int, Entry]], wanted: LogFilter
) -> list[LogLine]:
    """The lines of these entries; of what was looked at those that are wanted."""
    names = _Names(session, actor, [entry for _seq, entry in entries])
    return [line for seq, entry in entries for line in _lines(seq, entry, names, wanted)]


class _Names:
    """The links of the people, households and hamlets that entries name."""

    def __init__(self, session: Session, actor: Actor, entries: list[Entry]) -> None:
        self._hamlets = hamlet_names(session, actor)
        people = find_people(session, actor, (id for entry in entries for id in _people_of(entry)))
        self._people = {id: _person_link(one) for id, one in people.items()}
        households = find_households(
            session, actor, (id for entry in entries for id in _households_of(entry))
        )
        self._households = {id: household_link(one) for id, one in households.items()}

    def doer(self, id: object) -> Link:
        """The person; an operator has no page here. Of nobody is what the server did by itself."""
        if not id:
            return Link(_("Máy chủ"), "")
        return self._people.get(str(id), Link(_("Người vận hành"), ""))

    def person(self, id: str) -> Link:
        return self._people.get(id, Link(_("(không rõ)"), ""))

    def household(self, id: str) -> Link:
        return self._households.get(id, Link(_("(hộ không còn)"), ""))

    def hamlet(self, id: str) -> Link:
        return Link(self._hamlets.get(id, _("(thôn không còn)")), "")


def _lines(seq: int, entry: Entry, names: _Names, wanted: LogFilter) -> Iterator[LogLine]:
    number_of, when = number(seq), moment(datetime.fromisoformat(entry["at"]))
    if entry["what"] != VIEWED:
        by, account = entry.get("by"), entry.get("account")
        about = [names.household(id) for id in _households_of(entry)]
        about += [names.person(account)] if by and account else []
        what = str(WORDS.get(entry["what"], entry["what"]))
        yield LogLine(number_of, when, names.doer(by or account), what, about, _more(entry))
        return
    views = [view for view in entry["views"] if _is_wanted(view, wanted)]
    for by, page, id, count in views[:MOST_VIEWS]:
        is_household = page == HOUSEHOLD
        what = _("Xem trang của hộ") if is_household else _("Xem phiếu đi thăm")
        about = [names.household(id) if is_household else names.hamlet(id)] if id else []
        yield LogLine(number_of, when, names.doer(by), what, about, _("%(n)s lần", n=number(count)))
    if len(views) > MOST_VIEWS:
        others = _("và %(n)s lượt xem khác", n=number(len(views) - MOST_VIEWS))
        yield LogLine(number_of, when, Link(_("Nhiều người"), ""), others, [], "")


def _is_wanted(view: Sequence[object], wanted: LogFilter) -> bool:
    by, _page, id, _count = view
    return wanted.person in ("", by) and wanted.household in ("", id)


def _more(entry: Entry) -> str:
    parts = []
    visits = entry.get("visits")  # their ids; of a sample and of a download how many
    count = len(visits) if isinstance(visits, list) else visits
    if isinstance(count, int) and count:
        parts.append(_("%(n)s lượt", n=number(count)))
    if entry["what"] in _WITH_HOUSEHOLDS and isinstance(entry.get("count"), int):
        parts.append(_("%(n)s hộ", n=number(entry["count"])))
    if isinstance(counts := entry.get("counts"), dict):
        purged = sum(count for count in counts.values() if isinstance(count, int))
        parts.append(_("%(n)s mục", n=number(purged)))
    if isinstance(entry.get("period"), str):
        parts.append(entry["period"])
    return ", ".join(parts)


def _people_of(entry: Entry) -> Iterator[str]:
    ids = [entry.get("by"), entry.get("account"), *(view[0] for view in _views(entry))]
    return (id for id in ids if isinstance(id, str))


def _households_of(entry: Entry) -> list[str]:
    named: list[object] = [entry.get("household"), entry.get("into")]
    several = entry.get("households")
    named += several if isinstance(several, list) else []
    named += [id for _by, page, id, _count in _views(entry) if page == HOUSEHOLD]
    return [id for id in dict.fromkeys(named) if isinstance(id, str) and id]


def _views(entry: Entry) -> Iterable[Sequence[str]]:
    return entry["views"] if entry["what"] == VIEWED else ()


def _person_link(account: Account) -> Link:
    page = supervisor_link if account.role == "supervisor" else member_link
    return page(account.id, account.name)
