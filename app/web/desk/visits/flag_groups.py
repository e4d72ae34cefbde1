"""*Cần xem*: the flagged visits that wait for a decision, by person and day, each group decided at once."""

import uuid
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.core.feed import feed_head
from app.core.strings import _
from app.review.decisions.selection import see_visits
from app.review.decisions.verdicts import Verdict
from app.review.visit_list.flag_queries import FlagGroup, count_flagged, list_groups
from app.review.visit_list.flag_sentences import group_sentence
from app.review.visit_list.listing import ANY_FLAG, WAITING
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import FLAGS, build_frame
from app.web.desk.page.labels import Link, day_address, member_link
from app.web.desk.visits.filters import VisitQuery
from app.web.desk.visits.return_form import ReturnForm, build_return_form
from app.web.frame import Frame
from app.web.rendering import day, html, moment, number

router = APIRouter()


@dataclass(frozen=True)
class GroupRow:
    """The flagged visits of one person on one day.

    `visits`: its sentence, with the list of them. `boxes`: the visits as they are shown, for the decision;
    `id`: of that decision's form, which is sent to `action`.
    """

    id: str
    person: Link
    day: Link
    visits: Link
    count: str
    boxes: list[str]
    action: str
    form: ReturnForm


@dataclass(frozen=True)
class FlagGroupsPage:
    """What templates/desk/visits/flag_groups.html shows; `head`: of the feed when it was read;
    `more`: how many visits are in groups that are not shown,
    empty for none."""

    title: str
    frame: Frame
    count: str
    as_of: str
    head: int
    groups: list[GroupRow]
    more: str


@router.get("/desk/flags")
def show_flag_groups(desk: Desk) -> Response:
    return html("desk/visits/flag_groups.html", desk.database.read(lambda session: _page(session, desk)))


def _page(session: Session, desk: DeskContext) -> FlagGroupsPage:
    count = count_flagged(session, desk.actor)
    groups = list_groups(session, desk.actor)
    shown = [id for group in groups for id in group.visit_ids]
    seen = see_visits(session, desk.actor, shown)
    boxes = {id: f"{id}.{one.version}.{one.review}" for id, one in seen.items()}
    return FlagGroupsPage(
        title=_("Cần xem"),
        frame=build_frame(session, desk.actor, FLAGS),
        count=number(count),
        as_of=moment(desk.now),
        head=feed_head(session, desk.actor.commune_id),
        groups=[_row(group, boxes) for group in groups],
        more=number(count - len(shown)) if count > len(shown) else "",
    )


def _row(group: FlagGroup, boxes: dict[str, str]) -> GroupRow:
    query = VisitQuery(volunteer=group.account_id, state=WAITING, day=group.day.isoformat(), flag=ANY_FLAG)
    action = query.address("/desk/decisions")
    return GroupRow(
        id=str(uuid.uuid4()),
        person=member_link(group.account_id, group.person),
        day=Link(day(group.day), day_address(group.account_id, group.day)),
        visits=Link(group_sentence(group), query.address("/desk/visits")),
        count=number(len(group.visit_ids)),
        boxes=[boxes[id] for id in group.visit_ids],
        action=action,
        form=build_return_form(action, "/desk/flags", Verdict("returned"), {}),
    )
