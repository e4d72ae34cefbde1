"""Starting a new epoch in a database that lost its end, by a restore or otherwise, and finding out what was
reverted."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Inspector, inspect, update
from sqlmodel import Session, func, select

from app.commune import moving
from app.commune.accounts import devices
from app.commune.accounts.deactivation import ENDED_EVENT, close_invites, deactivate_account
from app.commune.accounts.models import Account, Device
from app.commune.accounts.people import RESET_EVENT, set_password
from app.commune.areas import Commune
from app.commune.credentials import addresses, communes, links, viewers
from app.commune.credentials.operators import OPERATORS
from app.commune.credentials.second_step import events, repeating
from app.commune.credentials.supervisors import LINK_EVENT
from app.commune.credentials.viewers import VIEWERS
from app.core.audit.chain import HISTORY_BEGUN, AuditHead, lock_head
from app.core.audit.views import VIEWED
from app.core.clock import wire_time
from app.core.db import table_of
from app.core.desk_log import EPOCH_STARTED, DeskLog, Entry, note, store
from app.core.epoch import ServerEpoch, current_timeline
from app.core.feed import FeedCounter
from app.fieldwork.households.erased import EVENT as ERASED_EVENT
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.outreach.models import OutreachSession, OutreachVersion
from app.fieldwork.remarks.models import RemarkVersion, ReportRemark
from app.fieldwork.visits.models import Visit, VisitVersion
from app.province import opened
from app.reports.open_data import tokens
from app.review.citizen_requests.recording import RECORDED
from app.sync.export.importer import IMPORTED
from app.sync.signatures import KEY_REGISTERED
from app.sync.wire.models import LedgerEntry
from app.upkeep.audit.checks import REWRITTEN
from app.upkeep.audit.purge import PURGED
from app.upkeep.audit.views import LOST
from app.upkeep.erasure.people import EVENT as PERSON_ERASED_EVENT
from app.upkeep.erasure.people import erase_people_again
from app.upkeep.erasure.repeating import erase_again
from app.upkeep.maintenance.desk_log import Lost, not_stored

_DEVICE_EVENTS = ("device.enrolled", "device.resumed", "device.revoked")
_ACCESS_EVENTS = ("account.invited", RESET_EVENT, LINK_EVENT)
_SWITCHES = (communes.OFF_EVENT, communes.ON_EVENT)
_MOVES = (moving.MOVED, moving.MOVE_UNDONE)
_LIST_IMPORTED = "list.imported"
# Of what was only looked at.
_READ_EVENTS = ("visits.downloaded", "report.downloaded", opened.OPENED, opened.DOWNLOADED, VIEWED, LOST)
# What is listed otherwise, or not at all.
_NOT_DECISIONS = (
    *_DEVICE_EVENTS,
    *_ACCESS_EVENTS,
    KEY_REGISTERED,
    IMPORTED,
    RECORDED,
    ENDED_EVENT,
    ERASED_EVENT,
    PERSON_ERASED_EVENT,
    _LIST_IMPORTED,
    PURGED,
    REWRITTEN,
    *_READ_EVENTS,
    OPERATORS.set_event,
    VIEWERS.set_event,
    viewers.LINK_EVENT,
    tokens.CREATED,
    tokens.REVOKED,
    *events.EVENTS,
    *_SWITCHES,
    *_MOVES,
    moving.ARRIVED,
    addresses.HOST_EVENT,
    HISTORY_BEGUN,
)
STEP = 1_000_000  # more than the writes, and the changes of a commune's feed, since the backup
_VERSION_COLUMNS = (
    table_of(ServerEpoch).c.version_floor,
    table_of(FeedCounter).c.version_floor,
    *(
        table_of(model).c.version
        for model in (Visit, VisitVersion, Household, HouseholdVersion, OutreachSession, OutreachVersion)
    ),
    *(table_of(model).c.version for model in (ReportRemark, RemarkVersion, LedgerEntry)),
)


@dataclass(frozen=True)
class RevertedChanges:
    """What was done after the backup and is not in the restored database, according to the desk log.

    `decisions`: entries to be decided again. `suspended_devices`: ids; `device_accounts` has their accounts.
    `invited_accounts`: ids of accounts that were invited or got a password. `ended_accounts`: ids of accounts
    that had ended and were ended again. `imports`: entries of imported household lists. `arrived`: official
    codes of communes that were moved here, and whose files have to be imported again. `erased_households`,
    `erased_people`: how many were there again and have been erased again.
    """

    decisions: list[Entry]
    suspended_devices: list[str]
    device_accounts: dict[str, str] = field(default_factory=dict)
    invited_accounts: list[str] = field(default_factory=list)
    ended_accounts: list[str] = field(default_factory=list)
    imports: list[Entry] = field(default_factory=list)
    ended_links: int = 0
    arrived: list[str] = field(default_factory=list)
    erased_households: int = 0
    erased_people: int = 0


def start_new_epoch(
    session: Session, lost: Lost, now: datetime, kndays_version: int = 0
) -> tuple[ServerEpoch, RevertedChanges]:
    """Start a new epoch, in which phones send again what they sent since the backup.

    The version floor is the present time in seconds. It is higher if a higher version number may have been
    assigned: one in the backup, an earlier floor in a desk log, or `kndays_version`, the highest of the
    replaced database. The numbers of the feed begin higher, too: what was lost may have had the next ones.

    Access that was ended since the backup stays ended: devices that were enrolled or revoked since are
    suspended, accounts that ended are ended again, replaced passwords and their replacements are void, and so
    are all one-time links; tokens that were revoked are revoked again, and so are second factors that were
    removed and recovery codes that were used. Communes that were switched off or on, or have moved, are so
    again. Those that were moved here are in the same epoch as all others from now on.
    """
    epoch = session.exec(select(ServerEpoch)).one()
    epoch.epoch = secrets.token_urlsafe(12)
    epoch.timeline = current_timeline(session)
    epoch.version_floor = new_floor(lost.highest_floor, now, max(kndays_version, highest_version(session)))
    session.add(epoch)
    counters = {"head": FeedCounter.head + STEP, "epoch": None, "version_floor": 0}
    session.execute(update(FeedCounter).values(counters))
    ended_links = links.delete_all(session)
    chains = {*session.exec(select(AuditHead.commune_id)), *lost.heads}
    return epoch, replace(revert_lost(session, lost, now, chains), ended_links=ended_links)


def revert_lost(session: Session, lost: Lost, now: datetime, chains: Iterable[str] = ()) -> RevertedChanges:
    """Revert what the desk logs have and the database lacks, and store its entries: a backup of this database
    that is restored on a machine whose own log knows nothing of it must not revert them once more.

    `chains`: the communes whose desk logs say that, beside those of these entries.
    """
    entries = not_stored(session, lost.entries)
    arrived = _find_arrived(session, entries)
    here = [entry for entry in entries if entry.get("commune_id") not in arrived]
    store(session, entries)  # first: in the order of their lines they have the places that these say
    reverted = revert_entries(session, here, now)
    for commune_id in sorted({*chains, *(str(entry.get("commune_id", "")) for entry in entries)}):
        before, after = lost.heads.get(commune_id), lock_head(session, commune_id)
        note(session, commune_id, HISTORY_BEGUN, now, before=before, after=after)
    return replace(reverted, arrived=list(arrived.values()))


def _find_arrived(session: Session, entries: list[Entry]) -> dict[str, str]:
    """The communes that were moved here since, by id, with their codes: what was done in them is reverted
    when their files have been imported again."""
    arrived = {entry["commune_id"]: entry["code"] for entry in entries if entry["what"] == moving.ARRIVED}
    found = {commune_id: session.get(Commune, commune_id) for commune_id in arrived}
    return {
        commune_id: arrived[commune_id]
        for commune_id, commune in found.items()
        if commune is None or commune.started_at is None
    }


def revert_entries(session: Session, lost: list[Entry], now: datetime) -> RevertedChanges:
    """Revert what these entries say that the database lacks."""
    device_entries = [entry for entry in lost if entry["what"] in _DEVICE_EVENTS]
    suspended = [device for entry in device_entries for device in _suspend(session, entry, now)]
    ended = [
        account for entry in lost if entry["what"] == ENDED_EVENT for account in _end(session, entry, now)
    ]
    for entry in lost:
        if entry["what"] == KEY_REGISTERED:
            _restore_key(session, entry)
        if entry["what"] == RESET_EVENT:
            _invalidate_password(session, entry, now)
        if entry["what"] == OPERATORS.set_event:
            OPERATORS.disable_password(session, entry["operator"], now)
        if entry["what"] == VIEWERS.set_event:
            VIEWERS.disable_password(session, entry["viewer"], now)
        if entry["what"] == tokens.REVOKED:
            tokens.revoke_again(session, entry["token"], now)
    _switch_communes(session, lost)
    without_factor = repeating.repeat(session, lost, now)
    invited = [entry["account"] for entry in lost if entry["what"] in _ACCESS_EVENTS]
    return RevertedChanges(
        decisions=[entry for entry in lost if entry["what"] not in _NOT_DECISIONS],
        suspended_devices=list(dict.fromkeys(suspended)),
        device_accounts={entry["device"]: entry["account"] for entry in device_entries if "account" in entry},
        invited_accounts=list(dict.fromkeys([*invited, *without_factor])),
        ended_accounts=list(dict.fromkeys(ended)),
        erased_households=erase_again(session, lost, now),
        erased_people=erase_people_again(session, lost, now),
        imports=[entry for entry in lost if entry["what"] == _LIST_IMPORTED],
    )


def knows_epoch(log: DeskLog, epoch: str) -> bool:
    """Whether the log has the line of this epoch's start; that of a start which failed may come after it."""
    return any(entry.get("epoch") == epoch for _position, entry in log.starts())


