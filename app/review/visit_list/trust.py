"""What of a period's visits nobody has decided on yet: a total that counts them says so."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period
from app.core.strings import _
from app.review.visit_list.flag_queries import count_flagged
from app.review.visit_list.listing import COUNTED_TO, WAITING, Filters, count_visits


@dataclass(frozen=True)
class Trust:
    """Of the visits that a period's figures count: how many are `waiting` for a decision, counted up to one
    more than `COUNTED_TO`, and how many of these are `flagged`."""

    waiting: int
    flagged: int

    def sentence(self, number: Callable[[int], str]) -> str:
        """*trong đó 12 lượt chưa duyệt, 3 lượt cần xem*; empty if all are decided on. `number` writes one."""
        if not self.waiting:
            return ""
        count = number(min(self.waiting, COUNTED_TO))
        waiting = (
            _("trong đó hơn %(count)s lượt chưa duyệt", count=count)
            if self.waiting > COUNTED_TO
            else _("trong đó %(count)s lượt chưa duyệt", count=count)
        )
        flagged = _("%(count)s lượt cần xem", count=number(self.flagged))
        return f"{waiting}, {flagged}" if self.flagged else waiting


def trust_in(session: Session, actor: Actor, period: Period) -> Trust:
    """That of the visits of the period."""
    waiting = Filters(state=WAITING, since=period.first, until=period.last)
    return Trust(count_visits(session, actor, waiting), count_flagged(session, actor, period))
