"""Lists of what is still to be done: the households in which nobody was reached yet, by hamlet; appointments
to return whose day has passed, by person and hamlet; and what households asked for and did not get yet."""

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.catalog.services import services_by_code
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import local_date
from app.core.strings import lazy
from app.fieldwork.derived.needs.queries import PAGE_SIZE as NEEDS_PAGE
from app.fieldwork.derived.needs.queries import ListedNeed, NeedFilter, count_by_service, list_open_needs
from app.review.register.coverage import hamlets_coverage
from app.review.register.index import LIVING
from app.review.register.listing import HouseholdFilters, list_households
from app.review.register.overdue import PAGE_SIZE as OVERDUE_PAGE
from app.review.register.overdue import OverdueFollowUp, count_overdue, list_overdue
from app.web.deps import Config
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.page.frame import NEEDS, NOT_REACHED, OVERDUE
from app.web.desk.page.lists import Filters
from app.web.desk.page.paging import numbered_pager, page_number
from app.web.desk.page.reading import ReadingDesk
from app.web.forms import Text
from app.web.screens import screen

router = APIRouter()
SUMS = 8  # services whose sums stand above the list of needs
_HAMLET = Text("hamlet", lazy("Thôn"))
REACHED_NONE = Filters("/desk/coverage/not-reached", _HAMLET)
LATE = Filters("/desk/coverage/overdue", _HAMLET, Text("person", lazy("Người hẹn")))
WANTED = Filters("/desk/needs", _HAMLET, Text("service", lazy("Việc")))


@router.get(REACHED_NONE.path)
def show_not_reached(request: Request, settings: Config, desk: ReadingDesk) -> Response:
    """The households of one hamlet, or of all."""
    asked = REACHED_NONE.of_address(request, settings, desk.now)

    def load(session: Session) -> Mapping[str, Any]:
        today = local_date(desk.now)
        coverage = hamlets_coverage(session, desk.actor, today, count_overdue(session, desk.actor, today))
        by_id = {one.hamlet.id: one for one in coverage}
        query = asked.within(hamlet=by_id)
        filters = HouseholdFilters(hamlet_id=query.values["hamlet"], state=LIVING, reached="no")
        hamlets = [one.hamlet for one in coverage]
        found = list_households(session, desk.actor, hamlets, filters, **query.position)
        groups = groupby(found.households, key=lambda one: one.household.hamlet_id)
        ids = [one.household.id for one in found.households]
        return {
            "query": query,
            "count": found.total,
            "coverage": coverage,
            "everywhere": sum(one.not_reached for one in coverage),
            "groups": [(by_id[id], list(households)) for id, households in groups],
            "pager": query.pager(ids, has_previous=found.previous, has_next=found.next),
        }

    return screen(desk, "desk/coverage/not_reached.html", NOT_REACHED, load)


@router.get(LATE.path)
def show_overdue(request: Request, settings: Config, desk: ReadingDesk, page: IdFilter = "1") -> Response:
    """The appointments of one hamlet and person, or of all."""
    today, asked = local_date(desk.now), LATE.of_address(request, settings, desk.now)

    def load(session: Session) -> Mapping[str, Any]:
        hamlets = {one.id: one.name for one in list_hamlets(session, desk.actor)}
        groups = count_overdue(session, desk.actor, today)
        people = {group.account_id: group.person for group in groups}
        query = asked.within(hamlet=hamlets, person=people)
        where, who = query.values["hamlet"], query.values["person"]
        shown = [one for one in groups if where in ("", one.hamlet_id) and who in ("", one.account_id)]
        count = sum(group.count for group in shown)
        pages = max(1, -(-count // OVERDUE_PAGE))
        at = min(page_number(page), pages)
        found = list_overdue(session, desk.actor, today, hamlet_id=where, account_id=who, page=at)
        return {
            "query": query,
            "count": count,
            "only": [hamlets.get(where, ""), people.get(who, "")],
            "sums": shown,
            "hamlets": hamlets,
            "rows": [_row(one, "", one.follow_up.due_on, one.follow_up.id, today) for one in found],
            "pager": numbered_pager(query.address(), at, pages),
        }

    return screen(desk, "desk/coverage/overdue.html", OVERDUE, load)


@router.get(WANTED.path)
def show_needs(request: Request, settings: Config, desk: ReadingDesk, page: IdFilter = "1") -> Response:
    """What was asked for in one hamlet and of one service, or in all and of all, the oldest first."""
    today, asked = local_date(desk.now), WANTED.of_address(request, settings, desk.now)

    def load(session: Session) -> Mapping[str, Any]:
        hamlets = {one.id: one.name for one in list_hamlets(session, desk.actor, with_merged=False)}
        labels = {code: one.label for code, one in services_by_code(session, desk.actor).items()}
        query = asked.within(hamlet=hamlets, service=labels)
        where, what = query.values["hamlet"], query.values["service"]
        counts = count_by_service(session, desk.actor, NeedFilter(where))
        count = counts.get(what, 0) if what else sum(counts.values())
        pages = max(1, -(-count // NEEDS_PAGE))
        at = min(page_number(page), pages)
        return {
            "query": query,
            "count": count,
            "only": [hamlets.get(where, ""), labels.get(what, "")],
            "hamlets": hamlets,
            "labels": labels,
            "sums": [
                (labels[code], number, query.address(service=code))
                for code, number in [*counts.items()][:SUMS]
            ],
            "rows": [
                _row(one, labels[one.need.service], one.need.asked_on, one.need.visit_id, today)
                for one in list_open_needs(session, desk.actor, NeedFilter(where, what), at)
            ],
            "pager": numbered_pager(query.address(), at, pages),
        }

    return screen(desk, "desk/coverage/needs.html", NEEDS, load)


def _row(
    one: OverdueFollowUp | ListedNeed, service: str, since: date, visit_id: str, today: date
) -> tuple[object, ...]:
    """What a household waits for, `service` or an appointment, since when and how many days; who wrote it
    down at which visit."""
    return one.household, service, since, max(0, (today - since).days), one.account_id, one.person, visit_id
