"""A new history: what a restore must change so that phones and desk find out, and what it has undone."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from app.accounts.ending import ENDED, close_invites, end_account
from app.accounts.models import Account, Device
from app.accounts.people import RESET, set_password
from app.core.clock import wire_time
from app.core.db import ServerEpoch
from app.core.desk_log import DeskLog, Entry, stored

BEGAN = "history.began"
_OF_DEVICES = ("device.enrolled", "device.resumed", "device.revoked")
# How far numbers leap if the clock stands before an earlier restore: more than anything was written since.
_LEAP = 1_000_000


@dataclass(frozen=True)
class Undone:
    """What a restore has undone: decisions to be made again, devices that must be invited again, and accounts
    that it had brought back and that have been ended again."""

    decisions: list[Entry]
    devices: list[str]
    accounts: list[str]


def begin(session: Session, log: DeskLog, now: datetime) -> tuple[ServerEpoch, Undone]:
    """Begin a new history: phones send again what they sent since the backup, with the numbers it had.

    Devices that came or were revoked since the backup, by the desk log, may deliver and see nothing. Accounts
    that ended since are ended again. A password that was replaced since opens nothing, and neither does the
    new one.
    """
    history = session.exec(select(ServerEpoch)).one()
    lost = _lost(log, session, history.epoch)
    seconds = int(now.timestamp())
    history.epoch = secrets.token_urlsafe(12)
    history.floor = seconds if seconds > history.floor else history.floor + _LEAP
    session.add(history)
    of_devices = [entry for entry in lost if entry["what"] in _OF_DEVICES]
    devices = [device for entry in of_devices for device in _suspend(session, entry, now)]
    ended = [account for entry in lost if entry["what"] == ENDED for account in _end(session, entry, now)]
    for entry in lost:
        if entry["what"] == RESET:
            _close_desk(session, entry, now)
    decisions = [entry for entry in lost if entry["what"] not in (*_OF_DEVICES, ENDED)]
    return history, Undone(decisions, list(dict.fromkeys(devices)), list(dict.fromkeys(ended)))


def write_down(log: DeskLog, history: ServerEpoch, now: datetime) -> None:
    """From this line on the log tells of the new history."""
    line = {"id": secrets.token_urlsafe(12), "at": wire_time(now), "what": BEGAN, "epoch": history.epoch}
    log.append([line])


def _lost(log: DeskLog, session: Session, epoch: str) -> list[Entry]:
    """The entries of the backup's own history that the backup does not know."""
    known = {entry["id"] for entry in stored(session)}
    return [entry for entry in _of_history(log.entries(), epoch) if entry.get("id") not in known]


def _of_history(entries: Iterable[Entry], epoch: str) -> list[Entry]:
    """What was written down since the history of `epoch` began; everything, if that was the first."""
    found: list[Entry] = []
    for entry in entries:
        if entry["what"] == BEGAN:
            found = [] if entry.get("epoch") == epoch else found
        else:
            found.append(entry)
    return found


def _end(session: Session, entry: Entry, now: datetime) -> list[str]:
    account = session.get(Account, (entry["commune_id"], entry["account"]))
    if account is None:
        return []
    end_account(session, account, now)
    return [account.id]


def _close_desk(session: Session, entry: Entry, now: datetime) -> None:
    """The password of before may be why there was a new one; that is not known any more."""
    account = session.get(Account, (entry["commune_id"], entry["account"]))
    if account is not None:
        set_password(session, account, secrets.token_urlsafe(), now)


def _suspend(session: Session, entry: Entry, now: datetime) -> list[str]:
    """Revoke the device; its account's open code may have been used up since."""
    commune_id, device_id = entry["commune_id"], entry["device"]
    device = session.get(Device, (commune_id, device_id))
    account = session.get(Account, (commune_id, entry.get("account") or (device and device.account_id)))
    if account is None:
        return []
    if entry["what"] != "device.revoked":
        close_invites(session, commune_id, account.id, now)
    if entry["what"] == "device.resumed":
        return []
    device = device or Device(
        commune_id=commune_id, id=device_id, account_id=account.id, name="", enrolled_at=now
    )
    device.revoked_at = device.revoked_at or now
    session.add(device)
    session.flush()
    return [device_id]
