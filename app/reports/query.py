"""The report of a period as a table: the one that screen, Excel, CSV and Word show."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.accounts.commune import commune_of
from app.commune.areas import Hamlet
from app.commune.calendar.period import Period, period_label
from app.commune.catalog.services import PILLARS, Service, services_by_code
from app.core.strings import SOURCE, _, language, lazy
from app.fieldwork.derived.household_days.counts import HouseholdCounts
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.periods.queries import find_closed
from app.fieldwork.remarks.queries import ListedRemark, list_remarks
from app.reports.additive import APPLICATIONS, column_of, is_additive
from app.reports.adjustments import Adjustment, find_adjustments
from app.reports.figures import Figures, Standing, read_figures
from app.reports.table import CellValue, Remark, ReportColumn, ReportRow, ReportTable, kind_of

NOTES = (
    lazy("Không tính lượt đã trả lại hoặc đã bỏ; mỗi hộ tính một lần trong kỳ."),
    lazy(
        "Hộ được hướng dẫn: có ít nhất một việc “Tự làm được”, “Làm hộ”, “Chỉ cách, chưa làm” hoặc “Chỉ sang "
        "nơi khác làm”; số người theo từng việc và hộ được cảnh báo lừa đảo cũng chỉ tính các kết quả đó."
    ),
    lazy("Hộ đã gặp: có ít nhất một lượt thăm hộ mà kết quả không phải Vắng nhà."),
    lazy("Buổi là buổi tuyên truyền, hướng dẫn tập trung; người dự không tính buổi chưa đếm."),
    lazy("Nhu cầu là việc hộ hỏi mà đến cuối kỳ chưa được giúp; mỗi việc của một hộ tính một."),
    lazy("Tổ và thành viên tính vào cuối kỳ; hoạt động là có ít nhất một lượt trong kỳ."),
)

# The columns of what stands at a period's end.
_STANDING = ("teams", "members", "active_members", "households", "cumulative", "needs")


@dataclass(frozen=True)
class _Place:
    """What a row is about: a hamlet, or the commune with all of its hamlets; and what is counted there."""

    hamlet: Hamlet | None
    ids: tuple[str, ...]
    counted: Mapping[str, int]


@language(SOURCE)
def report_table(session: Session, actor: Actor, period: Period, now: datetime) -> ReportTable:
    """The report of the period: a row for each hamlet that stood at its end, its adjustments of earlier
    periods, then the commune's. Of a closed period the figures that it was closed with, and the days that it
    had then."""
    closed = find_closed(session, actor, period.code)
    return closed_table(session, actor, closed) if closed else current_table(session, actor, period, now)


@language(SOURCE)
def counted_table(session: Session, actor: Actor, period: Period, now: datetime) -> ReportTable:
    """What was counted in the period, as other periods are compared with it: of a closed one the whole report
    that it was closed with, else without what stands at its end and what was written about it."""
    if closed := find_closed(session, actor, period.code):
        return closed_table(session, actor, closed)
    return _table(session, actor, period, now, only_counted=True)


def closed_table(session: Session, actor: Actor, closed: ClosedPeriod) -> ReportTable:
    """The snapshot of a closed period."""
    *hamlets, whole = (ReportRow(hamlet_id, tuple(cells)) for hamlet_id, *cells in closed.rows)
    adjusting = (ReportRow(None, tuple(cells), adjusts=code) for code, *cells in closed.printed_adjustments)
    return ReportTable(
        commune=commune_of(session, actor).full_name,
        period=closed.period,
        as_of=closed.closed_at,
        columns=tuple(ReportColumn(code, heading, kind_of(kind)) for code, heading, kind in closed.columns),
        rows=(*hamlets, *adjusting, whole),
        is_closed=True,
        notes=tuple(closed.notes),
        difficulties=_closed_remarks(closed, "difficulty"),
        practices=_closed_remarks(closed, "practice"),
    )


@language(SOURCE)
def current_table(session: Session, actor: Actor, period: Period, now: datetime) -> ReportTable:
    """The report as the visits are now, also of a closed period."""
    return _table(session, actor, period, now, only_counted=False)


def _table(
    session: Session, actor: Actor, period: Period, now: datetime, *, only_counted: bool
) -> ReportTable:
    catalog = services_by_code(session, actor)
    figures = read_figures(session, actor, period, catalog, now, only_counted=only_counted)
    adjustments = find_adjustments(session, actor, period)
    commune = commune_of(session, actor)
    services = _services(catalog.values(), figures, adjustments)
    columns = tuple(one for one in _columns(services) if not (only_counted and one.code in _STANDING))
    written = [] if only_counted else list_remarks(session, actor, period)
    return ReportTable(
        commune=commune.full_name,
        period=period,
        as_of=now,
        columns=columns,
        rows=(
            *_hamlet_rows(figures, columns),
            *_adjustment_rows(adjustments, figures.hamlets, columns),
            _whole_row(figures, adjustments, columns, _("Toàn %(kind)s", kind=commune.kind)),
        ),
        notes=() if only_counted else _notes(figures, adjustments),
        difficulties=_remarks(written, "difficulty"),
        practices=_remarks(written, "practice"),
        adjustments=tuple(adjustments),
    )


def _hamlet_rows(figures: Figures, columns: Iterable[ReportColumn]) -> Iterator[ReportRow]:
    for hamlet in figures.hamlets:
        place = _Place(hamlet, (hamlet.id,), figures.counted.by_hamlet.get(hamlet.id, {}))
        yield ReportRow(hamlet.id, _cells(figures, place, columns, hamlet.name))


def _whole_row(
    figures: Figures, adjustments: Iterable[Adjustment], columns: Iterable[ReportColumn], heading: str
) -> ReportRow:
    """The commune's figures, with the adjustments."""
    counted = Counter(figures.counted.whole)
    for one in adjustments:
        counted.update(one.whole)
    place = _Place(None, tuple(hamlet.id for hamlet in figures.hamlets), counted)
    return ReportRow(None, _cells(figures, place, columns, heading))


