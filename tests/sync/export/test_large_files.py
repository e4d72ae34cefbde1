"""A file with more operations than any phone holds is refused before work is done for it."""

import time
from typing import Any

import pytest

from app.core.db import Database
from app.sync.applying import quota
from app.sync.export.importer import import_file
from app.sync.export.refusals import TooManyRecords
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.sync.export.export_file import encrypt_content, make_unsigned_file, owner_of
from tests.world import World


@pytest.mark.slow
def test_a_hundred_thousand_operations_are_refused_before_any_is_applied(
    lan: Phone, database: Database, clock: FakeClock
) -> None:
    key = lan.exchange()["export_key"]
    ops = [{"op_id": new_id(), "seq": number} for number in range(100_000)]
    file = encrypt_content(key, owner_of(lan) | {"ops": ops})
    begun = time.process_time()
    with pytest.raises(TooManyRecords):
        import_file(database, file, clock())
    assert time.process_time() - begun < 2


def test_unsigned_file_beyond_the_quota_is_not_read_to_its_end(
    lan: Phone, world: World, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MAX_ROWS", 10)
    monkeypatch.setattr("app.sync.export.envelope.MAX_OPERATIONS", 10)
    transactions: list[object] = []
    write = database.write

    def counted(work: Any) -> Any:
        transactions.append(work)
        return write(work)

    monkeypatch.setattr(database, "write", counted)
    summary = import_file(
        database, make_unsigned_file(lan, *(lan.visit(world.duc) for _ in range(100))), clock()
    )
    assert (summary.quarantined, summary.retry, summary.total) == (10, 90, 100)
    assert len(transactions) < 5
