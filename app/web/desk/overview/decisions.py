"""*Cần quyết định*: how many decisions each screen waits for, and the largest groups of flagged visits."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import Session

from app.core.strings import _
from app.review.deduplication.duplicates import find_duplicate_pairs
from app.review.register.pending import PendingVisits
from app.review.visit_list.flag_queries import FlagGroup, list_groups
from app.review.visit_list.flag_sentences import group_sentence
from app.review.visit_list.listing import ANY_FLAG, WAITING
from app.sync.quarantine.view import count_waiting
from app.web.desk.overview.figures import count_text
from app.web.desk.page.context import DeskContext
from app.web.desk.page.labels import Link, member_link
from app.web.desk.records.duplicates import format_count
from app.web.desk.visits.filters import VisitQuery
from app.web.rendering import day, number

RETURNED_LONG_AGO = timedelta(days=3)
GROUPS_SHOWN = 3


@dataclass(frozen=True)
class FlaggedDay:
    """The flagged visits of one person on one day: *Quý*, *25/11/2026*, and *44 lượt, cách nhau 12 giây*."""

    person: Link
    day: str
    visits: Link


@dataclass(frozen=True)
class PendingDecisions:
    """How many decisions a screen waits for; `days`: the largest groups of flagged visits."""

    href: str
    count: str
    label: str
    days: list[FlaggedDay] = field(default_factory=list)


def pending_decisions(
    session: Session, desk: DeskContext, pending: PendingVisits, flagged: int
) -> list[PendingDecisions]:
    """The screens with something to decide; `flagged`: how many visits are flagged and undecided."""
    quarantined, pairs = count_waiting(session, desk.actor), find_duplicate_pairs(session, desk.actor)
    returned = _("lượt đã trả lại, chưa sửa")
    if pending.long_returned:
        count = count_text(pending.long_returned)
        returned = _("lượt đã trả lại, chưa sửa; %(count)s lượt quá 3 ngày", count=count)
    groups = list_groups(session, desk.actor, GROUPS_SHOWN) if flagged else []
    days = [_flagged_day(group) for group in groups]
    screens = [
        PendingDecisions("/desk/flags", number(flagged), _("lượt cần xem"), days),
        PendingDecisions("/desk/visits?state=received", count_text(pending.waiting), _("lượt chưa duyệt")),
        PendingDecisions("/desk/visits?state=returned", count_text(pending.returned), returned),
        PendingDecisions("/desk/quarantine", number(quarantined), _("bản ghi chưa tính, chờ xử lý")),
        PendingDecisions("/desk/duplicates", format_count(pairs), _("cặp hộ có thể trùng")),
    ]
    return [screen for screen in screens if screen.count != "0"]


def _flagged_day(group: FlagGroup) -> FlaggedDay:
    query = VisitQuery(volunteer=group.account_id, state=WAITING, day=group.day.isoformat(), flag=ANY_FLAG)
    return FlaggedDay(
        member_link(group.account_id, group.person),
        day(group.day),
        Link(group_sentence(group), query.address("/desk/visits")),
    )
