"""What a commune sends to its province in the evening of a campaign: the figures of today up to now, and
those of the plans of today."""

from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import dates_period
from app.core.clock import VIETNAM, local_date
from app.core.strings import SOURCE, _, language
from app.reports.additive import APPLICATIONS, SERVICE_PREFIX
from app.reports.forms.document import format_number
from app.reports.plans.queries import plans_of
from app.reports.query import report_table
from app.reports.table import ReportTable


@language(SOURCE)
def write_quick_report(session: Session, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Its lines: of today, of the services of today, and of each plan of today from its first day. The
    figures are those of the reports of these days."""
    today = local_date(now)
    table = report_table(session, actor, dates_period(today, today), now)
    lines = [
        _(
            "Đến %(time)s ngày %(day)s, %(commune)s: %(figures)s.",
            time=_time(now),
            day=f"{today:%d/%m/%Y}",
            commune=table.commune[:1].lower() + table.commune[1:],
            figures=_figures(table),
        ),
        *_services(table),
    ]
    for plan in plans_of(session, actor, today, today):
        since = report_table(session, actor, dates_period(plan.first, today), now)
        lines.append(
            _(
                "Từ %(first)s, theo kế hoạch %(plan)s: %(figures)s.",
                first=f"{plan.first:%d/%m/%Y}",
                plan=plan.number,
                figures=_figures(since),
            )
        )
    return tuple(lines)


def _time(now: datetime) -> str:
    """*20 giờ*, *20 giờ 5 phút*."""
    local = now.astimezone(VIETNAM)
    if local.minute == 0:
        return _("%(hour)s giờ", hour=local.hour)
    return _("%(hour)s giờ %(minute)s phút", hour=local.hour, minute=local.minute)


def _figures(table: ReportTable) -> str:
    cells = table.whole
    parts = []
    if visits := cells["visits"]:
        parts.append(
            _(
                "%(visits)s lượt thăm hộ (%(not_home)s lượt vắng nhà), %(met)s hộ đã gặp, %(guided)s hộ được "
                "hướng dẫn",
                visits=format_number(visits),
                not_home=format_number(cells["not_home"]),
                met=format_number(cells["met"]),
                guided=format_number(cells["guided"]),
            )
        )
    if sessions := cells["sessions"]:
        parts.append(_sessions(sessions, cells.get("attended")))
    return _("; ").join(parts) or _("chưa có lượt thăm hay buổi nào")


def _sessions(sessions: int, attended: int | None) -> str:
    if attended is None:
        return _("%(sessions)s buổi tuyên truyền, chưa đếm người dự", sessions=format_number(sessions))
    return _(
        "%(sessions)s buổi tuyên truyền, %(people)s người dự",
        sessions=format_number(sessions),
        people=format_number(attended),
    )


def _services(table: ReportTable) -> list[str]:
    """The services of today, in the report's order; nothing is said of those that nobody was helped with."""
    cells = table.whole
    people = [
        f"{column.heading} {format_number(cells[column.code])}"
        for column in table.columns
        if column.code.startswith(SERVICE_PREFIX) and cells.get(column.code)
    ]
    lines = []
    if people:
        lines.append(_("Số người theo từng việc: %(services)s.", services=_("; ").join(people)))
    if applications := cells.get(APPLICATIONS):
        lines.append(_("Hồ sơ dịch vụ công: %(count)s.", count=format_number(applications)))
    return lines
