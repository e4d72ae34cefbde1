"""What operators see and do: the communes of the instance, and their supervisors. No household, no member."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.commune import areas
from app.commune.accounts import people
from app.commune.accounts.models import Account
from app.commune.areas import Commune, Province
from app.commune.catalog.services import add_default_services
from app.commune.credentials import supervisors
from app.commune.credentials.models import Operator
from app.commune.credentials.supervisors import Supervisor
from app.commune.guides.library import add_guides
from app.core.errors import NotFound
from app.core.strings import _
from app.core.text import fold

FOUND_LIMIT = 50


@dataclass(frozen=True)
class CommuneEntry:
    """A commune with its province; `supervisors`: how many work there."""

    commune: Commune
    province: Province
    supervisors: int = 0


def list_begun(session: Session) -> list[CommuneEntry]:
    """The communes that have begun, by official code."""
    working = select(Account.commune_id).where(Account.role == "supervisor", col(Account.ended_at).is_(None))
    counts = Counter(session.exec(working))
    begun = _entries(session, col(Commune.started_at).is_not(None))
    return [CommuneEntry(one.commune, one.province, counts[one.commune.id]) for one in begun]


def search(session: Session, words: str) -> tuple[list[CommuneEntry], int]:
    """The communes whose name and province have all the words, without regard to accents, at most
    `FOUND_LIMIT`; and how many there are. None without words."""
    wanted = fold(words).split()
    if not wanted:
        return [], 0
    found = [one for one in _entries(session) if all(word in _searched(one) for word in wanted)]
    first = fold(words)
    found.sort(key=lambda one: fold(one.commune.name) != first)
    return found[:FOUND_LIMIT], len(found)


def find_commune(session: Session, commune_id: str) -> CommuneEntry:
    """The commune with this id. Raises `NotFound`."""
    found = _entries(session, Commune.id == commune_id)
    if not found:
        raise NotFound
    return found[0]


def supervisors_of(session: Session, commune_id: str, now: datetime) -> list[Supervisor]:
    """The supervisors of a commune, those who have left last."""
    accounts = select(Account).where(Account.commune_id == commune_id, Account.role == "supervisor")
    return supervisors.of_accounts(session, list(session.exec(accounts)), now)


def add_supervisor(
    session: Session, operator: Operator, commune_id: str, name: str, sign_in_name: str, now: datetime
) -> tuple[Account, str]:
    """Begin the commune if it has not begun, and add a supervisor: the account, and the token of the link.

    Raises `NotFound`, `NameTaken`, `TextRefused`.
    """
    locked = select(Commune).where(Commune.id == commune_id).with_for_update()
    commune = session.exec(locked).first()
    if commune is None:
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


def _as_operator(operator: Operator) -> str:
    return _("%(person)s, người vận hành", person=operator.name)


def _entries(session: Session, *where: object) -> list[CommuneEntry]:
    wanted = select(Commune, Province).where(col(Province.code) == Commune.province_code, *where)  # type: ignore[arg-type]
    rows = session.exec(wanted.order_by(Commune.code)).all()
    return [CommuneEntry(commune, province) for commune, province in rows]


def _searched(entry: CommuneEntry) -> str:
    return fold(f"{entry.commune.kind} {entry.commune.name} {entry.province.name} {entry.commune.code}")
