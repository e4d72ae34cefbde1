"""The report of a period as a table: the one that screen, Excel, CSV and Word show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlmodel import Session

from app.accounts.access import Actor
from app.accounts.commune import commune_of, services_by_code
from app.areas import Hamlet
from app.calendar.period import Period, PeriodKind
from app.catalog import Service
from app.core.strings import SOURCE, _, language, lazy
from app.periods.models import ClosedPeriod
from app.periods.queries import find_closed
from app.remarks.queries import ListedRemark, list_remarks
from app.reports.figures import Figures, read_figures
from app.reports.late import LateRecords, find_late, late_text
from app.reports.table import CellValue, Remark, ReportColumn, ReportRow, ReportTable
from app.visits.reach.counts import HouseholdCounts

SERVICE_PREFIX = "service."
APPLICATIONS = "applications"  # the unit of services that count applications, and the code of their column
NOTES = (
    lazy("Lượt và hộ không tính lượt đã trả lại hoặc đã rút; mỗi hộ tính một lần."),
    lazy("Số người theo từng việc không tính kết quả Hẹn lại, Không muốn, Chưa đủ điều kiện."),
    lazy("Buổi là buổi tuyên truyền, hướng dẫn tập trung; người dự không tính buổi chưa đếm."),
    lazy("Nhu cầu là việc hộ hỏi mà đến cuối kỳ chưa được giúp; mỗi việc của một hộ tính một."),
    lazy("Tổ và thành viên tính vào cuối kỳ; hoạt động là có ít nhất một lượt trong kỳ."),
)


@dataclass(frozen=True)
class _Place:
    """What a row is about: a hamlet, or the commune with all of its hamlets."""

    hamlet: Hamlet | None
    ids: tuple[str, ...]


@language(SOURCE)
def report_table(session: Session, actor: Actor, period: Period, now: datetime) -> ReportTable:
    """The report of the period: a row for each hamlet that stood at its end, then the commune's. Of a closed
    period the figures that it was closed with, and the days that it had then."""
    closed = find_closed(session, actor, period.code)
    return closed_table(session, actor, closed) if closed else current_table(session, actor, period, now)


def closed_table(session: Session, actor: Actor, closed: ClosedPeriod) -> ReportTable:
    """The snapshot of a closed period."""
    return ReportTable(
        commune=commune_of(session, actor).full_name,
        period=Period(PeriodKind(closed.kind), closed.code, closed.first, closed.last),
        as_of=closed.closed_at,
        columns=tuple(ReportColumn(code, heading, _kind(kind)) for code, heading, kind in closed.columns),
        rows=tuple(ReportRow(hamlet_id, tuple(cells)) for hamlet_id, *cells in closed.rows),
        is_closed=True,
        notes=tuple(closed.notes),
        difficulties=_closed_remarks(closed, "difficulty"),
        practices=_closed_remarks(closed, "practice"),
    )


@language(SOURCE)
def current_table(session: Session, actor: Actor, period: Period, now: datetime) -> ReportTable:
    """The report as the visits are now, also of a closed period."""
    catalog = services_by_code(session, actor)
    figures = read_figures(session, actor, period, catalog, now)
    commune = commune_of(session, actor)
    services = _services(catalog.values(), figures)
    late = find_late(session, actor, period)
    places = [_Place(hamlet, (hamlet.id,)) for hamlet in figures.hamlets]
    places.append(_Place(None, tuple(hamlet.id for hamlet in figures.hamlets)))
    written = list_remarks(session, actor, period)
    whole = _("Toàn %(kind)s", kind=commune.kind)
    return ReportTable(
        commune=commune.full_name,
        period=period,
        as_of=now,
        columns=tuple(_columns(services)),
        rows=tuple(
            ReportRow(
                place.hamlet.id if place.hamlet else None, tuple(_cells(figures, services, place, whole))
            )
            for place in places
        ),
        notes=(*_late_notes(late), *NOTES),
        difficulties=_remarks(written, "difficulty"),
        practices=_remarks(written, "practice"),
        late=tuple(late),
    )


def _remarks(written: list[ListedRemark], kind: str) -> tuple[Remark, ...]:
    return tuple(
        Remark(one.remark.counted_on, one.author, one.remark.text, one.remark.id)
        for one in written
        if one.remark.kind == kind
    )


def _closed_remarks(closed: ClosedPeriod, kind: str) -> tuple[Remark, ...]:
    rows = closed.remarks.get(kind, [])
    return tuple(Remark(date.fromisoformat(day), author, text) for day, author, text in rows)


def _late_notes(late: list[LateRecords]) -> list[str]:
    text = late_text(late)
    return [_("Về muộn sau kỳ trước: %(late)s, tính vào kỳ này.", late=text)] if text else []


def _kind(name: str) -> Literal["text", "number"]:
    return "text" if name == "text" else "number"


def _services(catalog: Iterable[Service], figures: Figures) -> list[Service]:
    """The services that are on, and those that have figures all the same, in the catalog's order."""
    used = {code for (_hamlet, code), count in figures.people.items() if count}
    wanted = [service for service in catalog if service.active or service.code in used]
    return sorted(wanted, key=lambda service: (service.position, service.code))


