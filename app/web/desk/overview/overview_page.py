"""/desk/: *Tổng quan*: how the work goes, whom to call today, and what waits for a decision."""

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import calls
from app.commune.accounts.calls import Call
from app.commune.settings import settings_of
from app.commune.teams.unused_invites import unused_invites
from app.core.clock import local_date
from app.core.strings import _
from app.review.register.coverage import hamlets_coverage
from app.review.register.overdue import OverdueGroup, count_overdue
from app.review.register.pending import count_pending
from app.review.visit_list.flag_queries import count_flagged
from app.web.deps import Config, cookie_name
from app.web.desk.coverage.hamlet_table import HamletRow, commune_coverage, hamlet_row
from app.web.desk.coverage.links import overdue_link
from app.web.desk.overview.call_cards import (
    CallCard,
    OverduePerson,
    invite_card,
    overdue_people,
    phone_card,
)
from app.web.desk.overview.decisions import RETURNED_LONG_AGO, PendingDecisions, pending_decisions
from app.web.desk.overview.figures import Figures, load_figures
from app.web.desk.overview.first_day import LEFT_COOKIE, Path, arrival_sentence, first_day_path
from app.web.desk.overview.first_day_actions import DONE
from app.web.desk.overview.period_choice import PeriodBar, chosen_period, period_bar
from app.web.desk.page.context import DeskContext
from app.web.desk.page.filter_fields import TextFilter
from app.web.desk.page.frame import OVERVIEW, build_frame
from app.web.desk.page.labels import Link
from app.web.desk.page.reading import ReadingDesk
from app.web.desk.people.supervisors.words import open_losses, recent_resets
from app.web.desk.records.requests import open_requests
from app.web.frame import Frame
from app.web.rendering import html, moment, number

router = APIRouter()

INVITES_SHOWN, PEOPLE_SHOWN, HAMLETS_SHOWN = 10, 8, 8


@dataclass(frozen=True)
class CallList:
    """*Cần gọi hôm nay*. `called`: what somebody called about today; `invites`: the oldest of the unused
    ones, of which there are `invite_count`; `overdue`: how many appointments are, and who made most."""

    phones: list[CallCard]
    called: list[CallCard]
    invites: list[CallCard]
    invite_count: str
    overdue: Link
    overdue_people: list[OverduePerson]

    @property
    def is_empty(self) -> bool:
        """Whether nobody is to be called, or was today."""
        return not (self.phones or self.called or self.invites or self.overdue_people)


@dataclass(frozen=True)
class OverviewPage:
    """What templates/desk/overview/overview.html shows; `hamlets`: the `hamlet_count` with the lowest
    coverage; `resets`: whose passwords others have set lately; `losses`: who has lost
    the second factor; `requests`: how many citizens wait for what they asked, and how long the first one
    may; `first_day`: of a commune without visits; `arrived`: that the first one has, today; `done` says what
    was just done."""

    title: str
    frame: Frame
    as_of: str
    bar: PeriodBar
    figures: Figures
    calls: CallList
    decisions: list[PendingDecisions]
    hamlets: list[HamletRow]
    hamlet_count: str
    resets: list[str]
    losses: list[Link]
    requests: list[Link]
    first_day: Path | None
    arrived: str
    done: str


@router.get("/desk", include_in_schema=False)
def start() -> Response:
    return RedirectResponse("/desk/", 303)


@router.get("/desk/")
def show_overview(
    request: Request, desk: ReadingDesk, settings: Config, period: TextFilter = "", done: str = ""
) -> Response:
    """The overview of a period, of this week without one; `done` names a step of *Ngày đầu* just taken."""
    left = request.cookies.get(cookie_name(LEFT_COOKIE, settings), "")
    page = desk.reading.read(lambda session: _page(session, desk, period, left))
    return html("desk/overview/overview.html", replace(page, done=DONE.get(done, "")))


def _page(session: Session, desk: DeskContext, code: str, left: str) -> OverviewPage:
    today = local_date(desk.now)
    month_start = settings_of(session, desk.actor.commune_id).month_start_day
    period = chosen_period(code, today, month_start)
    overdue = count_overdue(session, desk.actor, today)
    coverage = sorted(hamlets_coverage(session, desk.actor, today, overdue), key=lambda one: one.rate)
    pending = count_pending(session, desk.actor, desk.now - RETURNED_LONG_AGO)
    flagged = count_flagged(session, desk.actor)
    commune = commune_coverage(desk.actor.commune_id, coverage)
    return OverviewPage(
        title=_("Tổng quan"),
        frame=build_frame(session, desk.actor, OVERVIEW),
        as_of=moment(desk.now),
        bar=period_bar(period, today, month_start),
        figures=load_figures(session, desk, period, commune, flagged, month_start),
        calls=_calls(session, desk, overdue),
        decisions=pending_decisions(session, desk, pending, flagged),
        hamlets=[hamlet_row(one, desk) for one in coverage[:HAMLETS_SHOWN]],
        hamlet_count=number(len(coverage)),
        resets=recent_resets(session, desk),
        losses=open_losses(session, desk),
        requests=open_requests(session, desk),
        first_day=first_day_path(session, desk, left),
        arrived=arrival_sentence(session, desk),
        done="",
    )


def _calls(session: Session, desk: DeskContext, overdue: list[OverdueGroup]) -> CallList:
    phones = sorted(calls.calls_to_make(session, desk.actor, desk.now), key=_urgency)
    found = unused_invites(session, desk.actor, desk.now)
    invites = [invite for invite in found if not invite.called]
    return CallList(
        phones=[phone_card(call, desk.now) for call in phones if not call.called],
        called=[
            *(phone_card(call, desk.now) for call in phones if call.called),
            *(invite_card(invite, desk.now) for invite in found if invite.called),
        ],
        invites=[invite_card(invite, desk.now) for invite in invites[:INVITES_SHOWN]],
        invite_count=number(len(invites)),
        overdue=Link(number(sum(group.count for group in overdue)), overdue_link()),
        overdue_people=overdue_people(overdue, PEOPLE_SHOWN),
    )


def _urgency(call: Call) -> int:
    """Losses first, then what waits on a phone, then silence; each as `calls_to_make` has them."""
    if call.has_lost:
        return 0
    return 1 if call.full or call.unsent else 2
