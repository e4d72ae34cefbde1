"""The plan that a sheet is of: choosing it, its lines on paper, and who signs."""

from dataclasses import dataclass

from sqlmodel import Session

from app.commune.calendar.period import Period, dates_period
from app.core.errors import NotFound
from app.core.strings import _
from app.reports.forms.document import signers_of
from app.reports.plans.models import Plan
from app.reports.plans.queries import days_under, plans_of
from app.reports.report_form.models import form_of
from app.web.desk.page.context import DeskContext
from app.web.desk.page.labels import Link
from app.web.rendering import day


@dataclass(frozen=True)
class PlanView:
    """The plan of a sheet. `links`: to the same sheet without a plan and of each plan of its days, none if
    there are none; `current`: which of them it is. `line`: what the sheet says of its plan; `others`: the
    plans that have some of its days too; `signers`: the lines above the leaders' signature. All three are
    empty without a plan."""

    links: list[Link]
    current: str
    line: str
    others: list[str]
    signers: tuple[str, ...]


@dataclass(frozen=True)
class SheetDays:
    """The days of a sheet: those of a period that are under its plan; `plans`: those that have some of
    them."""

    period: Period
    days: Period
    plan: Plan | None
    plans: list[Plan]

    @property
    def query(self) -> str:
        """What an address of this sheet ends with."""
        return f"?plan={self.plan.id}" if self.plan else ""


def sheet_days(session: Session, desk: DeskContext, period: Period, plan_id: str) -> SheetDays:
    """The days of the sheet of a period under a plan; `plan_id`: empty for every day of the period. Raises
    `NotFound` for a plan that is none, was removed or has no day of the period."""
    plans = plans_of(session, desk.actor, period.first, period.last)
    if not plan_id:
        return SheetDays(period, period, None, plans)
    plan = next((one for one in plans if one.id == plan_id), None)
    if plan is None:
        raise NotFound
    return SheetDays(period, days_under(plan, period), plan, plans)


def plan_view(session: Session, desk: DeskContext, sheet: SheetDays, address: str) -> PlanView:
    """What the sheet at this address shows of its plan."""
    links = [Link(_("Mọi ngày"), f"{address}/{sheet.period.code}")]
    links += [Link(one.number, f"{address}/{sheet.period.code}?plan={one.id}") for one in sheet.plans]
    if sheet.plan is None:
        return PlanView(links if sheet.plans else [], links[0].href, "", [], ())
    others = [one for one in sheet.plans if one.id != sheet.plan.id]
    return PlanView(
        links=links,
        current=links[0].href + sheet.query,
        line=_("Theo kế hoạch %(plan)s: %(name)s (%(span)s).", **_words(sheet.plan)),
        others=[
            _(
                "Ngày %(span)s cũng thuộc kế hoạch %(plan)s.",
                span=_shared(one, sheet.days),
                plan=one.number,
            )
            for one in others
            if one.first <= sheet.days.last and one.last >= sheet.days.first
        ],
        signers=signers_of(form_of(session, desk.actor.commune_id)),
    )


def whole_plan(sheet: SheetDays, address: str) -> list[Link]:
    """The link to all days of the plan."""
    if sheet.plan is None:
        return []
    whole = dates_period(sheet.plan.first, sheet.plan.last)
    return [Link(_("Cả kế hoạch"), f"{address}/{whole.code}{sheet.query}")]


def _words(plan: Plan) -> dict[str, str]:
    span = _("từ %(first)s đến %(last)s", first=day(plan.first), last=day(plan.last))
    return {"plan": plan.number, "name": plan.name, "span": span}


def _shared(plan: Plan, days: Period) -> str:
    """*01/11/2026–30/11/2026*, or one day: what a plan has of these days."""
    under = days_under(plan, days)
    return day(under.first) if under.days == 1 else f"{day(under.first)}–{day(under.last)}"
