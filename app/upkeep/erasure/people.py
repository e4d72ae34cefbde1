"""Erasing the name and number of somebody who has left: the account stays, because its visits count and its
decisions stand."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlmodel import Session

from app.commune.accounts.access import FIELD_ROLES, Actor, find
from app.commune.accounts.call_history import CallRecord, SettledLoss
from app.commune.accounts.models import Account, Device
from app.core import desk_log
from app.core.db import table_of
from app.core.desk_log import Entry
from app.core.errors import NotFound
from app.core.feed import feed
from app.sync.lost_phones.models import LostPhone
from app.upkeep.erasure.erasing import numbered
from app.upkeep.erasure.sign_in import erase_sign_in

EVENT: Final = "account.erased"
ERASED_NAME: Final = "Người đã xóa tên"
"""Stored as the name, because every list and every phone shows it."""
ERASED_SUPERVISOR: Final = "Cán bộ đã xóa tên"
"""The same for a supervisor, whose decisions stand."""


def erase_member(session: Session, actor: Actor, account_id: str, now: datetime) -> None:
    """Erase name, number, the names of phones and what was noted of calls; erasing again changes nothing.

    Raises `NotFound`, also for somebody who has not left, or who works at the desk.
    """
    account = find(session, actor, Account, account_id)
    if account.role not in FIELD_ROLES:
        raise NotFound
    _erase_ended(session, actor, account, now)


def erase_supervisor(session: Session, actor: Actor, account_id: str, now: datetime) -> None:
    """Erase name, sign-in name and number of a colleague, and with them whatever they signed in with; erasing
    again changes nothing.

    Raises `NotFound`, also for somebody who has not left: so nobody does it to themselves, and the one who
    decides stays.
    """
    account = find(session, actor, Account, account_id)
    if account.role != "supervisor":
        raise NotFound
    _erase_ended(session, actor, account, now)


def erase_people_again(session: Session, entries: Iterable[Entry], now: datetime) -> int:
    """Erase what these entries of the desk log say was erased; returns how many people were there again."""
    keys = {(entry["commune_id"], entry["account"]) for entry in entries if entry["what"] == EVENT}
    found = [account for key in sorted(keys) if (account := session.get(Account, key))]
    again = [account for account in found if account.erased_at is None]
    for account in again:
        with numbered(session, account.commune_id):
            _erase(session, account, now)
    return len(again)


def _erase_ended(session: Session, actor: Actor, account: Account, now: datetime) -> None:
    if account.ended_at is None:
        raise NotFound
    if account.erased_at is None:
        _erase(session, account, now)
        desk_log.note(session, actor.commune_id, EVENT, now, account=account.id, by=actor.account_id)


def _erase(session: Session, account: Account, now: datetime) -> None:
    if account.role == "supervisor":
        erase_sign_in(session, account, ERASED_SUPERVISOR)
        account.name = ERASED_SUPERVISOR
    else:
        _erase_phones(session, account)
        account.name = ERASED_NAME
    # Phones that have the number get the row once more, without it.
    account.contact_phone = None if account.contact_phone is None else ""
    account.phone, account.erased_at = None, now
    feed(session, account.commune_id, [account])
    session.add(account)
    session.flush()


def _erase_phones(session: Session, account: Account) -> None:
    """The names of a member's phones, and what was noted of calls and losses."""
    device, call = table_of(Device), table_of(CallRecord)
    own = (device.c.commune_id == account.commune_id, device.c.account_id == account.id)
    ids = list(session.scalars(select(device.c.id).where(*own)))
    session.execute(update(device).where(*own).values(name=""))
    calls = (call.c.commune_id == account.commune_id, call.c.account_id == account.id)
    session.execute(update(call).where(*calls).values(note=""))
    for table, column in ((table_of(SettledLoss), "reason"), (table_of(LostPhone), "happened")):
        of_devices = (table.c.commune_id == account.commune_id, table.c.device_id.in_(ids))
        session.execute(update(table).where(*of_devices).values({column: ""}))
