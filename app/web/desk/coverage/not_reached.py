"""/desk/coverage/not-reached: the households in which nobody was reached yet, by hamlet."""

from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import Hamlet
from app.core.clock import local_date
from app.core.strings import _
from app.core.types import is_id
from app.fieldwork.visits.household_summary import HouseholdSummary
from app.review.register.coverage import HamletCoverage, hamlets_coverage
from app.review.register.index import LIVING
from app.review.register.listing import HouseholdFilters, HouseholdList, list_households
from app.review.register.overdue import count_overdue
from app.web.desk.coverage.links import not_reached_link
from app.web.desk.page.filter_fields import IdFilter, TextFilter
from app.web.desk.page.frame import NOT_REACHED, build_frame
from app.web.desk.page.labels import Link, household_link
from app.web.desk.page.paging import ListPager
from app.web.desk.page.reading import ReadingDesk
from app.web.frame import Frame
from app.web.rendering import day, html, moment, number

router = APIRouter()


@dataclass(frozen=True)
class HamletChoice:
    """A hamlet to choose, with how many households of it were not reached."""

    label: str
    count: str
    href: str
    current: bool


@dataclass(frozen=True)
class NotReachedRow:
    """A household; `tried`: how often and when somebody was there and found nobody."""

    household: Link
    alley: str
    tried: str


@dataclass(frozen=True)
class NotReachedGroup:
    """The households of one hamlet on this page; `walking`: the address of the hamlet's list to print."""

    hamlet: str
    count: str
    walking: str
    rows: list[NotReachedRow]


@dataclass(frozen=True)
class NotReachedPage:
    """What templates/desk/coverage/not_reached.html shows."""

    title: str
    frame: Frame
    as_of: str
    count: str
    choices: list[HamletChoice]
    groups: list[NotReachedGroup]
    pager: ListPager


@router.get("/desk/coverage/not-reached")
def show_not_reached(
    desk: ReadingDesk, hamlet: IdFilter = "", before: TextFilter = "", after: TextFilter = ""
) -> Response:
    """Those of one hamlet, or with an empty or unknown one of all."""
    position = {name: id for name, id in (("before", before), ("after", after)) if is_id(id)}

    def load(session: Session) -> NotReachedPage:
        today = local_date(desk.now)
        overdue = count_overdue(session, desk.actor, today)
        coverage = hamlets_coverage(session, desk.actor, today, overdue)
        hamlets = [one.hamlet for one in coverage]
        chosen = hamlet if hamlet in {one.id for one in hamlets} else ""
        filters = HouseholdFilters(hamlet_id=chosen, state=LIVING, reached="no")
        found = list_households(session, desk.actor, hamlets, filters, **position)
        return NotReachedPage(
            title=_("Hộ chưa gặp"),
            frame=build_frame(session, desk.actor, NOT_REACHED),
            as_of=moment(desk.now),
            count=number(found.total),
            choices=_choices(coverage, chosen),
            groups=_groups(found, {one.hamlet.id: one for one in coverage}),
            pager=_pager(found, chosen),
        )

    return html("desk/coverage/not_reached.html", desk.reading.read(load))


def _choices(coverage: list[HamletCoverage], chosen: str) -> list[HamletChoice]:
    def choice(hamlet: Hamlet | None, count: int) -> HamletChoice:
        id, name = (hamlet.id, hamlet.name) if hamlet else ("", _("Tất cả"))
        return HamletChoice(name, number(count), not_reached_link(id), id == chosen)

    everywhere = choice(None, sum(one.not_reached for one in coverage))
    return [everywhere, *(choice(one.hamlet, one.not_reached) for one in coverage)]


def _groups(found: HouseholdList, coverage: dict[str, HamletCoverage]) -> list[NotReachedGroup]:
    return [
        NotReachedGroup(
            hamlet=coverage[id].hamlet.name,
            count=number(coverage[id].not_reached),
            walking=f"/desk/hamlets/{id}/walking-list?show=not-reached",
            rows=[_row(one) for one in households],
        )
        for id, households in groupby(found.households, key=lambda one: one.household.hamlet_id)
    ]


def _row(found: HouseholdSummary) -> NotReachedRow:
    tried = ""
    if found.visits and found.last_on:
        tried = _(
            "đã đến %(count)s lần, lần cuối %(day)s, chưa gặp ai", count=found.visits, day=day(found.last_on)
        )
    return NotReachedRow(household_link(found.household), found.household.alley, tried)


def _pager(found: HouseholdList, chosen: str) -> ListPager:
    ids = [one.household.id for one in found.households] or [""]
    base = not_reached_link(chosen)
    mark = "&" if "?" in base else "?"
    previous = f"{base}{mark}before={ids[0]}" if found.previous else ""
    return ListPager(previous, f"{base}{mark}after={ids[-1]}" if found.next else "")
