"""Import an export file: its operations are applied as its phone would have sent them, each once.

They keep their ids, so nothing is applied twice if the phone sends them later or the file is imported again.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlmodel import Session

from app.commune.accounts import devices
from app.commune.accounts.access import actor_for
from app.commune.accounts.models import Account, Device
from app.commune.areas import Commune
from app.core import desk_log
from app.core.db import Database
from app.core.desk_log import DeskLog
from app.core.strings import _
from app.sync import signatures
from app.sync.applying.push_context import MOVED, REVOKED, UNSIGNED
from app.sync.export import envelope, keys
from app.sync.export.envelope import Content, EncryptedFile
from app.sync.export.refusals import ForeignFile, PhoneUnknown
from app.sync.push import push_exported
from app.sync.wire.models import Withheld
from app.sync.wire.protocol import Data, OperationResult

IMPORTED = "file.imported"  # of the desk log


@dataclass(frozen=True)
class ImportSummary:
    """How many of a file's operations had each result; `owner`: the name of the phone's owner.

    `quarantined` counts conflicts too. `is_signed`: by the phone that it names; the operations of any other
    file wait for a supervisor.
    """

    owner: str
    applied: int
    duplicate: int
    quarantined: int
    rejected: int
    retry: int
    is_signed: bool = True

    @property
    def total(self) -> int:
        return self.applied + self.duplicate + self.quarantined + self.rejected + self.retry


def import_file(
    database: Database, file: bytes, now: datetime, commune_id: str | None = None, by: str | None = None
) -> ImportSummary:
    """Import a file for one commune, or without `commune_id` for the one it was made for. The desk log says
    so before anything of it is applied; `by`: the supervisor, empty for an operator, None for whoever
    delivers it: that may be done any number of times and is not noted.

    Raises `FileRefused`, and `Unavailable` if the database fails. Each batch of operations is committed by
    itself: if the import is interrupted, the file can be imported again.
    """
    content = decrypt_file(database, file, commune_id)
    begin = partial(_begin, content=content, log=database.desk_log, now=now, by=by)
    account, is_signed = database.write(begin)
    counts: Counter[str] = Counter()
    for operations in content.batches():
        apply = partial(apply_batch, content=content, operations=operations, now=now, is_signed=is_signed)
        done = Counter(result["status"] for result in database.write(apply))
        counts += done
        if not is_signed and done["retry"] == len(operations):
            counts["retry"] += content.count - counts.total()
            break  # nothing more of unsigned files fits: going on would only take time
    return ImportSummary(
        owner=account.name,
        applied=counts["applied"],
        duplicate=counts["duplicate"],
        quarantined=counts["quarantined"] + counts["conflict"],
        rejected=counts["rejected"],
        retry=counts["retry"],
        is_signed=is_signed,
    )


def commune_of(database: Database, file: bytes) -> str:
    """The commune for whose key the file is encrypted. Raises `FileRefused`."""
    return database.read(partial(_find_key, encrypted=envelope.parse_file(file)))[0]


def summary_sentence(summary: ImportSummary) -> str:
    """The counts in a sentence, for the person who imported the file."""
    parts = [_("đã nhập %(n)s", n=summary.applied), _("đã có từ trước %(n)s", n=summary.duplicate)]
    if summary.quarantined:
        parts.append(_("chờ xử lý %(n)s", n=summary.quarantined))
    if summary.rejected:
        parts.append(_("bị từ chối %(n)s", n=summary.rejected))
    if summary.retry:
        parts.append(_("chưa ghi được %(n)s, hãy nhập lại tệp này", n=summary.retry))
    if not summary.is_signed:
        unsigned = _("Tệp không có chữ ký của máy này: bản ghi nào chưa có thì chờ cán bộ quyết định.")
        return f"{_total(summary)}: {', '.join(parts)}. {unsigned}"
    return f"{_total(summary)}: {', '.join(parts)}."


def _total(summary: ImportSummary) -> str:
    return _("Tệp của %(person)s có %(total)s bản ghi", person=summary.owner, total=summary.total)


def decrypt_file(database: Database, file: bytes, commune_id: str | None) -> Content:
    """The content of a file for one commune, or for any. Raises `FileRefused` and `Unavailable`."""
    encrypted = envelope.parse_file(file)
    owner_id, private_key = database.read(partial(_find_key, encrypted=encrypted))
    if commune_id not in (None, owner_id):
        raise ForeignFile
    content = envelope.decrypt(encrypted, private_key)
    if content.commune_id != owner_id:
        raise ForeignFile
    return content


def _find_key(session: Session, encrypted: EncryptedFile) -> tuple[str, EllipticCurvePrivateKey]:
    """The commune that a file was encrypted for, and its private key. Raises `ForeignFile`."""
    key = keys.find(session, encrypted.commune_id, encrypted.key_id)
    if key is None:
        raise ForeignFile
    try:
        return key.commune_id, keys.private_key(session, key)
    except InvalidTag:  # the id key with which it was stored is lost
        raise ForeignFile from None


def _begin(
    session: Session, content: Content, log: DeskLog | None, now: datetime, by: str | None
) -> tuple[Account, bool]:
    account, is_signed = _find_owner(session, content, log, now)
    if by is not None:
        ids = {"account": account.id, "device": content.device_id} | desk_log.by(by)
        details = {"count": content.count, "is_signed": is_signed}
        desk_log.note(session, content.commune_id, IMPORTED, now, **ids, **details)
    return account, is_signed


def _find_owner(
    session: Session, content: Content, log: DeskLog | None, now: datetime
) -> tuple[Account, bool]:
    """The account of the phone that the file names, and whether this phone has signed it."""
    device = session.get(Device, (content.commune_id, content.device_id))
    account = session.get(Account, (content.commune_id, content.account_id))
    if account is not None and device is None and log is not None:
        device = _restore_device(session, account, content.device_id, log, now)
    if device is None or account is None or device.account_id != account.id:
        raise PhoneUnknown
    digest = bytes.fromhex(content.digest)
    return account, signatures.is_signed(device.public_key, digest, content.signature)


def _restore_device(
    session: Session, account: Account, device_id: str, log: DeskLog, now: datetime
) -> Device | None:
    """A device that a restore has lost together with its account, which was invited again.

    The desk log has the account that it belonged to, and whether it was revoked.
    """
    owner = {"commune_id": account.commune_id, "account": account.id, "device": device_id}
    entries = [entry for entry in log.entries() if owner.items() <= entry.items()]
    if not any(entry["what"] == "device.enrolled" for entry in entries):
        return None
    device = devices.suspend(session, account, device_id, now)
    for entry in entries:
        if entry["what"] in ("device.revoked", "device.allowed"):
            device.revoked_by = entry["by"] if entry["what"] == "device.revoked" else None
        if entry["what"] == signatures.KEY_REGISTERED:
            device.public_key = entry["public_key"]
    return device


def apply_batch(
    session: Session, content: Content, operations: list[Data], now: datetime, *, is_signed: bool
) -> list[OperationResult]:
    """Apply operations of a file as those of the device that it names; their results in the same order."""
    account = session.get_one(Account, (content.commune_id, content.account_id))
    actor = actor_for(session, account, content.device_id)
    device = devices.lock(session, actor)
    assert device is not None, "the caller has found it, and devices are never deleted"
    # Not `revoked_at`: a restore sets it too (`devices.suspend`), without anybody having revoked the device.
    is_revoked = account.ended_at is not None or device["revoked_by"] is not None
    reason: Withheld | Literal[""] = UNSIGNED if not is_signed else REVOKED if is_revoked else ""
    if not reason and session.get_one(Commune, content.commune_id).moved_at is not None:
        reason = MOVED
    # The file may be days old: the phone's clock offset is that of its last request.
    clock_offset = timedelta(milliseconds=device["clock_offset_ms"])
    return push_exported(session, actor, device, operations, now, clock_offset, reason)
