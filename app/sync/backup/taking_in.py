"""Taking a backup file in: its operations are applied as its phone would have sent them, each once.

They keep their ids, so what the phone sends later, or another copy of the file, doubles nothing.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.accounts import devices
from app.accounts.access import actor_for
from app.accounts.models import Account, Device
from app.core.db import Database
from app.core.desk_log import DeskLog
from app.core.strings import _
from app.sync.backup import keys, sealed
from app.sync.backup.sealed import FOREIGN, Content, FileRefused
from app.sync.push import push_kept

UNKNOWN_PHONE = _("Máy chủ này không biết chiếc máy đã chép tệp. Chưa nhận gì từ tệp.")


@dataclass(frozen=True)
class Taken:
    """What became of a file's operations, by what the server answers to each; `person`: whose phone it is."""

    person: str
    applied: int
    known: int
    waiting: int
    refused: int
    again: int

    @property
    def total(self) -> int:
        return self.applied + self.known + self.waiting + self.refused + self.again


def take_in(database: Database, file: bytes, now: datetime, commune_id: str | None = None) -> Taken:
    """Take a file in, for the commune whose desk it was brought to, or whichever it was made for.

    Raises `FileRefused`. As many operations as an exchange may hold are committed by themselves: whatever
    stops it, the file can be taken in again.
    """
    content = _opened(database, file, commune_id)
    account = database.write(lambda session: _author(session, content, database.desk_log, now))
    counts: Counter[str] = Counter()
    for operations in content.batches():
        counts += database.write(lambda session, ops=operations: _apply(session, content, ops, now))  # type: ignore[misc]
    return Taken(
        person=account.name,
        applied=counts["applied"],
        known=counts["duplicate"],
        waiting=counts["quarantined"] + counts["conflict"],
        refused=counts["rejected"],
        again=counts["retry"],
    )


def sentence(taken: Taken) -> str:
    """What to tell whoever brought the file."""
    parts = [_("đã nhận %(n)s", n=taken.applied), _("đã có từ trước %(n)s", n=taken.known)]
    if taken.waiting:
        parts.append(_("chờ xử lý %(n)s", n=taken.waiting))
    if taken.refused:
        parts.append(_("bị từ chối %(n)s", n=taken.refused))
    if taken.again:
        parts.append(_("chưa ghi được %(n)s, hãy nhận lại tệp này", n=taken.again))
    whose = _("Tệp của %(person)s có %(total)s bản ghi", person=taken.person, total=taken.total)
    return f"{whose}: {', '.join(parts)}."


def _opened(database: Database, file: bytes, commune_id: str | None) -> Content:
    parts = sealed.read(file)
    key = database.read(lambda session: keys.find(session, parts.key_id))
    if key is None or commune_id not in (None, key.commune_id):
        raise FileRefused(FOREIGN)
    content = sealed.opened(parts, keys.secret_of(key))
    if content.commune_id != key.commune_id:
        raise FileRefused(FOREIGN)
    return content


def _author(session: Session, content: Content, log: DeskLog | None, now: datetime) -> Account:
    """Whose phone it is. The device's id is known to it and to the server only: so the file is its."""
    device = session.get(Device, (content.commune_id, content.device_id))
    account = session.get(Account, (content.commune_id, content.account_id))
    if account is not None and device is None and log is not None:
        device = _from_log(session, account, content.device_id, log, now)
    if device is None or account is None or device.account_id != account.id:
        raise FileRefused(UNKNOWN_PHONE)
    return account


def _from_log(
    session: Session, account: Account, device_id: str, log: DeskLog, now: datetime
) -> Device | None:
    """A phone that a restore has forgotten together with its person, who was invited again: the desk log
    knows whose it was, and whether it was revoked."""
    whose = {"commune_id": account.commune_id, "account": account.id, "device": device_id}
    told = [entry for entry in log.entries() if whose.items() <= entry.items()]
    if not any(entry["what"] == "device.enrolled" for entry in told):
        return None
    device = devices.suspend(session, account, device_id, now)
    for entry in told:
        if entry["what"] in ("device.revoked", "device.allowed"):
            device.revoked_by = entry["by"] if entry["what"] == "device.revoked" else None
    return device


def _apply(
    session: Session, content: Content, operations: list[dict[str, Any]], now: datetime
) -> Counter[str]:
    account = session.get_one(Account, (content.commune_id, content.account_id))
    actor = actor_for(session, account, content.device_id)
    device = devices.lock(session, actor)
    assert device is not None, "it was here just before, and devices stay"
    # A restore suspends phones as well (`devices.suspend`), but against those nobody has decided.
    actor = replace(actor, suspended=account.ended_at is not None or device["revoked_by"] is not None)
    # The file may have travelled for days: how far off the phone's clock is was seen when it last sent.
    offset = timedelta(milliseconds=device["clock_offset_ms"])
    results = push_kept(session, actor, device, operations, now, offset)
    return Counter(result["status"] for result in results)