def _adjustment_rows(
    adjustments: Iterable[Adjustment], hamlets: Iterable[Hamlet], columns: Iterable[ReportColumn]
) -> Iterator[ReportRow]:
    """A row for each earlier period and each hamlet in which something is counted anew or no more."""
    for one in adjustments:
        for hamlet in hamlets:
            if counts := one.by_hamlet.get(hamlet.id):
                label = period_label(one.period.period)
                heading = _("Điều chỉnh kỳ %(period)s: %(hamlet)s", period=label, hamlet=hamlet.name)
                figures = (
                    counts.get(column.code, 0) if is_additive(column.code) else None for column in columns
                )
                yield ReportRow(None, (heading, *islice(figures, 1, None)), adjusts=one.period.code)


def _remarks(written: list[ListedRemark], kind: str) -> tuple[Remark, ...]:
    return tuple(
        Remark(one.remark.counted_on, one.author, one.remark.text, one.remark.id)
        for one in written
        if one.remark.kind == kind
    )


def _closed_remarks(closed: ClosedPeriod, kind: str) -> tuple[Remark, ...]:
    rows = closed.remarks.get(kind, [])
    return tuple(Remark(date.fromisoformat(day), author, text) for day, author, text in rows)


def _notes(figures: Figures, adjustments: list[Adjustment]) -> tuple[str, ...]:
    notes: list[str] = []
    if adjustments:
        notes.append(
            _(
                "Dòng Điều chỉnh: lượt và buổi của kỳ đã chốt trước đây mà nay được tính thêm (số dương) "
                "hoặc thôi tính (số âm); có trong dòng cuối, không có trong số của các thôn và Lũy kế."
            )
        )
    notes.extend(
        _("%(losing)s đã gộp vào %(surviving)s: cả kỳ tính vào %(surviving)s.", losing=losing, surviving=into)
        for losing, into in figures.merged
    )
    notes.extend(NOTES)
    standing = figures.standing
    if standing and standing.staff.active is None:
        notes.append(_("Hoạt động: để trống, vì lượt thăm đã quá 24 tháng không còn lưu người ghi."))
    if standing and (since := standing.guided_since):
        notes.append(
            _(
                "Lũy kế: hộ được hướng dẫn ít nhất một lần, từ tháng %(since)s đến hết kỳ.",
                since=f"{since:%m/%Y}",
            )
        )
    return tuple(notes)


