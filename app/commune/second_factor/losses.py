"""Supervisors who have lost their factor and their recovery codes: what they and operators ask, what
colleagues confirm or stop (docs/decisions/0141-a-lost-factor-takes-two.md)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account
from app.commune.areas import Commune
from app.commune.second_factor.models import FactorLoss
from app.core import desk_log
from app.core.errors import NotFound

WAIT = timedelta(days=3)  # so long it is said wherever its person may see it, before it opens anything
USABLE_FOR = timedelta(days=4)  # once it is due
ASKED, CONFIRMED, STOPPED = "factor.lost", "factor.confirmed", "factor.stopped"  # of the desk log


@dataclass(frozen=True)
class OpenLoss:
    """A loss that the commune sees, and whose it is."""

    loss: FactorLoss
    person: str


def ask(
    session: Session, commune_id: str, account_id: str, session_hash: str, browser: str, now: datetime
) -> None:
    """Ask for a confirmation that the person of a session has lost everything. Once is enough."""
    open_ones = open_of(session, commune_id, account_id, now)
    if not any(one.session_hash == session_hash for one in open_ones):
        _add(session, FactorLoss(
            commune_id=commune_id, id=secrets.token_urlsafe(12), account_id=account_id, asked_at=now,
            browser=browser, session_hash=session_hash, due_at=now + WAIT,
        ), now, {})  # fmt: skip


def ask_as_operator(
    session: Session, commune_id: str, account_id: str, operator: tuple[str, str], now: datetime
) -> None:
    """Have the person set up a new factor after `WAIT`, unless somebody stops it. Once is enough. `operator`:
    id and name."""
    id, name = operator
    if any(one.operator for one in open_of(session, commune_id, account_id, now)):
        return
    loss = FactorLoss(
        commune_id=commune_id,
        id=secrets.token_urlsafe(12),
        account_id=account_id,
        asked_at=now,
        operator=name,
        due_at=now + WAIT,
    )
    _add(session, loss, now, {"by": id})


def list_open(session: Session, actor: Actor, now: datetime) -> list[OpenLoss]:
    """Those of the actor's commune that a supervisor may confirm or stop, the newest first."""
    is_owner = and_(col(Account.commune_id) == actor.commune_id, col(Account.id) == FactorLoss.account_id)
    wanted = visible_to(actor, FactorLoss).where(_is_open(now)).join(Account, is_owner)
    rows = session.execute(
        wanted.with_only_columns(FactorLoss, col(Account.name)).order_by(col(FactorLoss.asked_at).desc())
    )
    return [OpenLoss(loss, name) for loss, name in rows]


def find_open(session: Session, commune_id: str, loss_id: str, now: datetime) -> FactorLoss:
    """One of the commune that is open. Raises `NotFound`."""
    wanted = select(FactorLoss).where(FactorLoss.commune_id == commune_id, FactorLoss.id == loss_id)
    loss = session.exec(wanted.where(_is_open(now))).first()
    if loss is None:
        raise NotFound
    return loss


def own(session: Session, actor: Actor) -> FactorLoss:
    """The one that somebody has reported of the actor (`Actor.loss_id`)."""
    return session.get_one(FactorLoss, (actor.commune_id, actor.loss_id))


def confirm(session: Session, loss: FactorLoss, by: str, now: datetime) -> None:
    """The session that asked may set up a new factor once it is due, which replaces the old ones. `by`: the
    id of a supervisor or operator."""
    loss.confirmed_at, loss.confirmed_by = now, by
    session.add(loss)
    _note(session, loss, CONFIRMED, now, {"by": by})


def stop(session: Session, loss: FactorLoss, by: str, now: datetime) -> None:
    """Nothing changes of the factor."""
    loss.stopped_at, loss.stopped_by = now, by
    session.add(loss)
    _note(session, loss, STOPPED, now, {"by": by})


def end_again(session: Session, commune_id: str, loss_id: str, now: datetime) -> None:
    """Repeat that one was stopped, or used, after the backup that was restored."""
    loss = session.get(FactorLoss, (commune_id, loss_id))
    if loss is not None:
        loss.stopped_at = now
        session.add(loss)


def open_in(session: Session, commune_id: str, now: datetime) -> list[FactorLoss]:
    """The open ones of a commune."""
    return list(session.exec(select(FactorLoss).where(FactorLoss.commune_id == commune_id, _is_open(now))))


def communes_with_open(session: Session, now: datetime) -> list[Commune]:
    """The communes of the instance that have open ones, by official code."""
    ids = set(session.exec(select(FactorLoss.commune_id).where(_is_open(now))))
    wanted = select(Commune).where(col(Commune.id).in_(sorted(ids)))
    return list(session.exec(wanted.order_by(Commune.code)))


def open_of(session: Session, commune_id: str, account_id: str, now: datetime) -> list[FactorLoss]:
    """The open ones of a person, the newest first."""
    wanted = select(FactorLoss).where(
        FactorLoss.commune_id == commune_id, FactorLoss.account_id == account_id, _is_open(now)
    )
    return list(session.exec(wanted.order_by(col(FactorLoss.asked_at).desc())))


def usable(
    session: Session, commune_id: str, account_id: str, session_hash: str, now: datetime
) -> FactorLoss | None:
    """The one by which this session may set up a new factor: it is due, and an operator's or confirmed for
    the session."""
    for one in open_of(session, commune_id, account_id, now):
        is_confirmed = one.confirmed_at is not None and one.session_hash == session_hash
        if (is_confirmed or one.operator) and one.due_at is not None and one.due_at <= now:
            return one
    return None


def finish(session: Session, loss: FactorLoss, now: datetime) -> None:
    """A new factor has replaced the old ones."""
    loss.done_at = now
    session.add(loss)


def _is_open(now: datetime) -> ColumnElement[bool]:
    """Not decided, and not over. Without a `due_at` it is from before colleagues' waited too, and over."""
    is_undecided = and_(col(FactorLoss.stopped_at).is_(None), col(FactorLoss.done_at).is_(None))
    return and_(is_undecided, col(FactorLoss.due_at) > now - USABLE_FOR)


def _add(session: Session, loss: FactorLoss, now: datetime, details: dict[str, str]) -> None:
    session.add(loss)
    session.flush()
    _note(session, loss, ASKED, now, details)


def _note(session: Session, loss: FactorLoss, what: str, now: datetime, details: dict[str, str]) -> None:
    desk_log.note(session, loss.commune_id, what, now, account=loss.account_id, loss=loss.id, **details)
