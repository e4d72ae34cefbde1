"""Decisions that others made after the visits were shown: nobody's decision is replaced unseen.

A form says which review of a visit it was made from. If a colleague has decided on the visit since, and
otherwise, the supervisor is asked first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account
from app.core.errors import StaleDecision
from app.fieldwork.visits.models import Visit
from app.review.decisions.models import Decision
from app.review.decisions.selection import DECIDED, SAME, SelectedVisits
from app.review.decisions.verdicts import Verdict, verdict_of


class DecidedMeanwhile(StaleDecision):
    """Colleagues decided on the visits `visit_ids` after they were shown; `others` more were selected."""

    def __init__(self, visit_ids: list[str], others: int) -> None:
        super().__init__()
        self.visit_ids = visit_ids
        self.others = others


@dataclass(frozen=True)
class Answer:
    """What the supervisor answered when asked: replace the decisions that stood when the feed's head was
    `head`, or leave those visits alone."""

    replace: bool
    head: int = 0


@dataclass(frozen=True)
class Standing:
    """The decision that is in effect on a visit, and who made it."""

    visit_id: str
    account_id: str
    person: str
    state: str
    at: datetime


def add_replaceable(
    session: Session, actor: Actor, selected: SelectedVisits, verdict: Verdict, answer: Answer | None
) -> None:
    """Add the visits of `selected.decided` that `verdict` may replace to its rows, and count the others.

    Not replaced are visits that have this verdict already, the actor's own decisions, and, with
    `answer.replace` false, those of colleagues. Raises `DecidedMeanwhile` with the visits for which there is
    no answer.
    """
    same = [row for row in selected.rows if verdict_of(row) == verdict]
    selected.rows[:] = [row for row in selected.rows if verdict_of(row) != verdict]
    selected.skipped[SAME] += len(same)
    changed = [row for row in selected.decided if verdict_of(row) != verdict]
    own = {
        decision.visit_id
        for decision in standing_decisions(session, actor, [row["id"] for row in changed])
        if decision.account_id == actor.account_id
    }
    others = [row for row in changed if row["id"] not in own]
    replaced = [row for row in others if answer and answer.replace and row["feed_seq"] <= answer.head]
    leave = answer is not None and not answer.replace
    asked = [] if leave else [row["id"] for row in others if row not in replaced]
    if asked:
        raise DecidedMeanwhile(asked, len(selected.rows) + len(replaced))
    selected.skipped[DECIDED] += len(selected.decided) - len(replaced)
    selected.rows.extend(replaced)


def standing_decisions(session: Session, actor: Actor, visit_ids: Iterable[str]) -> list[Standing]:
    """The decisions in effect on these visits, newest first; none for visits that wait for one."""
    ids = sorted(visit_ids)
    if not ids:
        return []
    is_author = and_(col(Account.commune_id) == actor.commune_id, col(Account.id) == col(Decision.decided_by))
    is_in_effect = and_(
        col(Visit.commune_id) == actor.commune_id,
        col(Visit.id) == col(Decision.visit_id),
        col(Visit.review_state) == col(Decision.state),
        col(Visit.reviewed_at) == col(Decision.decided_at),
    )
    wanted = visible_to(actor, Decision).where(col(Decision.visit_id).in_(ids))
    rows = session.execute(
        wanted.join(Visit, is_in_effect)
        .join(Account, is_author)
        .where(col(Decision.undo).is_(False), col(Decision.state) != "received")
        .with_only_columns(Decision, col(Account.name))
        .order_by(col(Decision.decided_at).desc(), col(Decision.id))
    )
    return [Standing(one.visit_id, one.decided_by, name, one.state, one.decided_at) for one, name in rows]
