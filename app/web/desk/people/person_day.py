"""/desk/people/{id}/days/{day}: what one person recorded on one day, in the order of its times; as strips, a
mark for each visit above those of colleagues in the same hamlets. It concludes nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.core.clock import VIETNAM
from app.core.errors import NotFound
from app.core.strings import _
from app.core.types import validate_year
from app.fieldwork.derived.flags.rules import OF_DAYS
from app.review.person_day.figures import BREAK, day_figures
from app.review.person_day.queries import MOST_VISITS, Colleague, PersonDay, load_person_day
from app.review.visit_list.flag_sentences import flag_lines
from app.review.visit_list.flag_sentences import names as flag_names
from app.review.visit_list.queries import VisitSummary
from app.web.desk.page.context import PathId
from app.web.desk.page.frame import PEOPLE
from app.web.desk.page.labels import RESULTS, badge, has_wrong_clock, service_texts
from app.web.desk.page.reading import ReadingDesk
from app.web.rendering import clock, number
from app.web.screens import screen

router = APIRouter()
HOUR = 60  # minutes, the unit of a strip
LEAST_HOURS = 4
MOST_LABELS = 12


@dataclass(frozen=True)
class Mark:
    """A visit at `minute` of the strip; `flagged`: a rule says that somebody should look at it."""

    minute: int
    result: str
    flagged: bool


@dataclass(frozen=True)
class Strip:
    """The marks of one person; `summary`: what they come to, in words."""

    name: str
    summary: str
    marks: list[Mark]


@dataclass(frozen=True)
class Scale:
    """The hours that all strips have: `minutes` long, with the hour as a label every few."""

    start: datetime
    minutes: int
    labels: list[str]

    def minute(self, instant: datetime) -> int:
        """Where an instant is on the strip."""
        return int((instant - self.start).total_seconds() // 60)


def scale_of(found: PersonDay) -> Scale | None:
    """The whole hours from the first to the last visit of the day, at least `LEAST_HOURS`; None without a
    visit that has a time."""
    own = [one.visit.happened_at for one in found.visits if one.visit.entered_by is None]
    if not own:
        return None
    times = [*own, *(at for one in found.colleagues for at in one.times)]
    start = min(times).astimezone(VIETNAM).replace(minute=0, second=0, microsecond=0)
    hours = max(LEAST_HOURS, int((max(times) - start).total_seconds() // 3600) + 1)
    every = -(-hours // MOST_LABELS)
    hours = -(-hours // every) * every
    labels = [str((start + timedelta(hours=one)).hour) for one in range(0, hours, every)]
    return Scale(start, hours * HOUR, labels)


def own_marks(found: PersonDay, scale: Scale) -> list[Mark]:
    """A mark for each visit of the person that has a time."""
    return [
        Mark(
            scale.minute(one.visit.happened_at),
            one.visit.result,
            any(not flag.is_notice for flag in found.flags.get(one.visit.id, [])),
        )
        for one in found.visits
        if one.visit.entered_by is None
    ]


def plain_marks(times: Iterable[datetime], scale: Scale) -> list[Mark]:
    """A mark for each of a colleague's visits."""
    return [Mark(scale.minute(at), "", flagged=False) for at in times]


@router.get("/desk/people/{account_id}/days/{day}")
def show_person_day(account_id: PathId, day: str, desk: ReadingDesk) -> Response:
    """The day `yyyy-mm-dd`; any other text is no page."""
    on = _parse(day)

    def load(session: Session) -> Mapping[str, Any]:
        found = load_person_day(session, desk.actor, account_id, on)
        scale = scale_of(found)
        is_whole = len(found.visits) <= MOST_VISITS
        return {
            "found": found,
            "account": found.account,
            "facts": _facts(found) if is_whole else [],  # of all visits or of none
            "sentences": _sentences(found),
            "scale": scale,
            "strips": _strips(found, scale) if scale else [],
            "entries": _entries(found, found.visits[:MOST_VISITS]),
            "more": not is_whole,
        }

    return screen(desk, "desk/people/person_day.html", PEOPLE, load)


def _parse(text: str) -> date:
    try:
        day = validate_year(date.fromisoformat(text))
    except ValueError:
        raise NotFound from None
    if day.isoformat() != text:
        raise NotFound
    return day


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


def _entries(found: PersonDay, shown: list[VisitSummary]) -> list[Mapping[str, Any]]:
    times = [one.visit.happened_at for one in shown if one.visit.entered_by is None]
    pauses = iter([None, *(after - before for before, after in pairwise(times))])
    return [_entry(found, one, next(pauses) if one.visit.entered_by is None else None) for one in shown]


def _entry(found: PersonDay, one: VisitSummary, pause: timedelta | None) -> Mapping[str, Any]:
    """One visit. `pause`: how long after the one before; `is_break`: that is an hour or more. `flags` and
    `notices`: the names of the rules about the day that hold for it; `lines` and `hints`: the sentences of
    those about the visit alone."""
    visit, flags = one.visit, found.flags.get(one.visit.id, [])
    of_day = [flag for flag in flags if flag.rule in OF_DAYS]
    of_visit = [flag for flag in flags if flag.rule not in OF_DAYS]
    return {
        "visit": visit,
        "household": one.household,
        "place": ", ".join(part for part in (one.household.alley, one.hamlet) if part),
        "pause": duration(pause) if pause is not None else "",
        "is_break": pause is not None and pause >= BREAK,
        "result": RESULTS[visit.result],
        "services": service_texts(one.services),
        "state": badge(visit),
        "flags": flag_names(of_day),
        "notices": flag_names(of_day, notices=True),
        "lines": flag_lines(of_visit),
        "hints": flag_lines(of_visit, notices=True),
        "others": found.others.get(visit.household_id, []),
        "has_wrong_clock": has_wrong_clock(visit),
    }


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
    return clock(start) if clock(start) == clock(end) else f"{clock(start)}–{clock(end)}"
