"""Queries of the desk: the decisions on a visit, and whether the last one can still be undone."""

from datetime import datetime, timedelta

from sqlalchemy import and_
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, find, visible_to
from app.commune.accounts.models import Account
from app.core.errors import NotFound
from app.fieldwork.periods.queries import closed_days, is_closed
from app.fieldwork.visits.models import COUNTED, Visit
from app.review.decisions.models import Decision, DecisionBatch

UNDO_WITHIN = timedelta(minutes=1)


def find_batch(session: Session, actor: Actor, batch_id: str) -> DecisionBatch:
    """One of the actor's own batches of decisions. Raises `NotFound`."""
    batch = find(session, actor, DecisionBatch, batch_id)
    if batch.made_by != actor.account_id:
        raise NotFound
    return batch


def find_undoable(
    session: Session, actor: Actor, visit: Visit, newest: Decision | None, now: datetime
) -> DecisionBatch | None:
    """The batch of the visit's `newest` decision, if the actor can undo it here: it is the actor's own, of
    this visit alone, still in effect and not older than `UNDO_WITHIN`."""
    if newest is None or newest.undo or newest.batch_id is None or newest.decided_by != actor.account_id:
        return None
    if now - newest.decided_at > UNDO_WITHIN or visit.reviewed_at != newest.decided_at or visit.withdrawn_at:
        return None
    batch = find_batch(session, actor, newest.batch_id)
    return batch if batch.decided == 1 else None


def is_in_closed_period(session: Session, actor: Actor, visit: Visit) -> bool:
    """Whether the visit counts in a closed period, so that it cannot be returned."""
    if visit.withdrawn_at is not None or visit.review_state not in COUNTED:
        return False
    return is_closed(closed_days(session, actor.commune_id), visit.counted_on, visit.counted_since)


def history(session: Session, actor: Actor, visit_id: str) -> list[tuple[Decision, str]]:
    """Every decision on a visit with its supervisor's name, oldest first."""
    is_author = and_(col(Account.commune_id) == actor.commune_id, col(Account.id) == col(Decision.decided_by))
    decisions = visible_to(actor, Decision).where(col(Decision.visit_id) == visit_id).join(Account, is_author)
    rows = session.execute(
        decisions.with_only_columns(Decision, col(Account.name)).order_by(
            col(Decision.decided_at), col(Decision.id)
        )
    )
    return [(decision, name) for decision, name in rows]
