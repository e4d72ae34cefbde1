"""/desk/: *Tổng quan*: how the work goes, whom to call today, and what waits for a decision."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import calls
from app.commune.accounts.calls import Call
from app.commune.settings import settings_of
from app.commune.teams.unused_invites import UnusedInvite, unused_invites
from app.core.clock import local_date
from app.core.strings import _
from app.review.deduplication.duplicates import find_duplicate_pairs
from app.review.register.coverage import hamlets_coverage
from app.review.register.overdue import OverdueGroup, count_overdue
from app.review.register.pending import count_pending
from app.review.visit_list.flag_queries import FlagGroup, count_flagged, list_groups
from app.review.visit_list.flag_sentences import group_sentence
from app.review.visit_list.listing import ANY_FLAG, COUNTED_TO, WAITING
from app.sync.quarantine.view import count_waiting
from app.web.deps import Config, cookie_name
from app.web.desk.coverage.hamlet_table import commune_coverage
from app.web.desk.overview.figures import chosen_period, load_figures, period_bar
from app.web.desk.overview.first_day import DONE, LEFT_COOKIE, arrival_sentence, first_day_path
from app.web.desk.page.context import DeskContext
from app.web.desk.page.filter_fields import TextFilter
from app.web.desk.page.frame import OVERVIEW
from app.web.desk.page.reading import ReadingDesk
from app.web.desk.people.call_labels import call_reasons, invite_sentence, last_call_text
from app.web.desk.people.supervisors.words import open_losses, recent_resets
from app.web.desk.records.duplicates import format_count
from app.web.desk.records.requests import open_requests
from app.web.desk.visits.filters import VisitQuery
from app.web.rendering import number
from app.web.screens import screen

router = APIRouter()
INVITES_SHOWN, PEOPLE_SHOWN, HAMLETS_SHOWN, GROUPS_SHOWN = 10, 8, 8, 3
RETURNED_LONG_AGO = timedelta(days=3)


@router.get("/desk", include_in_schema=False)
def start() -> Response:
    return RedirectResponse("/desk/", 303)


@router.get("/desk/")
def show_overview(
    request: Request, desk: ReadingDesk, settings: Config, period: TextFilter = "", done: str = ""
) -> Response:
    """The overview of a period, of this week without one; `done` names a step of *Ngày đầu* just taken."""
    left = request.cookies.get(cookie_name(LEFT_COOKIE, settings), "")

    def load(session: Session) -> Mapping[str, Any]:
        today = local_date(desk.now)
        month_start = settings_of(session, desk.actor.commune_id).month_start_day
        shown = chosen_period(period, today, month_start)
        overdue = count_overdue(session, desk.actor, today)
        coverage = sorted(hamlets_coverage(session, desk.actor, today, overdue), key=lambda one: one.rate)
        flagged = count_flagged(session, desk.actor)
        commune = commune_coverage(desk.actor.commune_id, coverage)
        return {
            "bar": period_bar(shown, today, month_start),
            "figures": load_figures(session, desk, shown, commune, flagged, month_start),
            "calls": _calls(session, desk, overdue),
            "decisions": _decisions(session, desk, flagged),
            "flagged_days": _flagged_days(session, desk) if flagged else [],
            "hamlets": coverage[:HAMLETS_SHOWN],
            "hamlet_count": len(coverage),
            "resets": recent_resets(session, desk),
            "losses": open_losses(session, desk),
            "requests": open_requests(session, desk),
            "first_day": first_day_path(session, desk, left),
            "arrived": arrival_sentence(session, desk),
            "done": DONE.get(done, ""),
        }

    return screen(desk, "desk/overview/overview.html", OVERVIEW, load)


def _calls(session: Session, desk: DeskContext, overdue: list[OverdueGroup]) -> Mapping[str, Any]:
    """*Cần gọi hôm nay*. `called`: what somebody called about today; `invites`: the oldest of the unused
    ones; `overdue`: how many appointments are, and the people who made most."""
    phones = sorted(calls.calls_to_make(session, desk.actor, desk.now), key=_urgency)
    found = unused_invites(session, desk.actor, desk.now)
    invites = [invite for invite in found if not invite.called]
    names = {group.account_id: group.person for group in overdue}
    counts = Counter[str]()
    for group in overdue:
        counts[group.account_id] += group.count
    return {
        "phones": [_phone_card(call, desk.now) for call in phones if not call.called],
        "called": [
            *(_phone_card(call, desk.now) for call in phones if call.called),
            *(_invite_card(invite, desk.now) for invite in found if invite.called),
        ],
        "invites": [_invite_card(invite, desk.now) for invite in invites[:INVITES_SHOWN]],
        "invite_count": len(invites),
        "overdue": sum(counts.values()),
        "overdue_people": [(id, names[id], count) for id, count in counts.most_common(PEOPLE_SHOWN)],
    }


def _urgency(call: Call) -> int:
    """Losses first, then what waits on a phone, then silence; each as `calls_to_make` has them."""
    if call.has_lost:
        return 0
    return 1 if call.full or call.unsent else 2


def _phone_card(call: Call, now: datetime) -> Mapping[str, Any]:
    """A call about a phone. `action`: the address of *Đã gọi* or of its *Hoàn tác*, which names the `call` if
    it was about an invite; `settle` that of *Đã rõ, thôi nhắc*, empty without a loss."""
    path = f"/desk/calls/{call.entry.device.id}"
    return {
        "person": call.entry.owner,
        "about": [call.entry.team, call.entry.device.name],
        "reasons": call_reasons(call, now),
        "last_call": last_call_text(call.last, now),
        "action": f"{path}/undo" if call.called else path,
        "call": "",
        "settle": f"{path}/settle" if call.has_lost else "",
    }


def _invite_card(invite: UnusedInvite, now: datetime) -> Mapping[str, Any]:
    path = f"/desk/invite-calls/{invite.account.id}"
    return {
        "person": invite.account,
        "about": [invite.team],
        "reasons": [invite_sentence(invite, now)],
        "last_call": last_call_text(invite.last, now),
        "action": f"{path}/undo" if invite.called else path,
        "call": invite.last.id if invite.called and invite.last else "",
        "settle": "",
    }


def _decisions(session: Session, desk: DeskContext, flagged: int) -> list[tuple[str, str, str]]:
    """The screens with something to decide, each with how many and of what; `flagged`: how many visits are
    flagged and undecided."""
    pending = count_pending(session, desk.actor, desk.now - RETURNED_LONG_AGO)
    quarantined, pairs = count_waiting(session, desk.actor), find_duplicate_pairs(session, desk.actor)
    returned = _("lượt đã trả lại, chưa sửa")
    if pending.long_returned:
        count = count_text(pending.long_returned)
        returned = _("lượt đã trả lại, chưa sửa; %(count)s lượt quá 3 ngày", count=count)
    screens = [
        ("/desk/flags", number(flagged), _("lượt cần xem")),
        ("/desk/visits?state=received", count_text(pending.waiting), _("lượt chưa duyệt")),
        ("/desk/visits?state=returned", count_text(pending.returned), returned),
        ("/desk/quarantine", number(quarantined), _("bản ghi chưa tính, chờ xử lý")),
        ("/desk/duplicates", format_count(pairs), _("cặp hộ có thể trùng")),
    ]
    return [one for one in screens if one[1] != "0"]


def _flagged_days(session: Session, desk: DeskContext) -> list[tuple[FlagGroup, str, str]]:
    """The largest groups of flagged visits, each with its words and address."""

    def address(group: FlagGroup) -> str:
        day = group.day.isoformat()
        query = VisitQuery(volunteer=group.account_id, state=WAITING, day=day, flag=ANY_FLAG)
        return query.address("/desk/visits")

    groups = list_groups(session, desk.actor, GROUPS_SHOWN)
    return [(group, group_sentence(group), address(group)) for group in groups]


def count_text(count: int) -> str:
    """The count, *Hơn 10.000* above that, as the lists say."""
    if count > COUNTED_TO:
        return _("Hơn %(count)s", count=number(COUNTED_TO))
    return number(count)
