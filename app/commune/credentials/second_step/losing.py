"""What supervisors and operators do when a supervisor has lost the factor and the recovery codes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor
from app.commune.accounts.models import Account, SignInSession
from app.commune.accounts.sessions import CODE, REMEMBERED_LIFETIME
from app.commune.credentials.second_step.events import RESET
from app.commune.credentials.second_step.holder import Holder, find_holder
from app.commune.credentials.second_step.lineage import Lineage
from app.commune.second_factor import factors, losses
from app.commune.second_factor.models import FactorLoss
from app.core.errors import NotFound
from app.core.text import by_given_name

FACTOR_AGE = timedelta(days=1)  # of a factor that confirms somebody else's loss


@dataclass(frozen=True)
class Refusal:
    """Why somebody cannot confirm a loss. `reason`: `own`, `operator` (it needs none), `no_factor`,
    `new_factor` (it is younger than `FACTOR_AGE`), or `same`: with its owner they count as one person, as
    both come from those with the ids `shared`, of whom one has the name `giver`, empty for an operator.
    `others`: the names of colleagues who are a second person."""

    reason: str
    shared: frozenset[str]
    giver: str
    others: list[str]


def usable_loss(session: Session, holder: Holder, now: datetime) -> FactorLoss | None:
    """The loss by which the session may set up a new factor instead of showing one."""
    if holder.row.pending != CODE or not isinstance(holder.row, SignInSession):
        return None
    return losses.usable(session, holder.commune_id, holder.id, holder.row.token_hash, now)


def ask_for_colleague(session: Session, cookie: str | None, browser: str, now: datetime) -> None:
    """Ask for a confirmation that factor and codes are lost. The session lasts until it can be used no more.
    Raises `NotFound` for whoever has none or is not asked for a code, `SignInRequired`."""
    holder = find_holder(session, cookie, now)
    row = holder.row
    if row.pending != CODE or not isinstance(row, SignInSession):
        raise NotFound
    losses.ask(session, holder.commune_id, holder.id, row.token_hash, browser, now)
    row.expires_at = now + REMEMBERED_LIFETIME
    session.add(row)


def with_own_loss(session: Session, actor: Actor, now: datetime) -> Actor:
    """The supervisor, with the newest loss that somebody has reported of them."""
    found = losses.open_of(session, actor.commune_id, actor.account_id, now)
    return replace(actor, loss_id=found[0].id) if found else actor


def why_not_confirm(
    session: Session, actor: Actor, cookie: str | None, loss: FactorLoss, now: datetime
) -> Refusal | None:
    """Why an actor cannot confirm a colleague's loss; None if they can."""
    holder = find_holder(session, cookie, now)
    own = factors.list_factors(session, holder.sign_in_name)
    lineage = _lineage(session, loss)
    shared = lineage.shared(actor.account_id, loss.account_id)
    reasons = (
        ("own", loss.account_id == actor.account_id),
        ("operator", bool(loss.operator)),
        ("same", bool(shared)),
        ("no_factor", not own or holder.row.confirmed_at is None),
        ("new_factor", all(one.added_at > now - FACTOR_AGE for one in own)),
    )
    reason = next((reason for reason, holds in reasons if holds), "")
    giver = session.get(Account, (loss.commune_id, min(shared))) if shared else None
    others = second_persons(session, loss)
    return Refusal(reason, shared, giver.name if giver else "", others) if reason else None


def second_persons(session: Session, loss: FactorLoss) -> list[str]:
    """The names of the commune's supervisors who are another person than the owner of a loss."""
    lineage = _lineage(session, loss)
    wanted = select(Account).where(Account.commune_id == loss.commune_id, Account.role == "supervisor")
    names = [
        one.name
        for one in session.exec(wanted.where(col(Account.ended_at).is_(None)))
        if not lineage.shared(one.id, loss.account_id)
    ]
    return sorted(names, key=by_given_name)


def is_second_person(session: Session, operator_id: str, loss: FactorLoss) -> bool:
    """Whether an operator may confirm a loss: it is asked by its owner, who comes from somebody else."""
    is_open = not loss.operator and loss.confirmed_at is None
    return is_open and not _lineage(session, loss).shared(operator_id, loss.account_id)


def confirm_loss(session: Session, actor: Actor, cookie: str | None, loss_id: str, now: datetime) -> bool:
    """Confirm a colleague's loss; whether that was possible (`why_not_confirm`). Raises `NotFound`."""
    loss = losses.find_open(session, actor.commune_id, loss_id, now)
    if why_not_confirm(session, actor, cookie, loss, now):
        return False
    losses.confirm(session, loss, actor.account_id, now)
    return True


def replace_lost(session: Session, holder: Holder, now: datetime) -> None:
    """Remove the factors and codes whose loss was confirmed, before a new factor is added."""
    loss = usable_loss(session, holder, now)
    if loss is not None:
        factors.remove_all(session, holder.sign_in_name)
        losses.finish(session, loss, now)
        holder.note(session, RESET, now, loss=loss.id)


def _lineage(session: Session, loss: FactorLoss) -> Lineage:
    return Lineage(session, loss.commune_id, loss.asked_at)
