"""/desk/log: *Nhật ký*, newest first, by person, household and kind of event."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.access import find
from app.core.audit.chain import stored_head
from app.core.strings import _
from app.core.types import is_id
from app.fieldwork.households.models import Household
from app.upkeep.audit.reading import LogFilter, list_people, read_page
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.filter_fields import IdFilter, Option
from app.web.desk.page.frame import LOG, build_frame
from app.web.desk.page.labels import Link, household_link
from app.web.desk.people.log.events import GROUPS
from app.web.desk.people.log.lines import LogLine, lines
from app.web.frame import Frame
from app.web.rendering import html, moment

router = APIRouter()
PATH = "/desk/log"
_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class LogPage:
    """What templates/desk/people/log.html shows. `log_mark`: number and hash of the newest entry, as a report
    prints it; `household`: whose entries these are, None for all; `older`: the address of the next page,
    empty at the end; `is_looking`: this page has not looked through all that there is."""

    title: str
    frame: Frame
    as_of: str
    log_mark: str
    people: list[Option]
    groups: list[Option]
    household_id: str
    household: Link | None
    rows: list[LogLine]
    older: str
    is_looking: bool
    is_filtered: bool


@router.get(PATH)
def show_log(
    desk: Desk, person: IdFilter = "", household: IdFilter = "", group: IdFilter = "", before: IdFilter = ""
) -> Response:
    """One page of the desk log; unknown values of a filter are ignored."""
    values = {"person": person, "household": household if is_id(household) else "", "group": group}
    start = int(before) if _NUMBER.fullmatch(before) else 0
    page = desk.database.read(lambda session: _page(session, desk, values, start))
    return html("desk/people/log.html", page)


def _page(session: Session, desk: DeskContext, values: dict[str, str], start: int) -> LogPage:
    people = {one.id: one.name for one in list_people(session, desk.actor)}
    values = values | {"person": values["person"] if values["person"] in people else ""}
    values["group"] = values["group"] if values["group"] in GROUPS else ""
    household = find(session, desk.actor, Household, values["household"]) if values["household"] else None
    events = frozenset(GROUPS[values["group"]][1]) if values["group"] else frozenset()
    wanted = LogFilter(values["person"], values["household"], events)
    found = read_page(session, desk.actor, wanted, start)
    query = urlencode({name: value for name, value in values.items() if value} | {"before": found.before})
    return LogPage(
        title=_("Nhật ký"),
        frame=build_frame(session, desk.actor, LOG),
        as_of=moment(desk.now),
        log_mark=str(stored_head(session, desk.actor.commune_id)),
        people=[Option(id, name, id == values["person"]) for id, name in people.items()],
        groups=[Option(code, label, code == values["group"]) for code, (label, _events) in GROUPS.items()],
        household_id=values["household"],
        household=household_link(household) if household else None,
        rows=lines(session, desk.actor, found.entries, wanted),
        older=f"{PATH}?{query}" if found.before else "",
        is_looking=found.is_looking,
        is_filtered=any(values.values()),
    )
