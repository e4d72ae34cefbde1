"""/desk/people/{id}/activity/{period} and /desk/teams/{id}/activity/{period}: sheets to print and sign."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.calendar.period import (
    Period,
    PeriodKind,
    parse_period,
    period_label,
    period_of,
    previous_period,
)
from app.commune.settings import settings_of
from app.core.clock import local_date
from app.core.personal_data.codes import Term
from app.core.strings import SOURCE, _, language
from app.reports.activity import ActivityDay, MemberActivity, member_activity, team_activity
from app.web.desk.page.context import DeskContext, PathId
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.page.frame import PEOPLE, TEAMS, build_frame
from app.web.desk.page.labels import Link, member_link
from app.web.desk.page.reading import ReadingContext, ReadingDesk
from app.web.desk.people.labels import ROLES
from app.web.desk.reports.activity.plan_choice import PlanView, SheetDays, plan_view, sheet_days, whole_plan
from app.web.frame import Frame
from app.web.rendering import day, html, moment, number

router = APIRouter()
_OFFERED = ((PeriodKind.MONTH, 3), (PeriodKind.WEEK, 2), (PeriodKind.QUARTER, 2), (PeriodKind.YEAR, 1))


@dataclass(frozen=True)
class ActivityRow:
    """A line: a day of one member, or a member of a team; `days` is empty for a day."""

    name: Link
    role: str
    days: str
    visits: str
    households: str
    sessions: str


@dataclass(frozen=True)
class ActivityPage:
    """What templates/desk/reports/activity.html shows; `total` is the last line. `back`: the page that the
    sheet belongs to. `of_team`: the lines are people, and each signs for the allowance. `is_purged`: the
    authors of some visits of the period are not stored any more."""

    title: str
    frame: Frame
    back: Link
    name: str
    period: str
    span: str
    periods: list[Link]
    current: str
    rows: list[ActivityRow]
    total: ActivityRow
    of_team: bool
    is_purged: bool
    printed: str
    plan: PlanView


@router.get("/desk/people/{account_id}/activity")
def choose_person_period(account_id: PathId, desk: ReadingDesk) -> Response:
    """The sheet of the current month."""
    return _current_month(desk, f"/desk/people/{account_id}/activity")


@router.get("/desk/people/{account_id}/activity/{period}")
@language(SOURCE)
def show_person_sheet(account_id: PathId, period: str, desk: ReadingDesk, plan: IdFilter = "") -> Response:
    """A member's days; with a plan, those that are under it."""

    def load(session: Session) -> ActivityPage:
        sheet = _sheet(session, desk, period, plan)
        activity = member_activity(session, desk.actor, account_id, sheet.days)
        rows = [_day_row(activity.account.id, one) for one in activity.days]
        back = member_link(account_id, activity.account.name)
        return _page(session, desk, sheet, back, rows, _total([activity], sheet.days, account_id))

    return html("desk/reports/activity.html", desk.reading.read(load))


@router.get("/desk/teams/{team_id}/activity")
def choose_team_period(team_id: PathId, desk: ReadingDesk) -> Response:
    """The sheet of the current month."""
    return _current_month(desk, f"/desk/teams/{team_id}/activity")


@router.get("/desk/teams/{team_id}/activity/{period}")
@language(SOURCE)
def show_team_sheet(team_id: PathId, period: str, desk: ReadingDesk, plan: IdFilter = "") -> Response:
    """The members of a team, by given name; with a plan, what they did under it."""

    def load(session: Session) -> ActivityPage:
        sheet = _sheet(session, desk, period, plan)
        team, members = team_activity(session, desk.actor, team_id, sheet.days)
        rows = [_member_row(one, sheet) for one in members]
        back = Link(team.name, f"/desk/teams/{team_id}")
        return _page(session, desk, sheet, back, rows, _total(members, sheet.days), of_team=True)

    return html("desk/reports/activity.html", desk.reading.read(load))


