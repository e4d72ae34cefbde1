"""Reviews as the desk reads them: what was decided about a visit, and what of it may still be undone."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.accounts.access import Actor, find, visible_to
from app.accounts.models import Account
from app.core.errors import NotFound
from app.reviews.models import Decision, DecisionBatch
from app.visits.models import Visit

UNDO_WITHIN = timedelta(minutes=1)


def batch_of(session: Session, actor: Actor, batch_id: str) -> DecisionBatch:
    """One of the actor's own batches of decisions. Raises `NotFound`."""
    batch = find(session, actor, DecisionBatch, batch_id)
    if batch.made_by != actor.account_id:
        raise NotFound
    return batch


def undoable(
    session: Session, actor: Actor, visit: Visit, newest: Decision | None, now: datetime
) -> DecisionBatch | None:
    """The actor's own decision on this visit alone, if it still stands and its minute is not over."""
    if newest is None or newest.undo or newest.batch_id is None or newest.decided_by != actor.account_id:
        return None
    if now - newest.decided_at > UNDO_WITHIN or visit.reviewed_at != newest.decided_at or visit.withdrawn_at:
        return None
    batch = batch_of(session, actor, newest.batch_id)
    return batch if batch.decided == 1 else None


def history(session: Session, actor: Actor, visit_id: str) -> list[tuple[Decision, str]]:
    """Every decision on a visit with the name of who decided, oldest first."""
    columns: Any = Decision
    decisions: Any = visible_to(actor, Decision).where(columns.visit_id == visit_id)
    account: Any = Account
    named = decisions.join(
        account, (account.commune_id == columns.commune_id) & (account.id == columns.decided_by)
    )
    rows = session.execute(
        named.with_only_columns(Decision, Account.name).order_by(columns.decided_at, columns.id)
    )
    return [(decision, name) for decision, name in rows]
