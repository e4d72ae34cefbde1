"""What operators see and do: the communes of the instance, and their supervisors. No household, no member."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.commune import areas
from app.commune.accounts import people
from app.commune.accounts.models import Account
from app.commune.areas import Commune, Province
from app.commune.catalog.services import add_default_services
from app.commune.credentials import supervisors
from app.commune.credentials.models import Operator
from app.commune.credentials.second_step import losing
from app.commune.credentials.supervisors import Supervisor
from app.commune.guides.library import add_guides
from app.commune.second_factor import losses
from app.core import desk_log
from app.core.errors import NotFound, StaleDecision
from app.core.strings import _
from app.core.text import fold

FOUND_LIMIT = 50
OFF_EVENT, ON_EVENT = "commune.off", "commune.on"  # of the desk log


@dataclass(frozen=True)
class CommuneEntry:
    """A commune with its province."""

    commune: Commune
    province: Province


def count_supervisors(session: Session, commune_ids: Sequence[str]) -> Counter[str]:
    """How many supervisors work in each of these communes."""
    working = select(Account.commune_id).where(Account.role == "supervisor", col(Account.ended_at).is_(None))
    return Counter(session.exec(working.where(col(Account.commune_id).in_(commune_ids))))


def search(session: Session, words: str, province_code: str = "") -> tuple[list[str], int]:
    """The communes of a province, or of all (""), whose name and province have all the words, without regard
    to accents: the ids of at most `FOUND_LIMIT`, those of just this name first, and how many there are. None
    without words."""
    first = fold(words)
    wanted = first.split()
    if not wanted:
        return [], 0
    columns = (col(Commune.id), col(Commune.code), col(Commune.kind), col(Commune.name), col(Province.name))
    communes = select_columns(*columns).join(Province, col(Province.code) == Commune.province_code)
    if province_code:
        communes = communes.where(col(Commune.province_code) == province_code)
    found = [
        (id, name, f"{kind} {name}")
        for id, code, kind, name, province in session.execute(communes.order_by(Commune.code))
        if all(word in _folded(f"{kind} {name} {province} {code}") for word in wanted)
    ]
    found.sort(key=lambda one: first not in map(_folded, one[1:]))
    return [id for id, *_names in found[:FOUND_LIMIT]], len(found)


def find_commune(session: Session, commune_id: str) -> CommuneEntry:
    """The commune with this id. Raises `NotFound`."""
    wanted = select(Commune, Province).where(Commune.id == commune_id)
    found = session.exec(wanted.where(col(Province.code) == Commune.province_code)).first()
    if found is None:
        raise NotFound
    return CommuneEntry(*found)


def supervisors_of(session: Session, commune_id: str, now: datetime) -> list[Supervisor]:
    """The supervisors of a commune, those who have left last."""
    accounts = select(Account).where(Account.commune_id == commune_id, Account.role == "supervisor")
    return supervisors.of_accounts(session, list(session.exec(accounts)), now)


def begin(
    session: Session, operator: Operator, commune_id: str, name: str, sign_in_name: str, now: datetime
) -> str:
    """Begin a commune with its first supervisor: the token of the link.

    Raises `NotFound`, `NameTaken`, `TextRefused`, and `StaleDecision` if it has begun.
    """
    commune = session.exec(select(Commune).where(Commune.id == commune_id).with_for_update()).first()
    if commune is not None and commune.started_at is not None:
        raise StaleDecision
    return add_supervisor(session, operator, commune_id, name, sign_in_name, now)[1]


def add_supervisor(
    session: Session, operator: Operator, commune_id: str, name: str, sign_in_name: str, now: datetime
) -> tuple[Account, str]:
    """Begin the commune if it has not begun, and add a supervisor: the account, and the token of the link.

    Raises `NotFound`, `NameTaken`, `TextRefused`.
    """
    locked = select(Commune).where(Commune.id == commune_id).with_for_update()
    commune = session.exec(locked).first()
    if commune is None or commune.moved_at is not None:
        raise NotFound
    has_begun = commune.started_at is not None
    areas.start_commune(session, commune.code, lambda: now)
    add_default_services(session, commune.id)
    add_guides(session, commune.id)
    account = people.add_supervisor(session, commune.id, name, sign_in_name)
    # In a commune that has begun its colleagues hear of it.
    reset_by = _as_operator(operator) if has_begun else ""
    token = supervisors.issue_link(session, account, sign_in_name, now, by=operator.id, reset_by=reset_by)
    return account, token


def reset_password(
    session: Session, operator: Operator, commune_id: str, account_id: str, now: datetime
) -> tuple[Supervisor, str]:
    """A supervisor who has not left, and the token of a link for a new password. Raises `NotFound`."""
    for one in supervisors_of(session, commune_id, now):
        if one.account.id == account_id and one.account.ended_at is None:
            token = supervisors.issue_link(
                session, one.account, one.sign_in_name, now, by=operator.id, reset_by=_as_operator(operator)
            )
            return one, token
    raise NotFound


def ask_for_new_factor(
    session: Session, operator: Operator, commune_id: str, account_id: str, now: datetime
) -> None:
    """Have a supervisor who has lost factor and recovery codes set up a new one after `losses.WAIT`, unless
    somebody stops it. Raises `NotFound`."""
    for one in supervisors_of(session, commune_id, now):
        if one.account.id == account_id and one.account.ended_at is None:
            losses.ask_as_operator(session, commune_id, account_id, (operator.id, operator.name), now)
            return
    raise NotFound


def confirm_loss(session: Session, operator: Operator, commune_id: str, loss_id: str, now: datetime) -> None:
    """Confirm what a supervisor has asked. Raises `NotFound`, also if the operator is no second person."""
    loss = losses.find_open(session, commune_id, loss_id, now)
    if not losing.is_second_person(session, operator.id, loss):
        raise NotFound
    losses.confirm(session, loss, operator.id, now)


def stop_loss(session: Session, operator: Operator, commune_id: str, loss_id: str, now: datetime) -> None:
    """The factor stays as it is. Raises `NotFound`."""
    losses.stop(session, losses.find_open(session, commune_id, loss_id, now), operator.id, now)


def switch_off(session: Session, operator: Operator, commune_id: str, now: datetime) -> None:
    """Nobody signs in to the commune and its phones exchange nothing, until `switch_on`; sessions, invites
    and links stay as they are. One that is off stays so. Raises `NotFound` if it has not begun."""
    _switch(session, operator, commune_id, now, now)


def switch_on(session: Session, operator: Operator, commune_id: str, now: datetime) -> None:
    """Sessions go on, and phones send what they have. Raises `NotFound` if it has not begun."""
    _switch(session, operator, commune_id, None, now)


def switch_again(session: Session, commune_id: str, off_at: datetime | None) -> None:
    """Repeat what an operator decided after the backup that was restored."""
    if commune := session.get(Commune, commune_id):
        commune.off_at = off_at
        session.add(commune)


def _switch(
    session: Session, operator: Operator, commune_id: str, off_at: datetime | None, now: datetime
) -> None:
    commune = session.exec(select(Commune).where(Commune.id == commune_id).with_for_update()).first()
    if commune is None or commune.started_at is None or commune.moved_at is not None:
        raise NotFound
    if (commune.off_at is None) == (off_at is None):
        return
    commune.off_at = off_at
    session.add(commune)
    desk_log.note(session, commune_id, OFF_EVENT if off_at else ON_EVENT, now, by=operator.id)


def _as_operator(operator: Operator) -> str:
    return _("%(person)s, người vận hành", person=operator.name)


@lru_cache(16_384)  # 3,321 communes, each with its province, and by its names
def _folded(text: str) -> str:
    return fold(text)
