"""/desk/people/{id}/days/{day}: one person's day. It shows what was recorded and concludes nothing."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.models import Account
from app.core.clock import VIETNAM
from app.core.errors import NotFound
from app.core.strings import _
from app.core.types import validate_year
from app.fieldwork.derived.flags.rules import OF_DAYS
from app.review.person_day.figures import BREAK, day_figures
from app.review.person_day.queries import MOST_VISITS, Colleague, PersonDay, load_person_day
from app.review.visit_list.flag_sentences import FlagLine, flag_lines
from app.review.visit_list.flag_sentences import names as flag_names
from app.review.visit_list.queries import VisitSummary
from app.web.desk.page.context import PathId
from app.web.desk.page.frame import PEOPLE, build_frame
from app.web.desk.page.labels import (
    RESULTS,
    Badge,
    Link,
    badge,
    day_address,
    has_wrong_clock,
    household_label,
    member_link,
    service_text,
)
from app.web.desk.page.reading import ReadingDesk
from app.web.desk.people.person_day.strips import Scale, Strip, own_marks, plain_marks, scale_of
from app.web.frame import Frame
from app.web.rendering import day as day_text
from app.web.rendering import html, number

router = APIRouter()


@dataclass(frozen=True)
class DayEntry:
    """One visit. `pause`: how long after the one before, in words; `is_break`: that is an hour or more.
    `flags` and `notices`: the names of the rules about the day that hold for it; `lines` and `hints`: the
    sentences of those about the visit alone. `phone_clock`: the time that the phone reported, if its clock
    was wrong. `others`: who else was there."""

    id: str
    time: str
    pause: str
    is_break: bool
    visit: Link
    place: str
    result: str
    services: list[str]
    state: Badge
    flags: str
    notices: str
    lines: list[FlagLine]
    hints: list[FlagLine]
    others: list[str]
    phone_clock: str


@dataclass(frozen=True)
class PersonDayPage:
    """What templates/desk/people/person_day.html shows. `facts`: the day in figures, a label and a value
    each. `sentences`: what the rules about the day say. `strips`: the person's own first; `scale`: None where
    no visit has a time. `earlier`, `later`, `before`, `after`: the neighbouring days and people. `more`: the
    day has more visits than are shown."""

    title: str
    frame: Frame
    person: Link
    day: str
    facts: list[tuple[str, str]]
    visits: Link
    sentences: list[str]
    scale: Scale | None
    strips: list[Strip]
    entries: list[DayEntry]
    earlier: Link | None
    later: Link | None
    before: Link | None
    after: Link | None
    more: bool


@router.get("/desk/people/{account_id}/days/{day}")
def show_person_day(account_id: PathId, day: str, desk: ReadingDesk) -> Response:
    """The day `yyyy-mm-dd`; any other text is no page."""
    on = _parse(day)

    def load(session: Session) -> PersonDayPage:
        found = load_person_day(session, desk.actor, account_id, on)
        return _page(build_frame(session, desk.actor, PEOPLE), found)

    return html("desk/people/person_day.html", desk.reading.read(load))


def _parse(text: str) -> date:
    try:
        day = validate_year(date.fromisoformat(text))
    except ValueError:
        raise NotFound from None
    if day.isoformat() != text:
        raise NotFound
    return day


def _page(frame: Frame, found: PersonDay) -> PersonDayPage:
    account, scale = found.account, scale_of(found)
    shown = found.visits[:MOST_VISITS]
    listed = f"/desk/visits?volunteer={account.id}&day={found.day.isoformat()}"
    return PersonDayPage(
        title=_("Một ngày của %(person)s", person=account.name),
        frame=frame,
        person=member_link(account.id, account.name),
        day=day_text(found.day),
        facts=_facts(found) if len(found.visits) <= MOST_VISITS else [],  # of all visits or of none
        visits=Link(_("Xem trong danh sách lượt thăm"), listed),
        sentences=_sentences(found),
        scale=scale,
        strips=_strips(found, scale) if scale else [],
        entries=_entries(found, shown),
        earlier=_day_link(account, found.earlier),
        later=_day_link(account, found.later),
        before=_person_link(found.before, found.day),
        after=_person_link(found.after, found.day),
        more=len(found.visits) > MOST_VISITS,
    )


def _facts(found: PersonDay) -> list[tuple[str, str]]:
    figures = day_figures([one.visit for one in found.visits])
    paper = sum(one.visit.entered_by is not None for one in found.visits)
    spans = ", ".join(_span(*stretch) for stretch in figures.stretches)
    visits, absent = number(figures.visits), number(figures.absent)
    facts = [
        (_("Lượt"), _("%(visits)s lượt, %(households)s hộ", visits=visits, households=figures.households)),
        (_("Vắng nhà"), f"{absent}/{visits}"),
        (_("Giờ"), spans),
        (_("Giữa hai lượt thường là"), duration(figures.pace) if figures.pace is not None else ""),
        (_("Nhập từ giấy, không có giờ"), number(paper) if paper else ""),
    ]
    return [(label, value) for label, value in facts if value]


def _sentences(found: PersonDay) -> list[str]:
    """What the flags about the day say, those of most visits first."""
    flags = [flag for flags in found.flags.values() for flag in flags if flag.rule in OF_DAYS]
    counts = Counter(line.text for line in flag_lines(flags))
    return [text for text, _count in counts.most_common()]


def _strips(found: PersonDay, scale: Scale) -> list[Strip]:
    own = Strip(found.account.name, "", own_marks(found, scale))
    return [own, *(_strip(one, scale) for one in found.colleagues)]


def _strip(colleague: Colleague, scale: Scale) -> Strip:
    span = _span(colleague.times[0], colleague.times[-1])
    summary = _("%(visits)s lượt cùng thôn, %(span)s", visits=number(len(colleague.times)), span=span)
    return Strip(colleague.account.name, summary, plain_marks(colleague.times, scale))


def _entries(found: PersonDay, shown: list[VisitSummary]) -> list[DayEntry]:
    times = [one.visit.happened_at for one in shown if one.visit.entered_by is None]
    pauses = iter([None, *(after - before for before, after in pairwise(times))])
    return [_entry(found, one, next(pauses) if one.visit.entered_by is None else None) for one in shown]


def _entry(found: PersonDay, one: VisitSummary, pause: timedelta | None) -> DayEntry:
    visit, flags = one.visit, found.flags.get(one.visit.id, [])
    of_day = [flag for flag in flags if flag.rule in OF_DAYS]
    of_visit = [flag for flag in flags if flag.rule not in OF_DAYS]
    is_timed = visit.entered_by is None
    return DayEntry(
        id=visit.id,
        time=_clock(visit.happened_at) if is_timed else "",
        pause=duration(pause) if pause is not None else "",
        is_break=pause is not None and pause >= BREAK,
        visit=Link(household_label(one.household), f"/desk/visits/{visit.id}"),
        place=", ".join(part for part in (one.household.alley, one.hamlet) if part),
        result=RESULTS[visit.result],
        services=[
            service_text(service.outcome, service.people, entry.label, entry.unit)
            for service, entry in one.services
        ],
        state=badge(visit),
        flags=flag_names(of_day),
        notices=flag_names(of_day, notices=True),
        lines=flag_lines(of_visit),
        hints=flag_lines(of_visit, notices=True),
        others=[
            _("%(person)s cũng ghi hộ này lúc %(time)s.", person=account.name, time=_clock(at))
            for account, at in found.others.get(visit.household_id, [])
        ],
        phone_clock=_clock(visit.occurred_at) if has_wrong_clock(visit) else "",
    )


def duration(pause: timedelta) -> str:
    """*45 giây*, *6 phút*, *2 giờ 23 phút*."""
    seconds = int(pause.total_seconds())
    if seconds < 60:
        return _("%(n)s giây", n=seconds)
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return _("%(n)s phút", n=minutes)
    return _("%(hours)s giờ %(minutes)s phút", hours=hours, minutes=minutes)


def _span(start: datetime, end: datetime) -> str:
    return _clock(start) if _clock(start) == _clock(end) else f"{_clock(start)}–{_clock(end)}"


def _clock(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%H:%M}"


def _day_link(account: Account, day: date | None) -> Link | None:
    return Link(day_text(day), day_address(account.id, day)) if day else None


def _person_link(account: Account | None, day: date) -> Link | None:
    return Link(account.name, day_address(account.id, day)) if account else None
