"""A random history in which export files arrive beside the exchanges: signed, unsigned and of another key."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.commune.accounts.models import Device
from app.fieldwork.visits.models import Visit
from app.sync.export import keys
from app.sync.export.importer import import_file
from app.sync.export.keys import ExportKey
from app.sync.export.refusals import FileRefused
from app.sync.wire.models import QuarantinedOperation
from tests.sync.deciding_history import DecidingHistory
from tests.sync.export.export_file import encrypt_content, owner_of, public_key
from tests.sync.history_base import CAST


class FileHistory(DecidingHistory):
    """As `DecidingHistory`; what waits on a phone arrives in files as well, before or after it is sent."""

    def actions(self) -> dict[Callable[[Any], None], int]:
        return super().actions() | {FileHistory.deliver_file: 10}

    def deliver_file(self) -> None:
        busy = [who for who in CAST if self.phones[who].queue]
        if not busy:
            return
        phone = self.phones[self.dice.choice(busy)]
        device_id = phone.phone.device_id
        operations = phone.queue[: self.dice.randrange(1, 6)]
        signed_by = self.dice.choice((device_id, device_id, "", "somebody"))
        if signed_by == device_id:
            phone.phone.now = self.clock()
            phone.phone.send(device_key=public_key(device_id))
        key = self.database.read(lambda session: _export_key(session, phone.phone.commune_id))
        content = owner_of(phone.phone) | {"ops": operations}
        before = self._counted()
        offset = self._clock_offset(device_id)
        for one in operations:
            self.delays[one["op_id"], self.clock()].add(offset)
        try:
            summary = import_file(
                self.database, encrypt_content(key, content, signed_by=signed_by or None), self.clock()
            )
        except FileRefused:  # of a device that a restore has lost
            return
        if not summary.is_signed:
            assert (summary.applied, self._counted()) == (0, before), "an unsigned file has counted"

    def _clock_offset(self, device_id: str) -> timedelta:
        """What the server believes of the phone's clock, since its last contact."""
        found = self.all(select(Device).where(Device.id == device_id))
        return timedelta(milliseconds=found[0].clock_offset_ms if found else 0)

    def _counted(self) -> list[tuple[str, int]]:
        return sorted((one.id, one.version) for one in self.all(select(Visit)) if one.withdrawn_at is None)

    def _finish(self) -> None:
        super()._finish()
        open_ = select(QuarantinedOperation).where(
            col(QuarantinedOperation.state) == "open", col(QuarantinedOperation.reason) == "unsigned"
        )
        assert self.all(open_) == [], "sent by its own phone, and still waiting as unsigned"
        assert all(one.reused_count == 0 for one in self.all(select(Device))), "a file has used a number"


def _export_key(session: Session, commune_id: str) -> dict[str, str]:
    newest = select(ExportKey).where(ExportKey.commune_id == commune_id)
    found = session.exec(newest.order_by(col(ExportKey.created_at).desc())).first()
    assert found is not None
    row = keys.public_row(session, commune_id, found.id)
    return {"id": row["id"], "public_key": row["public_key"]}
