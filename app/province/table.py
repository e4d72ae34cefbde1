"""The report of a province as tables: the one table that page, Excel and Word show, and those beside it."""

from collections import Counter
from collections.abc import Iterable, Iterator

from app.commune.calendar.period import parse_period, period_label
from app.core.strings import SOURCE, _, language, lazy
from app.province.glance import LATE_AFTER, Glance, State
from app.province.totals import Totals, add, column_of
from app.reports.forms.document import ExtraTable
from app.reports.query import NOTES
from app.reports.table import Remark, ReportColumn, ReportRow, ReportTable

REASONS: dict[State, str] = {
    "reopened": lazy("Đã mở lại, chưa chốt lại"),
    "late": lazy("Chậm: quá %(days)s ngày sau khi hết kỳ", days=LATE_AFTER.days),
    "open": lazy("Chưa chốt"),
    "not_begun": lazy("Chưa bắt đầu"),
}
"""Why a commune is in no total."""


@language(SOURCE)
def province_table(
    totals: Totals, difficulties: tuple[Remark, ...] = (), practices: tuple[Remark, ...] = ()
) -> ReportTable:
    """A row for each commune that has closed the period, as its report has it in *Toàn xã*, then the
    province's: their sums. The remarks are those that communes share, by the commune's name."""
    codes = totals.codes
    columns = [ReportColumn("commune", _("Xã, phường"), "text")]
    columns += [ReportColumn(code, totals.heading(code)) for code in codes]
    rows = [
        ReportRow(line.commune.id, (line.commune.full_name, *(line.figure(code) for code in codes)))
        for line in totals.lines
    ]
    sums = (add(line.figure(code) for line in totals.lines) for code in codes)
    whole = ReportRow(None, (_("Toàn %(kind)s", kind=totals.province.kind), *sums))
    return ReportTable(
        commune=totals.province.full_name,
        period=totals.period,
        as_of=totals.as_of,
        columns=tuple(columns),
        rows=(*rows, whole),
        notes=(*_own_notes(totals, [*rows, whole]), *map(str, NOTES)),
        difficulties=difficulties,
        practices=practices,
    )


@language(SOURCE)
def extra_tables(totals: Totals) -> tuple[ExtraTable, ...]:
    """What stands beside that table: the period before, what of the sums is adjustments, services that
    communes have defined, and the communes that are in no sum. Without those that are empty."""
    found = (_compared(totals), _adjusted(totals), _own_services(totals), _not_counted(totals))
    return tuple(table for table in found if table.rows)


def _own_notes(totals: Totals, rows: Iterable[ReportRow]) -> Iterator[str]:
    """What is to be known of these sums, before what the columns count."""
    yield _(
        "Tổng của %(closed)s/%(all)s xã, phường: chỉ gồm báo cáo đã chốt, kể cả điều chỉnh kỳ trước.",
        closed=len(totals.lines),
        all=len(totals.glances),
    )
    if reopened := [one.commune.full_name for one in totals.glances if one.state == "reopened"]:
        yield _("Đã mở lại nên không tính: %(names)s.", names=", ".join(reopened))
    days = (totals.period.first, totals.period.last)
    if others := [line.commune.full_name for line in totals.lines if line.days != days]:
        yield _("Kỳ tính theo ngày bắt đầu tháng riêng: %(names)s.", names=", ".join(others))
    if any(cell is None for row in rows for cell in row.cells):
        yield _("Dấu – là chưa có số liệu; tổng không gồm nơi đó.")


def _compared(totals: Totals) -> ExtraTable:
    both = _("Chênh lệch ở %(count)s nơi đã chốt cả hai kỳ", count=totals.both)
    columns = (
        ReportColumn("name", _("Nội dung"), "text"),
        ReportColumn("now", f"{period_label(totals.period)} ({_places(len(totals.lines))})"),
        ReportColumn("before", f"{period_label(totals.previous)} ({_places(len(totals.before))})"),
        ReportColumn("difference", both),
    )
    compared = [one for one in totals.compare() if one.now or one.before] if totals.before else []
    rows = [ReportRow(one.code, (one.heading, one.now, one.before, one.difference)) for one in compared]
    return ExtraTable(_("So với kỳ trước"), columns, tuple(rows))


def _places(count: int) -> str:
    return _("%(count)s nơi", count=count)


def _adjusted(totals: Totals) -> ExtraTable:
    """A row for each commune and earlier period whose adjustments its report has, then their sums."""
    rows, whole = [], Counter[str]()
    for line in totals.lines:
        for period, cells in sorted(line.adjusted.items()):
            label = period_label(parse_period(period, 1))
            heading = _("Điều chỉnh kỳ %(period)s: %(place)s", period=label, place=line.commune.full_name)
            counted = Counter[str]()
            for code, count in cells.items():
                counted[column_of(code)] += count
            whole.update(counted)
            rows.append((f"{line.commune.id} {period}", heading, counted))
    codes = [code for code in totals.codes if any(code in counted for _id, _heading, counted in rows)]
    lines = [ReportRow(id, (heading, *(counted[code] for code in codes))) for id, heading, counted in rows]
    if lines:
        lines.append(ReportRow(None, (_("Tổng điều chỉnh"), *(whole[code] for code in codes))))
    first = ReportColumn("place", _("Trong đó"), "text")
    columns = (first, *(ReportColumn(code, totals.heading(code)) for code in codes))
    return ExtraTable(_("Trong đó điều chỉnh kỳ trước"), columns, tuple(lines))


def _own_services(totals: Totals) -> ExtraTable:
    columns = (ReportColumn("name", _("Việc riêng"), "text"), ReportColumn("people", _("Người")))
    rows = [
        ReportRow(f"{line.commune.id} {label}", (f"{line.commune.full_name}: {label}", people))
        for line in totals.lines
        for label, people in line.own.items()
    ]
    return ExtraTable(_("Việc riêng của xã, phường"), columns, tuple(rows))


def _not_counted(totals: Totals) -> ExtraTable:
    columns = (ReportColumn("name", _("Nơi"), "text"), ReportColumn("why", _("Vì sao"), "text"))
    rows = [
        ReportRow(one.commune.id, (one.commune.full_name, reason_of(one)))
        for one in totals.glances
        if one.state != "closed"
    ]
    return ExtraTable(_("Không có trong tổng"), columns, tuple(rows))


def reason_of(glance: Glance) -> str:
    """Why the commune is in no total; empty if it is."""
    return str(REASONS[glance.state]) if glance.state in REASONS else ""
