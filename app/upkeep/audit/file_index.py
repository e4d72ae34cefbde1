"""What the desk log's file says of the chains in the database: whoever writes these anew changes no file."""

import json
from collections.abc import Iterable

from sqlmodel import Session, select

from app.core.audit.chain import Head
from app.core.db import Database
from app.core.desk_log import CHAIN, DeskLog
from app.core.epoch import ServerEpoch

_MARK = f'"{CHAIN}":['.encode()


def anchors(database: Database) -> dict[str, Head]:
    """The newest entry of each commune's chain in the file, by the commune's id; empty for operators'.

    Only lines of the database's epoch count: a restore begins other chains. None if there is no file, or it
    knows nothing of the epoch, because another machine has begun it.
    """
    log = database.desk_log
    if log is None:
        return {}
    epoch = database.read(_epoch)
    starts = list(log.starts())
    begins = [at for at, entry in starts if entry.get("epoch") == epoch.epoch]
    is_first = not starts and not epoch.version_floor
    return newest([(log, max(begins, default=0))]) if begins or is_first else {}


def newest(logs: Iterable[tuple[DeskLog, int]]) -> dict[str, Head]:
    """The newest entry of each chain in the files, each read from its offset on."""
    found: dict[str, Head] = {}
    for log, offset in logs:
        for _id, _position, line in log.lines(offset):
            if _MARK not in line:
                continue
            entry = json.loads(line)
            commune_id, head = str(entry.get("commune_id", "")), Head(*entry[CHAIN])
            found[commune_id] = max(head, found.get(commune_id, head))
    return found


def _epoch(session: Session) -> ServerEpoch:
    return session.exec(select(ServerEpoch)).one()
