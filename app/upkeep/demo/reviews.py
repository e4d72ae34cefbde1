"""What the demo commune's supervisor has decided, as it is decided at the desk."""

from datetime import datetime, timedelta

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.people import new_id
from app.core.feed import feed_head
from app.fieldwork.visits.models import Visit
from app.review.decisions.commands import decide, return_
from app.review.decisions.flagged import FlaggedVisits
from app.review.decisions.selection import SeenVisit, VisitSelection
from app.review.decisions.verdicts import Verdict

_WEEK = timedelta(days=7)
_OPEN = timedelta(days=8)  # what is newer waits, but for what was sent back
_RETURNED_AT = timedelta(days=4)


def add_reviews(session: Session, supervisor: Actor, now: datetime) -> None:
    """All but the newest visits are accepted, each week's at once; of each hamlet the first of a week ago is
    sent back and not corrected yet."""
    found = visible_to(supervisor, Visit).order_by(col(Visit.received_at), col(Visit.id))
    visits = list(session.exec(found))
    week_old = [one for one in visits if timedelta(days=5) < now - one.received_at < _OPEN]
    first = {one.hamlet_id: one for one in reversed(week_old)}
    verdict = Verdict("returned", "missing_information", "services")
    for one in first.values():
        return_(session, supervisor, one.id, SeenVisit(one.version), verdict, now - _RETURNED_AT)
    weeks: dict[int, dict[str, SeenVisit]] = {}
    for one in visits:
        if now - one.received_at > _OPEN:
            weeks.setdefault((now - one.received_at - _OPEN) // _WEEK, {})[one.id] = SeenVisit(one.version)
    for week, seen in sorted(weeks.items(), reverse=True):
        flagged = FlaggedVisits(accept=True, head=feed_head(session, supervisor.commune_id))
        at = now - _OPEN - week * _WEEK + timedelta(hours=2)
        decide(session, supervisor, new_id(), VisitSelection(seen), Verdict("accepted"), at, flagged=flagged)