def _current_month(desk: ReadingContext, address: str) -> Response:
    start = desk.reading.read(lambda session: _month_start(session, desk))
    month = period_of(PeriodKind.MONTH, local_date(desk.now), start)
    return RedirectResponse(f"{address}/{month.code}", 303)


def _month_start(session: Session, desk: DeskContext) -> int:
    return settings_of(session, desk.actor.commune_id).month_start_day


def _sheet(session: Session, desk: DeskContext, code: str, plan_id: str) -> SheetDays:
    return sheet_days(session, desk, parse_period(code, _month_start(session, desk)), plan_id)


def _page(
    session: Session,
    desk: DeskContext,
    sheet: SheetDays,
    back: Link,
    rows: list[ActivityRow],
    total: ActivityRow,
    *,
    of_team: bool = False,
) -> ActivityPage:
    label, days = period_label(sheet.period), sheet.days
    address = f"{back.href}/activity"
    return ActivityPage(
        title=_("Phiếu hoạt động %(name)s, %(period)s", name=back.text, period=label),
        frame=build_frame(session, desk.actor, TEAMS if of_team else PEOPLE),
        back=back,
        name=back.text,
        period=label,
        span=_("từ %(first)s đến %(last)s", first=day(days.first), last=day(days.last)),
        periods=whole_plan(sheet, address) + _periods(session, desk, sheet, address),
        current=f"{address}/{sheet.period.code}{sheet.query}",
        rows=rows,
        total=total,
        of_team=of_team,
        is_purged=days.first < local_date(Term.VISIT.before(desk.now)),
        printed=moment(desk.now),
        plan=plan_view(session, desk, sheet, address),
    )


def _periods(session: Session, desk: DeskContext, sheet: SheetDays, address: str) -> list[Link]:
    """The newest periods of each kind, the current one first; of a sheet of a plan those that have days of
    it."""
    start, plan = _month_start(session, desk), sheet.plan
    offered = []
    for kind, count in _OFFERED:
        one = period_of(kind, local_date(desk.now), start)
        for _number in range(count):
            if plan is None or (plan.first <= one.last and plan.last >= one.first):
                offered.append(Link(period_label(one), f"{address}/{one.code}{sheet.query}"))
            one = previous_period(one, start)
    return offered


def _day_row(account_id: str, one: ActivityDay) -> ActivityRow:
    href = f"/desk/visits?volunteer={account_id}&day={one.day.isoformat()}" if one.visits else ""
    return ActivityRow(
        Link(day(one.day), href), "", "", number(one.visits), number(len(one.household_ids)),
        number(one.sessions),
    )  # fmt: skip


def _member_row(one: MemberActivity, sheet: SheetDays) -> ActivityRow:
    address = f"/desk/people/{one.account.id}/activity/{sheet.period.code}{sheet.query}"
    link = Link(one.account.name, address)
    return ActivityRow(
        link, ROLES[one.account.role], number(len(one.days)), number(one.visits), number(one.households),
        number(one.sessions),
    )  # fmt: skip


def _total(members: list[MemberActivity], period: Period, account_id: str = "") -> ActivityRow:
    """The last line. Households are counted once for each member: two may have visited the same one."""
    href = f"/desk/visits?volunteer={account_id}&day={period.first.isoformat()}&to={period.last.isoformat()}"
    days, visits, households, sessions = _sums(members)
    label = _("Cộng") if account_id == "" else _("Cộng %(days)s ngày", days=number(days))
    return ActivityRow(
        Link(label, href if account_id and visits else ""), "", number(days), number(visits),
        number(households), number(sessions),
    )  # fmt: skip


def _sums(members: list[MemberActivity]) -> tuple[int, int, int, int]:
    """Days, visits, households and sessions of all."""
    return (
        sum(len(one.days) for one in members),
        sum(one.visits for one in members),
        sum(one.households for one in members),
        sum(one.sessions for one in members),
    )
