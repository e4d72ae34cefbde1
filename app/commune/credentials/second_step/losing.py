"""What supervisors do when one of them has lost the factor and the recovery codes."""

from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.accounts.models import Account, SignInSession
from app.commune.accounts.sessions import (
    CODE,
)
from app.commune.credentials import resets
from app.commune.credentials.second_step.events import RESET
from app.commune.credentials.second_step.holder import Holder, find_holder
from app.commune.second_factor import factors, losses
from app.commune.second_factor.models import FactorLoss
from app.core.errors import NotFound


def usable_loss(session: Session, holder: Holder, now: datetime) -> FactorLoss | None:
    """The loss by which the session may set up a new factor instead of showing one."""
    if holder.row.pending != CODE or not isinstance(holder.row, SignInSession):
        return None
    return losses.usable(session, holder.commune_id, holder.id, holder.row.token_hash, now)


def ask_for_colleague(session: Session, cookie: str | None, browser: str, now: datetime) -> None:
    """Ask the colleagues to confirm that factor and codes are lost. Raises `NotFound` for whoever has none or
    is not asked for a code, `SignInRequired`."""
    holder = find_holder(session, cookie, now)
    if holder.row.pending != CODE or not isinstance(holder.row, SignInSession):
        raise NotFound
    losses.ask(session, holder.commune_id, holder.id, holder.row.token_hash, browser, now)


def why_not_confirm(
    session: Session, actor: Actor, cookie: str | None, loss: FactorLoss, now: datetime
) -> str:
    """Why an actor cannot confirm a colleague's loss: `own`, `operator` (it needs none), `no_factor`,
    `new_factor` (it is younger than a day), `reset` (they had the password set); empty if they can."""
    holder = find_holder(session, cookie, now)
    own = factors.list_factors(session, holder.sign_in_name)
    account = session.get_one(Account, (loss.commune_id, loss.account_id))
    reasons = (
        ("own", loss.account_id == actor.account_id),
        ("operator", loss.due_at is not None),
        ("no_factor", not own or holder.row.confirmed_at is None),
        ("new_factor", all(one.added_at > now - losses.WAIT for one in own)),
        ("reset", resets.was_reset_by(session, account, actor.account_id, now)),
    )
    return next((reason for reason, holds in reasons if holds), "")


def confirm_loss(session: Session, actor: Actor, cookie: str | None, loss_id: str, now: datetime) -> bool:
    """Confirm a colleague's loss; whether that was possible (`why_not_confirm`). Raises `NotFound`."""
    loss = losses.find_open(session, actor, loss_id, now)
    if why_not_confirm(session, actor, cookie, loss, now):
        return False
    losses.confirm(session, actor, loss, now)
    return True


def replace_lost(session: Session, holder: Holder, now: datetime) -> None:
    """Remove the factors and codes whose loss was confirmed, before a new factor is added."""
    loss = usable_loss(session, holder, now)
    if loss is not None:
        factors.remove_all(session, holder.sign_in_name)
        losses.finish(session, loss, now)
        holder.note(session, RESET, now, loss=loss.id)
