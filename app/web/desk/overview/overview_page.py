"""/desk/: *Tổng quan*: how the work goes, whom to call today, and what waits for a decision."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.accounts import calls
from app.accounts.calls import Call
from app.commune_settings import settings_of
from app.core.clock import local_date
from app.core.strings import _
from app.deduplication.duplicates import find_duplicate_pairs
from app.register.coverage import hamlets_coverage
from app.register.overdue import count_overdue
from app.register.pending import PendingVisits, count_pending
from app.sync.quarantine.view import count_waiting
from app.teams.unused_invites import unused_invites
from app.web.desk.context import Desk, DeskContext
from app.web.desk.coverage.hamlet_table import HamletRow, commune_coverage, hamlet_row
from app.web.desk.coverage.links import overdue_link
from app.web.desk.duplicates import format_count
from app.web.desk.frame import OVERVIEW, Frame, build_frame
from app.web.desk.labels import Link
from app.web.desk.overview.call_cards import (
    CallCard,
    OverduePerson,
    invite_card,
    overdue_people,
    phone_card,
)
from app.web.desk.overview.figures import Figures, count_text, load_figures
from app.web.desk.overview.period_choice import PeriodBar, chosen_period, period_bar
from app.web.desk.visits.filters import TextFilter
from app.web.rendering import html, moment, number

router = APIRouter()

INVITES_SHOWN, PEOPLE_SHOWN, HAMLETS_SHOWN = 10, 8, 8
RETURNED_LONG_AGO = timedelta(days=3)


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


@dataclass(frozen=True)
class PendingDecisions:
    """How many decisions a screen waits for."""

    href: str
    count: str
    label: str


@dataclass(frozen=True)
class OverviewPage:
    """What templates/desk/overview.html shows; `hamlets`: the `hamlet_count` with the lowest coverage."""

    title: str
    frame: Frame
    as_of: str
    bar: PeriodBar
    figures: Figures
    calls: CallList
    decisions: list[PendingDecisions]
    hamlets: list[HamletRow]
    hamlet_count: str


@router.get("/desk", include_in_schema=False)
def start() -> Response:
    return RedirectResponse("/desk/", 303)


@router.get("/desk/")
def show_overview(desk: Desk, period: TextFilter = "") -> Response:
    """The overview of a period, of this week without one."""
    return html("desk/overview.html", desk.database.read(lambda session: _page(session, desk, period)))


def _page(session: Session, desk: DeskContext, code: str) -> OverviewPage:
    today = local_date(desk.now)
    month_start = settings_of(session, desk.actor.commune_id).month_start_day
    period = chosen_period(code, today, month_start)
    coverage = sorted(hamlets_coverage(session, desk.actor, today), key=lambda one: one.rate)
    pending = count_pending(session, desk.actor, desk.now - RETURNED_LONG_AGO)
    commune = commune_coverage(desk.actor.commune_id, coverage)
    return OverviewPage(
        title=_("Tổng quan"),
        frame=build_frame(session, desk.actor, OVERVIEW),
        as_of=moment(desk.now),
        bar=period_bar(period, today, month_start),
        figures=load_figures(session, desk, period, commune, pending, month_start),
        calls=_calls(session, desk),
        decisions=[one for one in _decisions(session, desk, pending) if one.count != "0"],
        hamlets=[hamlet_row(one, desk) for one in coverage[:HAMLETS_SHOWN]],
        hamlet_count=number(len(coverage)),
    )


def _calls(session: Session, desk: DeskContext) -> CallList:
    phones = sorted(calls.calls_to_make(session, desk.actor, desk.now), key=_urgency)
    found = unused_invites(session, desk.actor, desk.now)
    invites = [invite for invite in found if not invite.called]
    overdue = count_overdue(session, desk.actor, local_date(desk.now))
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


def _decisions(session: Session, desk: DeskContext, pending: PendingVisits) -> list[PendingDecisions]:
    quarantined, pairs = count_waiting(session, desk.actor), find_duplicate_pairs(session, desk.actor)
    returned = _("lượt đã trả lại, chưa sửa")
    if pending.long_returned:
        count = count_text(pending.long_returned)
        returned = _("lượt đã trả lại, chưa sửa; %(count)s lượt quá 3 ngày", count=count)
    return [
        PendingDecisions("/desk/visits?state=received", count_text(pending.waiting), _("lượt chưa duyệt")),
        PendingDecisions("/desk/visits?state=returned", count_text(pending.returned), returned),
        PendingDecisions("/desk/quarantine", number(quarantined), _("bản ghi chưa tính, chờ xử lý")),
        PendingDecisions("/desk/duplicates", format_count(pairs), _("cặp hộ có thể trùng")),
    ]
