"""The queue that a phone has sealed after a long silence, delivered by that phone itself.

It is an export file, and who delivers it is signed in as its owner: so it needs no signature, and the phone
is told of each operation that the server does not store, which it cannot read itself.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlmodel import Session
from typing_extensions import TypedDict

from app.commune.accounts.access import Actor
from app.commune.accounts.models import Device
from app.core.db import Database
from app.sync.export.importer import apply_batch, decrypt_file
from app.sync.export.refusals import ForeignFile
from app.sync.wire.protocol import Data


class RefusedOfQueue(TypedDict):
    """An operation that was refused, as the phone made it, with the server's code and fields."""

    op: Data
    code: str
    fields: list[str]


@dataclass
class QueueSummary:
    """How many operations are stored, and how many have to be sent again; `refused`: for their author."""

    stored: int = 0
    retry: int = 0
    refused: list[RefusedOfQueue] = field(default_factory=list)


def import_encrypted_queue(database: Database, file: bytes, actor: Actor, now: datetime) -> QueueSummary:
    """Apply a sealed queue of the actor's, each operation once, 200 to a transaction.

    A server made anew does not know the device that the phone was: then it is the one that it is now. Raises
    `FileRefused`: `ForeignFile` if it is another account's; and `Unavailable`.
    """
    content = decrypt_file(database, file, actor.commune_id)
    if content.account_id != actor.account_id or actor.device_id is None:
        raise ForeignFile
    is_known = database.read(lambda session: _is_own_device(session, actor, content.device_id))
    if not is_known:
        content = content.model_copy(update={"device_id": actor.device_id})
    summary = QueueSummary()
    for operations in content.batches():
        apply = partial(apply_batch, content=content, operations=operations, now=now, is_signed=True)
        for operation, result in zip(operations, database.write(apply), strict=True):
            if result["status"] == "retry":
                summary.retry += 1
            elif result["status"] == "rejected":
                code, fields = result.get("code", "invalid"), result.get("fields", [])
                summary.refused.append({"op": operation, "code": code, "fields": fields})
            else:
                summary.stored += 1
    return summary


def _is_own_device(session: Session, actor: Actor, device_id: str) -> bool:
    device = session.get(Device, (actor.commune_id, device_id))
    return device is not None and device.account_id == actor.account_id
