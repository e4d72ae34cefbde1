"""Visits whose authors say *Không phải tôi ghi*: on the first page of *Chờ xử lý*, for 30 days."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.core.strings import _
from app.review.visit_list.queries import find_disowned
from app.web.desk.page.labels import Link, household_label, member_link
from app.web.rendering import moment


@dataclass(frozen=True)
class DisownedRow:
    """One of them. `counts`: what became of it."""

    href: str
    household: str
    author: Link
    accepted_by: str
    said: str
    counts: str


def disowned_rows(session: Session, actor: Actor, now: datetime) -> list[DisownedRow]:
    """The newest first."""
    still, withdrawn = (
        _("Vẫn được tính trong kỳ đã chốt. Hãy mở lại kỳ đó rồi trả lại lượt này."),
        _("Đã bỏ, thôi tính."),
    )
    return [
        DisownedRow(
            href=f"/desk/visits/{detail.summary.visit.id}",
            household=household_label(detail.summary.household),
            author=member_link(detail.summary.visit.recorded_by, detail.summary.author),
            accepted_by=detail.vouched_by,
            said=moment(said) if (said := detail.summary.visit.disowned_at) else "",
            counts=withdrawn if detail.summary.visit.withdrawn_at else still,
        )
        for detail in find_disowned(session, actor, now)
    ]
