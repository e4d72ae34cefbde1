"""Reviews as the desk reads them: what was decided about a visit."""

from typing import Any

from sqlmodel import Session

from app.accounts.access import Actor, find, visible_to
from app.accounts.models import Account
from app.core.errors import NotFound
from app.reviews.models import Decision, DecisionBatch


def batch_of(session: Session, actor: Actor, batch_id: str) -> DecisionBatch:
    """One of the actor's own batches of decisions. Raises `NotFound`."""
    batch = find(session, actor, DecisionBatch, batch_id)
    if batch.made_by != actor.account_id:
        raise NotFound
    return batch


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