def _columns(services: list[Service]) -> Iterable[ReportColumn]:
    yield ReportColumn("hamlet", _("Thôn"), "text")
    yield ReportColumn("teams", _("Tổ"))
    yield ReportColumn("members", _("Thành viên"))
    yield ReportColumn("active_members", _("Hoạt động"))
    yield ReportColumn("households", _("Tổng số hộ"))
    yield ReportColumn("reached", _("Hộ trong kỳ"))
    yield ReportColumn("cumulative", _("Lũy kế"))
    yield ReportColumn("visits", _("Lượt"))
    for service in services:
        if service.unit != APPLICATIONS:
            yield ReportColumn(f"{SERVICE_PREFIX}{service.code}", service.label_vi)
    yield ReportColumn(APPLICATIONS, _("Hồ sơ DVC"))
    yield ReportColumn("warned", _("Hộ được cảnh báo lừa đảo"))
    yield ReportColumn("sessions", _("Buổi"))
    yield ReportColumn("attended", _("Người dự"))
    yield ReportColumn("needs", _("Nhu cầu"))


def _cells(figures: Figures, services: list[Service], place: _Place, whole: str) -> Iterable[CellValue]:
    """The cells of one row, in the order of `_columns`."""
    staff, ids = figures.staff, place.ids
    yield place.hamlet.name if place.hamlet else whole
    for by_hamlet in (staff.teams, staff.members, staff.active):
        yield len(set[str]().union(*(by_hamlet.get(id, set()) for id in ids)))
    yield _listed(figures, place)
    for counts in (figures.reached, figures.cumulative):
        yield _count(counts, place)
    yield sum(figures.visits.get(id, 0) for id in ids)
    for service in services:
        if service.unit != APPLICATIONS:
            yield _people(figures, ids, service.code)
    yield sum(_people(figures, ids, one.code) for one in services if one.unit == APPLICATIONS)
    yield _count(figures.warned, place)
    sessions = [figures.sessions[id] for id in ids if id in figures.sessions]
    yield sum(count for count, _people in sessions)
    # Nobody comes to no session; of sessions whose people were not counted it is not known.
    attended = sum(people for _count, people in sessions)
    yield attended if attended or not sessions else None
    yield sum(figures.needs.get(id, 0) for id in ids)


def _listed(figures: Figures, place: _Place) -> int | None:
    """The households on the list; None for a hamlet that was merged after the period."""
    if place.hamlet and place.hamlet.merged_into:
        return None
    return figures.households.get(place.hamlet.id, 0) if place.hamlet else sum(figures.households.values())


def _count(counts: HouseholdCounts, place: _Place) -> int:
    return counts.by_hamlet.get(place.hamlet.id, 0) if place.hamlet else counts.total


def _people(figures: Figures, ids: Iterable[str], code: str) -> int:
    return sum(figures.people.get((id, code), 0) for id in ids)
