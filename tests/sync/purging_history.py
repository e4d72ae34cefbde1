"""A random history in which the ledger is purged of all that it need not have, however new that is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session, select

from app.sync.applying import purged
from app.sync.wire.models import LedgerEntry
from tests.sync.file_history import FileHistory
from tests.sync.history import ACTIONS, History

_LATER = timedelta(days=365)  # than the clock of this machine, by which phones of tests make ids


class PurgingHistory(FileHistory):
    """What is sent again, copied or carried finds no entry any more. Few files and revocations, because what
    they bring waits in the quarantine, and stays in the ledger."""

    factors = (1, 1, 3)

    def actions(self) -> dict[Callable[[Any], None], int]:
        more = {PurgingHistory.purge: 6, FileHistory.deliver_file: 1, History.revoke_or_allow: 1}
        return ACTIONS | more | {History.sync: 12, History.delay_copy: 6, History.deliver_copy: 6}

    def purge(self) -> None:
        for commune_id in (self.world.commune_id, self.world.neighbour_id):
            before = self._entries(commune_id)
            self.database.write(partial(_purge, commune_id=commune_id, now=self.clock()))
            left = self._entries(commune_id)
            self.purged[commune_id] |= {id: entry for id, entry in before.items() if id not in left}

    def _entries(self, commune_id: str) -> dict[str, LedgerEntry]:
        rows = self.all(select(LedgerEntry).where(LedgerEntry.commune_id == commune_id))
        return {entry.op_id: entry for entry in rows}


def _purge(session: Session, commune_id: str, now: datetime) -> None:
    purged.purge(session, commune_id, now + _LATER)
