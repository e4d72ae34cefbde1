"""The list of visits as a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlmodel import Session

from app.accounts.access import Actor
from app.core.clock import local_date
from app.visits.listing import WAITING, Filters, Listing, listing
from app.visits.queries import Listed, choices
from app.web.desk_bulk import BulkBar, Outcome, Pressed, bulk_bar
from app.web.desk_filters import Asked, FilterBar, read_filters
from app.web.desk_frame import Frame, frame_of
from app.web.desk_labels import OUTCOMES, RESULTS, Badge, amount, badge, door
from app.web.desk_visit import VisitPanel
from app.web.rendering import day, moment, number
from app.web.strings import _

LATE = timedelta(hours=1)


@dataclass(frozen=True)
class VisitRow:
    """One visit in the list. `late` says when it was received, if that was an hour or more after; `waits`
    if there is something to decide, `picked` if it is to be decided with others."""

    id: str
    href: str
    version: int
    time: str
    day: str
    late: str
    door: str
    alley: str
    hamlet: str
    author: str
    result: str
    services: list[str]
    state: Badge
    current: bool
    waits: bool
    picked: bool


@dataclass(frozen=True)
class Beside:
    """Addresses of the list's top and of the pages beside this one, empty at the ends."""

    newest: str
    newer: str
    older: str


@dataclass(frozen=True)
class VisitsPage:
    """What templates/desk/visits.html shows; `visit` is the one opened beside the list, if any.

    `bulk` is absent where there is nothing to decide; `outcome` is there after a decision on many.
    """

    title: str
    frame: Frame
    bar: FilterBar
    count: str
    period: str
    as_of: str
    rows: list[VisitRow]
    beside: Beside
    bulk: BulkBar | None
    outcome: Outcome | None
    visit: VisitPanel | None


def visits_page(
    session: Session,
    actor: Actor,
    asked: Asked,
    now: datetime,
    visit: VisitPanel | None = None,
    *,
    outcome: Outcome | None = None,
    sent: Pressed | None = None,
    problems: dict[str, str] | None = None,
) -> VisitsPage:
    """The list that the address asks for, with `visit` beside it.

    `outcome` is what became of a decision on many; `sent` one that was refused, with its `problems`.
    """
    sent = sent or Pressed()
    filters, bar = read_filters(asked, choices(session, actor, asked.q), now)
    found = listing(session, actor, filters, asked.place)
    return VisitsPage(
        title=_("%(door)s – Lượt thăm", door=visit.door) if visit else _("Lượt thăm"),
        frame=frame_of(session, actor),
        bar=bar,
        count=_counted(found),
        period=_period(filters),
        as_of=moment(now),
        rows=[visit_row(one, asked, visit.id if visit else "", sent.versions) for one in found.visits],
        beside=_beside(found, asked),
        bulk=_bulk(found, asked, filters, now, sent, problems or {}),
        outcome=outcome,
        visit=visit,
    )


def visit_row(
    one: Listed, asked: Asked, current: str = "", picked: Mapping[str, int] = MappingProxyType({})
) -> VisitRow:
    """A visit's row; `current` is the id of the visit that stands open, `picked` those to decide on."""
    visit, home = one.visit, one.household
    came_late = visit.received_at - visit.happened_at >= LATE
    time, on = moment(visit.happened_at).split(" ")
    return VisitRow(
        id=visit.id,
        href=asked.address(f"/desk/visits/{visit.id}"),
        version=visit.version,
        time=time,
        day=on,
        late=_short(visit.received_at, visit.happened_at) if came_late else "",
        door=door(home),
        alley=home.alley,
        hamlet=one.hamlet,
        author=one.author,
        result=RESULTS[visit.result],
        services=[_service(given.outcome, given.people, entry.label_vi, entry.unit)
                  for given, entry in one.services],
        state=badge(visit),
        current=visit.id == current,
        waits=visit.withdrawn_at is None and visit.review_state == WAITING,
        picked=picked.get(visit.id) == visit.version,
    )  # fmt: skip


def _bulk(
    found: Listing, asked: Asked, filters: Filters, now: datetime, sent: Pressed, problems: dict[str, str]
) -> BulkBar | None:
    if not found.visits or filters.waiting is None:
        return None
    return bulk_bar(asked, found, now, sent, problems)


def _service(outcome: str, people: int, label: str, unit: str) -> str:
    words = f"{label}: {OUTCOMES[outcome]}"
    return words if people == 1 else f"{words}, {amount(people, unit)}"


def _short(instant: datetime, beside: datetime) -> str:
    """The time of `instant`, with its day only where that is another one than that of `beside`."""
    words = moment(instant)
    return words.split(" ")[0] if local_date(instant) == local_date(beside) else words


def _period(filters: Filters) -> str:
    since, until = filters.since, filters.until
    if since and until and since != until:
        return _("từ %(since)s đến %(until)s", since=day(since), until=day(until))
    if since:
        return _("ngày %(day)s", day=day(since))
    return _("đến %(until)s", until=day(until)) if until else _("mọi ngày")


def _counted(found: Listing) -> str:
    """How many there are, as far as they were counted."""
    return number(found.total) if found.is_counted else _("Hơn %(count)s", count=number(found.total - 1))


def _beside(found: Listing, asked: Asked) -> Beside:
    def address(there: bool, **place: str) -> str:
        return asked.address("/desk/visits", **{"before": "", "after": ""} | place) if there else ""

    ids = [one.visit.id for one in found.visits] or [""]
    return Beside(
        newest=address(found.newer),
        newer=address(found.newer, after=ids[0]),
        older=address(found.older, before=ids[-1]),
    )
