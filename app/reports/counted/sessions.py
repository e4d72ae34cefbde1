"""The outreach sessions behind the figures of a report."""

from sqlalchemy import func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.outreach.queries import has_venue
from app.reports.counted.listing import PAGE_SIZE, CountedList, CountedRecord, Figure


def list_sessions_of(
    session: Session, actor: Actor, figure: Figure, page: int, venue: str = ""
) -> CountedList | None:
    """The sessions of a figure that counts sessions, those who came, or sessions where nobody counted them;
    None for another one. `venue`: only those of a kind of place."""
    if figure.column not in ("sessions", "attended", "uncounted"):
        return None
    here = [] if figure.hamlet_ids is None else [col(OutreachSession.hamlet_id).in_(figure.hamlet_ids)]
    at_venue = [has_venue(venue)] if venue else []
    uncounted = [col(OutreachSession.people).is_(None)] if figure.column == "uncounted" else []
    wanted = visible_to(actor, OutreachSession).where(
        col(OutreachSession.withdrawn_at).is_(None),
        col(OutreachSession.counted_on).between(figure.period.first, figure.period.last),
        *here,
        *at_venue,
        *uncounted,
    )
    sums = wanted.with_only_columns(func.count(), func.sum(col(OutreachSession.people)))
    count, people = session.execute(sums).one()
    newest = wanted.order_by(col(OutreachSession.counted_on).desc(), col(OutreachSession.id))
    found = session.exec(newest.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    is_attended = figure.column == "attended"
    records = [
        CountedRecord(
            "session",
            one.id,
            name=one.place,
            hamlet_id=one.hamlet_id,
            day=one.counted_on,
            amount=one.people if is_attended else 1,
        )
        for one in found
    ]
    total = (None if people is None else int(people)) if is_attended else int(count)
    return CountedList(total if count else 0, int(count), records)
