"""The chain of a commune's entries of the desk log: each has the hash of the one before it.

Whoever changes, deletes or moves an entry has to write all later ones anew, and then the newest hash is
another than the one that stands in the desk log's file, in backups and on printed reports
(`docs/decisions/0146-the-desk-log-shows-tampering.md`). Operators' entries, of no commune, are a chain too.
"""

import hashlib
import json
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import BigInteger, bindparam, select, update
from sqlmodel import Field, Session, SQLModel

from app.core.desk_log import DeskEntry, Entry, Pending, line_of, take_pending
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.prepared import Prepared
from app.core.sql.upsert import Upsert

HISTORY_BEGUN = "history.begun"
"""The entry with which a chain goes on after a restore, or in a database that lost its last writes. `before`:
the newest place in the chain of before, as far as the desk logs know. `after`: the newest one that the
database had; what stands behind that and before this entry was lost and is stored again."""


@stores(rows.TECHNICAL, {rows.TECHNICAL: "hash"})
class AuditHead(SQLModel, table=True):
    """The newest entry of a commune's chain: its number and its hash. The database refuses to set it to
    anything but a later entry that is stored.

    The row is locked until the transaction ends, so that two entries never follow the same one. It is locked
    last in a transaction, behind the commune's feed, and communes in ascending order.
    """

    __tablename__ = "audit_head"

    commune_id: str = Field(primary_key=True)  # empty: of the operators' entries
    seq: int = Field(sa_type=BigInteger)
    hash: str


MARK_DIGITS = 16
"""So many digits of a hash are printed: nobody makes another entry with the same ones."""


class Head(NamedTuple):
    """A place in a chain: the number of its entry and the hash; 0 and empty before the first."""

    seq: int = 0
    hash: str = ""

    def __str__(self) -> str:
        """The mark, number and beginning of the hash, as it is printed: *812 3f9a 77d0 4e21 90ab*."""
        parts = (self.hash[at : at + 4] for at in range(0, MARK_DIGITS, 4))
        return " ".join([str(self.seq), *parts]) if self.seq else ""


_TABLE = AuditHead.__table__  # type: ignore[attr-defined]
_LOCK = Upsert(_TABLE, lambda table, _insert: {"seq": table.c.seq}, returning=True)
_OF_COMMUNE = _TABLE.c.commune_id == bindparam("commune_id")
_ADVANCE = Prepared(update(_TABLE).where(_OF_COMMUNE).values(seq=bindparam("seq"), hash=bindparam("hash")))
_FIND = Prepared(select(_TABLE.c.seq, _TABLE.c.hash).where(_OF_COMMUNE))


def stored_head(session: Session, commune_id: str) -> Head:
    """The newest entry of the commune's chain, as this transaction sees it."""
    row = _FIND.first(session, commune_id=commune_id)
    return Head(row["seq"], row["hash"]) if row else Head()


def entry_hash(commune_id: str, head: Head, entry: Entry) -> str:
    """The SHA-256, in hexadecimal digits, of the entry that follows `head`.

    It is of the ASCII text of a JSON list without spaces, the names in an object sorted: commune, number,
    the hash before, and the entry.
    """
    content = [commune_id, head.seq + 1, head.hash, entry]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def store_pending(session: Session) -> list[Entry]:
    """Store the entries of this transaction at the end of their chains, and return the lines that the file
    lacks. It is the last thing that a transaction does before it is committed."""
    pending = sorted(take_pending(session), key=lambda one: one.commune_id)
    lines: list[Entry] = []
    for commune_id, group in groupby(pending, key=lambda one: one.commune_id):
        lines += _append(session, commune_id, list(group))
    return lines


def lock_head(session: Session, commune_id: str) -> Head:
    """The head of the commune's chain, whose row is locked until the transaction ends."""
    (row,) = _LOCK.returned(session, commune_id=commune_id, seq=0, hash="")
    return Head(row["seq"], row["hash"])


def set_head(session: Session, commune_id: str, head: Head) -> None:
    """Set the head, which `lock_head` has locked, to an entry that is stored."""
    _ADVANCE.run(session, commune_id=commune_id, seq=head.seq, hash=head.hash)


def _append(session: Session, commune_id: str, pending: Sequence[Pending]) -> list[Entry]:
    head, lines = lock_head(session, commune_id), []
    for one in pending:
        entry = json.loads(json.dumps(one.entry))  # as it is read again: lists, and names that are text
        following = Head(head.seq + 1, entry_hash(commune_id, head, entry))
        session.add(
            DeskEntry(
                commune_id=commune_id, id=entry["id"], entry=entry,
                seq=following.seq, previous=head.hash, hash=following.hash,
            )
        )  # fmt: skip
        head = following
        if not one.is_written:
            lines.append(line_of(entry, *head))
    session.flush()  # the database sets no head to an entry that it does not have
    set_head(session, commune_id, head)
    return lines
