"""The six figures beside those of the period before, and three charts, each with the table behind it."""

from dataclasses import dataclass

from sqlmodel import Session

from app.commune.calendar.period import period_label
from app.commune.catalog.services import services_by_code
from app.core.clock import local_date
from app.core.strings import _
from app.reports.additive import column_of
from app.reports.charts.building import report_charts
from app.reports.charts.headline import HeadlineFigure, has_figures, headline, is_running
from app.reports.charts.models import Chart
from app.reports.table import ReportTable
from app.web.desk.page.context import DeskContext
from app.web.desk.page.drawing import Picture, picture
from app.web.desk.page.labels import PILLARS, RESULTS
from app.web.desk.reports.counted import figure_address
from app.web.desk.reports.table_view import cell_text
from app.web.rendering import day, number


@dataclass(frozen=True)
class FigureTile:
    """A figure with the list of what it counts, empty without any; `beside`: that of the period before."""

    value: str
    label: str
    href: str
    beside: str


@dataclass(frozen=True)
class PicturesView:
    """What templates/desk/reports/report_pictures.html shows. `compared`: with what the figures are."""

    tiles: list[FigureTile]
    compared: str
    charts: list[Picture]


def pictures_view(
    session: Session, desk: DeskContext, table: ReportTable, before: ReportTable
) -> PicturesView:
    """The figures and charts of a report; `before`: the report of the period before."""
    charts = desk_charts(session, desk, table)
    is_compared = has_figures(before)
    return PicturesView(
        tiles=[_tile(table, one, is_compared) for one in headline(table, before)],
        compared=_compared(table, before, is_compared),
        charts=[picture(one) for one in charts],
    )


def desk_charts(session: Session, desk: DeskContext, table: ReportTable) -> tuple[Chart, ...]:
    """The charts of a report in the words of the desk."""
    results = {code: str(label) for code, label in RESULTS.items()}
    pillars = pillars_by_column(session, desk)
    return report_charts(session, desk.actor, table, (results, pillars), desk.now, number)


def pillars_by_column(session: Session, desk: DeskContext) -> dict[str, str]:
    """The pillar of each service, by the code of its column."""
    services = services_by_code(session, desk.actor).values()
    return {column_of(service): str(PILLARS[service.pillar]) for service in services}


def _tile(table: ReportTable, figure: HeadlineFigure, is_compared: bool) -> FigureTile:
    return FigureTile(
        value=cell_text(figure.now),
        label=figure.label,
        href=figure_address(table.period.code, figure.code, "") if figure.now else "",
        beside=_beside(figure) if is_compared else "",
    )


def _beside(figure: HeadlineFigure) -> str:
    """*kỳ trước 110 (+12)*."""
    before = cell_text(figure.before)
    if figure.change is None:
        return _("kỳ trước %(before)s", before=before)
    change = f"+{number(figure.change)}" if figure.change > 0 else number(figure.change)
    return _("kỳ trước %(before)s (%(change)s)", before=before, change=change)


def _compared(table: ReportTable, before: ReportTable, is_compared: bool) -> str:
    label = period_label(before.period)
    if not is_compared:
        return _("Kỳ trước (%(period)s) chưa có số liệu để so sánh.", period=label)
    if is_running(table):
        until = day(local_date(table.as_of))
        return _("Kỳ này mới đến %(day)s, so với kỳ trước cùng số ngày: %(period)s.", period=label, day=until)
    return _("Kỳ trước: %(period)s.", period=label)
