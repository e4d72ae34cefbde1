"""A new history: what a restore must change so that phones and desk find out, and what it has undone."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, func, select

from app.accounts import devices
from app.accounts.ending import ENDED, close_invites, end_account
from app.accounts.models import Account, Device
from app.accounts.people import RESET, set_password
from app.core.clock import wire_time
from app.core.db import ServerEpoch
from app.core.desk_log import DeskLog, Entry, stored
from app.households.models import Household, HouseholdVersion
from app.sync.models import LedgerEntry
from app.visits.models import Visit, VisitVersion

BEGAN = "history.began"
_OF_DEVICES = ("device.enrolled", "device.resumed", "device.revoked")
_OF_PEOPLE = ("account.invited", RESET)
_IMPORTED = "list.imported"
# How far numbers leap if the clock is behind them: more than anything was written that is not known any more.
_LEAP = 1_000_000
_NUMBERS = (
    ServerEpoch.floor, Visit.version, VisitVersion.version, Household.version, HouseholdVersion.version,
    LedgerEntry.version,
)  # fmt: skip


@dataclass(frozen=True)
class Undone:
    """What a restore has undone: decisions to be made again; devices whose people must be invited again, and
    the account of each; the accounts that were invited or given a password; those that had ended and have
    been ended again; the entries of imported lists."""

    decisions: list[Entry]
    devices: list[str]
    owners: dict[str, str] = field(default_factory=dict)
    invited: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    lists: list[Entry] = field(default_factory=list)


def begin(session: Session, log: DeskLog, now: datetime, given: int = 0) -> tuple[ServerEpoch, Undone]:
    """Begin a new history: phones send again what they sent since the backup, with the numbers it had.

    Its floor is the clock's time in seconds, if that is above every number known to have been given: by the
    backup, by earlier restores in the desk log, and `given` by the database that is replaced.

    Devices that came or were revoked since the backup, by the desk log, may deliver and see nothing. Accounts
    that ended since are ended again. A password that was replaced since opens nothing, and neither does the
    new one.
    """
    history = session.exec(select(ServerEpoch)).one()
    lost = _lost(log, session, history.epoch)
    known = max(given, greatest_number(session), *_floors(log))
    seconds = int(now.timestamp())
    history.epoch = secrets.token_urlsafe(12)
    history.floor = seconds if seconds > known else known + _LEAP
    session.add(history)
    of_devices = [entry for entry in lost if entry["what"] in _OF_DEVICES]
    suspended = [device for entry in of_devices for device in _suspend(session, entry, now)]
    ended = [account for entry in lost if entry["what"] == ENDED for account in _end(session, entry, now)]
    for entry in lost:
        if entry["what"] == RESET:
            _close_desk(session, entry, now)
    no_decisions = (*_OF_DEVICES, *_OF_PEOPLE, ENDED, _IMPORTED)
    return history, Undone(
        decisions=[entry for entry in lost if entry["what"] not in no_decisions],
        devices=list(dict.fromkeys(suspended)),
        owners={entry["device"]: entry["account"] for entry in of_devices if "account" in entry},
        invited=list(dict.fromkeys(entry["account"] for entry in lost if entry["what"] in _OF_PEOPLE)),
        accounts=list(dict.fromkeys(ended)),
        lists=[entry for entry in lost if entry["what"] == _IMPORTED],
    )


def greatest_number(session: Session) -> int:
    """The greatest version number that this database knows, in its own history or an earlier one."""
    return max(session.exec(select(func.max(column))).one() or 0 for column in _NUMBERS)


def write_down(log: DeskLog, history: ServerEpoch, now: datetime) -> None:
    """From this line on the log tells of the new history."""
    line = {"id": secrets.token_urlsafe(12), "at": wire_time(now), "what": BEGAN}
    log.append([line | {"epoch": history.epoch, "floor": history.floor}])


def _floors(log: DeskLog) -> list[int]:
    """The floors of the histories that the log has seen begin; 0 if it tells of none."""
    found = (entry.get("floor") for entry in log.entries() if entry["what"] == BEGAN)
    return [0, *(floor for floor in found if isinstance(floor, int))]


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
    """Suspend the device; its account's open code may have been used up since. A device whose account came
    since as well is known to the desk log only, until its file is taken in."""
    commune_id, device_id, what = entry["commune_id"], entry["device"], entry["what"]
    device = session.get(Device, (commune_id, device_id))
    account = session.get(Account, (commune_id, entry.get("account") or (device and device.account_id)))
    if account is not None and what != "device.revoked":
        close_invites(session, commune_id, account.id, now)
    if what == "device.resumed":
        return []
    if account is not None:
        device = devices.suspend(session, account, device_id, now)
        device.revoked_by = entry["by"] if what == "device.revoked" else device.revoked_by
    return [device_id]
