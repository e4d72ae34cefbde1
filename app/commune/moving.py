"""A commune moves to another instance: it leaves this one, comes back if that is undone, or arrives here.

`docs/decisions/0136-a-commune-moves-with-its-epoch.md` has the reasons, and
`docs/decisions/0143-a-commune-moves-without-a-name-of-its-own.md` those of the codes.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NotRequired

from sqlalchemy import BigInteger, exists, false, update
from sqlmodel import Field, Session, SQLModel, col, select
from typing_extensions import TypedDict

from app.commune.accounts import people
from app.commune.accounts.access import Actor
from app.commune.accounts.models import Account, Device, Invite
from app.commune.areas import Commune
from app.core import desk_log
from app.core.clock import Instant, wire_time
from app.core.desk_log import DeskEntry, Entry
from app.core.feed import FeedCounter
from app.core.id_key.derived import derived_secret
from app.core.personal_data import rows
from app.core.personal_data.columns import stores

MOVED, MOVE_UNDONE, ARRIVED = "commune.moved", "commune.move_undone", "commune.arrived"  # of the desk log


@stores(rows.TECHNICAL, {rows.TECHNICAL: "file_hash"})
class CommuneArrival(SQLModel, table=True):
    """An import of a commune that has begun and not ended: the first `rows` rows of its file are stored.

    `file_hash`: SHA-256 of the file's content. `is_rechained`: the desk log has entries of the commune here,
    so that those of the file follow them and are a new chain.
    """

    __tablename__ = "commune_arrival"

    commune_id: str = Field(primary_key=True)
    file_hash: str
    rows: int = Field(default=0, sa_type=BigInteger)
    begun_at: datetime = Field(sa_type=Instant)
    is_rechained: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class MovedCommune(TypedDict):
    """Where the commune of a phone is by now. `code`: with which its owner signs in there, once, before
    `until`; left out if there is none for them."""

    address: str
    code: NotRequired[str]
    until: NotRequired[str]


def with_phones(session: Session, commune_id: str) -> list[Account]:
    """The accounts that sign in on phones and have one in use."""
    phone = exists().where(
        col(Device.commune_id) == commune_id,
        col(Device.account_id) == col(Account.id),
        col(Device.revoked_at).is_(None),
    )
    wanted = select(Account).where(Account.commune_id == commune_id, phone, col(Account.ended_at).is_(None))
    return list(session.exec(wanted.where(col(Account.phone).is_not(None)).order_by(Account.id)))


def code_of(session: Session, commune_id: str, account_id: str, moved_at: datetime) -> str:
    """The code with which an account signs in at the new address.

    It is stored nowhere: this instance derives it again when a phone of the account asks, and the other one
    gets its hash.
    """
    what = f"code after a move {commune_id} {account_id} {moved_at.astimezone(UTC).isoformat()}"
    return f"{int.from_bytes(derived_secret(session, what)) % 10**8:08d}"


def invite_phones(session: Session, commune_id: str, hashes: Mapping[str, str], moved_at: datetime) -> None:
    """Issue its code to each account with a phone; earlier open codes end. `hashes`: of the codes, by
    account, as far as they were computed before."""
    for account in with_phones(session, commune_id):
        code = code_of(session, commune_id, account.id, moved_at)
        people.invite(session, account, moved_at, code, code_hash=hashes.get(account.id, ""))


def moved_commune(session: Session, actor: Actor, now: datetime) -> MovedCommune:
    """Where the commune of a phone's actor is, and the actor's code there if it may still be open."""
    found: MovedCommune = {"address": actor.moved_to}
    moved_at = session.get_one(Commune, actor.commune_id).moved_at
    if actor.suspended or moved_at is None:
        return found
    issued = select(Invite.expires_at).where(
        Invite.commune_id == actor.commune_id,
        Invite.account_id == actor.account_id,
        Invite.created_at == moved_at,
        Invite.expires_at > now,
    )
    if until := session.exec(issued).first():
        found["code"] = code_of(session, actor.commune_id, actor.account_id, moved_at)
        found["until"] = wire_time(until)
    return found


def leave(session: Session, commune: Commune, address: str, now: datetime) -> None:
    """Have the commune be at `address` from now on: nothing of it is numbered here any more, nobody signs in,
    and phones keep what they have. Waits for the transactions that are numbering rows."""
    _set_away(session, commune.id, is_away=True)
    commune.moved_at, commune.moved_to = now, address
    session.add(commune)
    desk_log.note(session, commune.id, MOVED, now, to=address)


def come_back(session: Session, commune: Commune, now: datetime) -> None:
    """Have the commune be here again, as it was when it left."""
    _set_away(session, commune.id, is_away=False)
    commune.moved_at = commune.moved_to = None
    session.add(commune)
    desk_log.note(session, commune.id, MOVE_UNDONE, now)


def repeat(session: Session, entry: Entry) -> None:
    """Repeat what an entry of the desk log says that the restored database lacks: a commune that has left
    does not come back with an old backup."""
    commune = session.get(Commune, entry["commune_id"])
    if commune is None or commune.started_at is None:
        return
    is_away = entry["what"] == MOVED
    _set_away(session, commune.id, is_away=is_away)
    commune.moved_at = datetime.fromisoformat(entry["at"]) if is_away else None
    commune.moved_to = entry["to"] if is_away else None
    session.add(commune)


def arrivals(session: Session, commune_id: str) -> list[Entry]:
    """The entries that say that the commune arrived here, also those that a restore has found in the desk
    log."""
    entries = session.exec(select(DeskEntry).where(DeskEntry.commune_id == commune_id))
    return [row.entry for row in entries if row.entry["what"] == ARRIVED]


def find_arrival(session: Session, commune_id: str) -> CommuneArrival | None:
    """The import of this commune that has not ended."""
    return session.exec(select(CommuneArrival).where(CommuneArrival.commune_id == commune_id)).first()


def _set_away(session: Session, commune_id: str, *, is_away: bool) -> None:
    of_commune = col(FeedCounter.commune_id) == commune_id
    session.execute(update(FeedCounter).where(of_commune).values(is_away=is_away))
