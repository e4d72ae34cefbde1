"""The three charts of a report: weeks by result, services by pillar, hamlets."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.core.clock import local_date
from app.core.strings import _
from app.reports.additive import SERVICE_PREFIX
from app.reports.charts.models import Chart, ChartRow, NumberText
from app.reports.charts.weeks import is_by_day, visits_by_week
from app.reports.compare import row_figures, whole_figures
from app.reports.table import ReportTable

HAMLET_FIGURES = ("guided", "met", "households")
"""What is drawn of a hamlet, the smallest first: households of its list today, the others of the period."""


def report_charts(
    session: Session,
    actor: Actor,
    table: ReportTable,
    labels: tuple[Mapping[str, str], Mapping[str, str]],
    now: datetime,
    number_text: NumberText,
) -> tuple[Chart, ...]:
    """The charts of a report, without those that have nothing to draw. `labels`: the names of results by
    their codes, and of the pillars by the codes of the columns of their services."""
    results, pillars = labels
    charts = (
        _weeks_chart(session, actor, table, results, now, number_text),
        services_chart(table, pillars),
        hamlets_chart(table),
    )
    return tuple(one for one in charts if any(any(row.values) for row in one.rows))


def services_chart(table: ReportTable, pillars: Mapping[str, str]) -> Chart:
    """The services that anybody was shown, pillar by pillar as the table has them. Applications are no people
    and stay out."""
    codes = [column.code for column in table.columns if column.code.startswith(SERVICE_PREFIX)]
    headings = {column.code: column.heading for column in table.columns}
    rows = tuple(
        ChartRow(headings[code], (people,), group=pillars.get(code, "") or _("Việc hướng dẫn"))
        for code, people in zip(codes, whole_figures(table, codes), strict=True)
        if people
    )
    return Chart(
        "services", _("Người được hướng dẫn theo từng việc"), _("Việc"), (("people", _("Số người")),), rows
    )


def hamlets_chart(table: ReportTable) -> Chart:
    """Each hamlet's households: guided, met, and all."""
    rows = tuple(ChartRow(name, values) for name, values in row_figures(table, HAMLET_FIGURES))
    headings = (_("Hộ được hướng dẫn"), _("Hộ đã gặp"), _("Tổng số hộ"))
    series = tuple(zip(HAMLET_FIGURES, headings, strict=True))
    return Chart("hamlets", _("Hộ được hướng dẫn, hộ đã gặp của từng thôn"), _("Thôn"), series, rows)


def _weeks_chart(
    session: Session,
    actor: Actor,
    table: ReportTable,
    results: Mapping[str, str],
    now: datetime,
    number_text: NumberText,
) -> Chart:
    period = table.period
    rows = tuple(visits_by_week(session, actor, period, tuple(results), local_date(now)))
    by_day = is_by_day(period)
    title = _("Lượt thăm theo ngày và kết quả") if by_day else _("Lượt thăm theo tuần và kết quả")
    drawn = sum(value or 0 for row in rows for value in row.values)
    note = _difference(table, drawn, number_text)
    return Chart("weeks", title, _("Ngày") if by_day else _("Tuần"), tuple(results.items()), rows, note)


def _difference(table: ReportTable, drawn: int, number_text: NumberText) -> str:
    """Why the weeks are not the report's number of visits; empty if they are."""
    (visits,) = whole_figures(table, ("visits",))
    if visits is None or visits == drawn:
        return ""
    values = {"reported": number_text(visits), "drawn": number_text(drawn)}
    if table.is_closed:
        return _(
            "Báo cáo: %(reported)s lượt, không đổi từ khi chốt. "
            "Biểu đồ: %(drawn)s lượt, theo các lượt hiện có.",
            **values,
        )
    return _(
        "Báo cáo: %(reported)s lượt, tính cả điều chỉnh của các kỳ trước. "
        "Biểu đồ: %(drawn)s lượt của kỳ này.",
        **values,
    )