def _services(
    catalog: Iterable[Service], figures: Figures, adjustments: Iterable[Adjustment]
) -> list[Service]:
    """The services that are on, and those that have figures all the same: pillar by pillar, in the catalog's
    order."""
    used = set(figures.counted.whole).union(
        *(cells for one in adjustments for cells in one.by_hamlet.values())
    )
    wanted = [service for service in catalog if service.active or column_of(service) in used]
    return sorted(wanted, key=lambda one: (PILLARS.index(one.pillar), one.position, one.code))


def _columns(services: list[Service]) -> Iterable[ReportColumn]:
    yield ReportColumn("hamlet", _("Thôn"), "text")
    yield ReportColumn("teams", _("Tổ"))
    yield ReportColumn("members", _("Thành viên"))
    yield ReportColumn("active_members", _("Hoạt động"))
    yield ReportColumn("households", _("Tổng số hộ"))
    yield ReportColumn("guided", _("Hộ được hướng dẫn"))
    yield ReportColumn("cumulative", _("Lũy kế hộ được hướng dẫn"))
    yield ReportColumn("met", _("Hộ đã gặp"))
    yield ReportColumn("visits", _("Lượt thăm hộ"))
    yield ReportColumn("not_home", _("Vắng nhà"))
    for service in services:
        if service.unit != APPLICATIONS:
            yield ReportColumn(column_of(service), service.label_vi)
    yield ReportColumn(APPLICATIONS, _("Hồ sơ DVC"))
    yield ReportColumn("warned", _("Hộ được cảnh báo lừa đảo"))
    yield ReportColumn("sessions", _("Buổi"))
    yield ReportColumn("attended", _("Người dự"))
    yield ReportColumn("needs", _("Nhu cầu"))


def _cells(
    figures: Figures, place: _Place, columns: Iterable[ReportColumn], heading: str
) -> tuple[CellValue, ...]:
    known: dict[str, CellValue] = {"hamlet": heading, "attended": _attended(place.counted)}
    if figures.standing:
        known |= _standing_cells(figures.standing, place)
    return tuple(
        known[column.code] if column.code in known else place.counted.get(column.code, 0)
        for column in columns
    )


def _standing_cells(standing: Standing, place: _Place) -> dict[str, CellValue]:
    staff = standing.staff
    values = (
        _distinct(staff.teams, place),
        _distinct(staff.members, place),
        None if staff.active is None else _distinct(staff.active, place),
        _listed(standing, place),
        _cumulative(standing.cumulative, place),
        sum(standing.needs.get(id, 0) for id in place.ids),
    )
    return dict(zip(_STANDING, values, strict=True))


def _distinct(by_hamlet: Mapping[str, set[str]], place: _Place) -> int:
    return len(set[str]().union(*(by_hamlet.get(id, set()) for id in place.ids)))


def _attended(counted: Mapping[str, int]) -> int | None:
    """Nobody comes to no session; of sessions whose people were not counted it is not known."""
    attended = counted.get("attended", 0)
    return attended if attended or not counted.get("sessions", 0) else None


def _listed(standing: Standing, place: _Place) -> int | None:
    """The households on the list; None for a hamlet that was merged after the period."""
    if place.hamlet and place.hamlet.merged_into:
        return None
    listed = standing.households
    return listed.get(place.hamlet.id, 0) if place.hamlet else sum(listed.values())


def _cumulative(counts: HouseholdCounts, place: _Place) -> int:
    return counts.by_hamlet.get(place.hamlet.id, 0) if place.hamlet else counts.total