def highest_version(session: Session) -> int:
    """The highest version number in this database, of any epoch; 0 in an empty one. A database of an earlier
    revision may lack columns."""
    inspector = inspect(session.connection())
    there = [one for one in _VERSION_COLUMNS if _has(inspector, one)]
    return max(session.scalar(select(func.max(column))) or 0 for column in there)


def _has(inspector: Inspector, column: Column[Any]) -> bool:
    return column.name in {one["name"] for one in inspector.get_columns(column.table.name)}


def record_epoch(log: DeskLog, epoch: ServerEpoch, now: datetime, *, is_strict: bool = False) -> None:
    """Append the start of the epoch to the log. `is_strict`: raises `OSError` if that cannot be done."""
    line = {"id": secrets.token_urlsafe(12), "at": wire_time(now), "what": EPOCH_STARTED}
    log.append([line | {"epoch": epoch.epoch, "version_floor": epoch.version_floor}], is_strict=is_strict)


def new_floor(highest_floor: int, now: datetime, kndays_version: int = 0) -> int:
    """A version floor above `kndays_version` and all earlier ones: the clock's seconds, or more."""
    known, seconds = max(kndays_version, highest_floor), int(now.timestamp())
    return seconds if seconds > known else known + STEP


def _switch_communes(session: Session, lost: list[Entry]) -> None:
    """In the order in which it was decided: the logs are of several machines."""
    for entry in sorted(lost, key=lambda entry: str(entry["at"])):
        if entry["what"] in _SWITCHES:
            off_at = datetime.fromisoformat(entry["at"]) if entry["what"] == communes.OFF_EVENT else None
            communes.switch_again(session, entry["commune_id"], off_at)
        if entry["what"] in _MOVES:
            moving.repeat(session, entry)
        if entry["what"] == addresses.HOST_EVENT:
            addresses.repeat(session, entry["commune_id"], entry["host"])


def _end(session: Session, entry: Entry, now: datetime) -> list[str]:
    account = session.get(Account, (entry["commune_id"], entry["account"]))
    if account is None:
        return []
    deactivate_account(session, account, now)
    return [account.id]


def _invalidate_password(session: Session, entry: Entry, now: datetime) -> None:
    """Set a random password: the old one may have been replaced because somebody else knew it."""
    account = session.get(Account, (entry["commune_id"], entry["account"]))
    if account is not None:
        set_password(session, account, secrets.token_urlsafe(), now)


def _restore_key(session: Session, entry: Entry) -> None:
    """A file that the phone has signed since the backup is still its own."""
    device = session.get(Device, (entry["commune_id"], entry["device"]))
    if device is not None:
        device.public_key = entry["public_key"]
        session.add(device)


def _suspend(session: Session, entry: Entry, now: datetime) -> list[str]:
    """Suspend the device, and close its account's open invites, which may have been used since the backup.

    Returns the device's id if it was suspended. If its account was created since the backup as well, it is
    not stored: only the desk log has it, until an export file of it is imported.
    """
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
