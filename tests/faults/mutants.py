"""Mutants of the server: each has a seeded bug that loses, duplicates or delays records, which a test sees.

`install` replaces a part of the running app: in a test through monkeypatch, in a server's process through
`tests.faults.mutant_app` and the environment variable MUTANT.
"""

import itertools
import os
import secrets
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import Session

from app.commune.accounts.author import Author
from app.core import batch, db
from app.core.db import table_of
from app.core.errors import Invalid, VersionUnknown
from app.core.id_key.derived import Ids
from app.core.sql import engine, group_commit
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.households import versions
from app.fieldwork.remarks import operations as remarks
from app.fieldwork.visits import commands as visits
from app.fieldwork.visits.models import Visit
from app.sync import push
from app.sync.applying import held, ledger, operations, purged, push_context
from app.sync.wire import models, protocol
from app.upkeep.maintenance import epoch
from app.web.phone import sync as web_sync
from tests.faults.any_device import AnyDevice

Replace = Callable[[Any, str, Any], None]


def wait_before_commit() -> None:
    """The time between an answer and its commit in `commit_after_answer`, in seconds."""
    time.sleep(float(os.environ.get("COMMIT_DELAY", "0.08")))


def install(mutant: str, replace: Replace) -> None:
    """Seed the bug of this mutant; none if the name is empty."""
    if mutant:
        MUTANTS[mutant](replace)


def _commit_after_answer(replace: Replace) -> None:
    """The work is answered before it is committed."""

    def write(self: db.Database, work: Callable[[Session], Any], *, is_shared: bool = False) -> Any:
        done, outcome = threading.Event(), list[Any]()

        def run() -> None:
            def commit_later(session: Session) -> Any:
                outcome.append(work(session))
                done.set()
                wait_before_commit()

            try:
                real(self, commit_later, is_shared=is_shared)
            except Exception as error:
                outcome.append(error)
                done.set()

        threading.Thread(target=run).start()
        done.wait()
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    def write_then_read(self: db.Database, work: Callable[[Session], Any], read: Callable[..., Any]) -> Any:
        return self.write(lambda session: read(session, work(session)), is_shared=True)

    real = db.Database.write
    replace(db.Database, "write", write)
    replace(db.Database, "write_then_read", write_then_read)


def _failed_answer_undoes_the_push(replace: Replace) -> None:
    """An answer that cannot be read takes the operations that it was for with it."""
    replace(db, "_work_then_read", lambda session, work, read: (db._Answer(read(session, work(session))), []))


def _caller_remembered(replace: Replace) -> None:
    """Who a cookie belongs to is remembered instead of found in each exchange."""

    def remembered(session: Session, cookie: Any, now: Any) -> Any:
        return actors.get(cookie) or actors.setdefault(cookie, real(session, cookie, now))

    real, actors = web_sync._authenticate, dict[Any, Any]()
    replace(web_sync, "_authenticate", remembered)


def _answered_before_the_shared_commit(replace: Replace) -> None:
    """A write is answered once it has run, before the commit that it shares with others."""

    def run(self: group_commit._Write[Any], connection: Connection) -> None:
        real(self, connection)
        self.is_done = True
        self.turn.set()
        wait_before_commit()

    real = group_commit._Write.run
    replace(group_commit._Write, "run", run)


def _no_savepoint(replace: Replace) -> None:
    """What a write has changed before it failed is committed with the others."""

    def run(self: group_commit._Write[Any], connection: Connection) -> None:
        session = Session(connection, join_transaction_mode="rollback_only")
        try:
            self.outcome = self.work(session)
        except Exception as error:
            self.error = error
            raise

    replace(group_commit._Write, "run", run)


def _identity_cursor(replace: Replace) -> None:
    """Feed numbers are assigned as by an identity column: at once, in whatever order transactions commit."""
    numbers = itertools.count(1_000)

    def feed(_session: Session, _commune_id: str, rows: Any) -> None:
        for row in rows:
            row["feed_seq"] = next(numbers)

    replace(batch, "feed", feed)


def _no_lock(replace: Replace) -> None:
    """An operation is quarantined without locking the feed."""
    replace(held, "lock_feed", lambda *_: None)


def _no_ledger(replace: Replace) -> None:
    """Known operations are not found in the ledger, and no visit is recognised."""
    replace(ledger, "find_entries", lambda *_: {})
    replace(purged, "is_repeat", lambda *_: False)


def _ledger_of_all_communes(replace: Replace) -> None:
    """The ledger is read without a condition on the commune."""
    entries = table_of(models.LedgerEntry)
    replace(ledger, "_FIND_ENTRIES", Prepared(select(entries).where(in_list(entries.c.op_id, "op_ids"))))


def _refusals_forgotten(replace: Replace) -> None:
    """A rejected operation that is sent again is applied as if it were new."""
    replace(ledger, "find_rejections", lambda *_: {})


def _day_in_utc(replace: Replace) -> None:
    """A visit counts on its day in UTC."""
    replace(Author, "counted_on", property(lambda author: author.happened_at.date()))


def _no_tombstone_on_move(replace: Replace) -> None:
    """A visit that moves to another hamlet leaves no tombstone in the first one."""

    def leave(group: batch.Batch, kind: str, record_id: str, hamlet_id: str) -> None:
        visit = group.get(Visit, record_id)
        if visit is not None and visit["withdrawn_at"] is not None:
            real(group, kind, record_id, hamlet_id)

    real = visits.add_tombstone
    replace(visits, "add_tombstone", leave)


def _no_tombstone_of_remarks(replace: Replace) -> None:
    """A remark that is withdrawn stays on its author's phones."""
    replace(remarks, "add_tombstone", lambda *_: None)


def _no_versions_of_remarks(replace: Replace) -> None:
    """What a remark said before it was changed is not kept."""
    replace(remarks, "_add_version", lambda *_, **__: None)


def _phones_clock(replace: Replace) -> None:
    """A visit counts at the time of the phone's clock, uncorrected."""
    replace(Author, "happened_at", property(lambda author: author.occurred_at))


def _no_skew(replace: Replace) -> None:
    """A request with a clock offset over 12 hours is refused."""

    def limited(*arguments: Any) -> Any:
        *_, offset, _epoch = arguments
        if abs(offset) > timedelta(hours=12):
            raise Invalid("sent_at")
        return real(*arguments)

    real = push_context.push_context
    replace(push, "push_context", limited)


def _no_upcast(replace: Replace) -> None:
    """Operations with data of an older version are refused."""
    replace(operations, "upcast", lambda operation, _newest: _refuse_older(operation))


def _refuse_older(operation: Any) -> Any:
    if operation.v < operations.HANDLERS[operation.type].v:
        raise VersionUnknown("v")
    return operation


def _synchronous_normal(replace: Replace) -> None:
    """SQLite does not flush its log before it reports a commit."""

    def prepare(connection: Any, record: Any) -> None:
        real(connection, record)
        connection.execute("PRAGMA synchronous=NORMAL")

    real = engine._prepare_sqlite
    replace(engine, "_prepare_sqlite", prepare)


def _no_floor(replace: Replace) -> None:
    """After a restore, versions continue from those of the backup."""
    replace(Author, "next_version", lambda _author, version: version + 1)


def _floor_of_the_clock(replace: Replace) -> None:
    """A restore sets the floor by the clock, without looking at the highest version assigned before."""
    replace(epoch, "new_floor", lambda _highest_floor, now, _kndays_version=0: int(now.timestamp()))


def _new_ids_of_people(replace: Replace) -> None:
    """A person who is invited again after a restore gets new ids."""
    replace(Ids, "token", lambda *_, **__: secrets.token_urlsafe(12))


def _new_ids_of_households(replace: Replace) -> None:
    """Households that are imported again after a restore get new ids."""
    replace(Ids, "uuid", lambda *_, **__: str(uuid.uuid4()))


def _last_writer_only(replace: Replace) -> None:
    """A write of a visit is compared with the visit's newest version only."""
    real = Author.late_write
    replace(Author, "late_write", lambda author, row, _versions: real(author, row, []))


def _acked_version_ignored(replace: Replace) -> None:
    """An operation that is sent again after a restore never conflicts."""
    real = versions.is_unseen
    replace(
        versions, "is_unseen", lambda one, author, base: not author.acked_version and real(one, author, base)
    )


def _no_order(replace: Replace) -> None:
    """The write that arrives last stands."""
    replace(Author, "is_older_than", lambda *_: False)


def _any_device(replace: Replace) -> None:
    """A request is accepted from a session of another device."""
    real, any_device = protocol.read_request, {"device_id": AnyDevice("nobody's")}
    replace(web_sync, "read_request", lambda body: real(body).model_copy(update=any_device))


MUTANTS: dict[str, Callable[[Replace], None]] = {
    "answered_before_the_shared_commit": _answered_before_the_shared_commit,
    "any_device": _any_device,
    "caller_remembered": _caller_remembered,
    "commit_after_answer": _commit_after_answer,
    "day_in_utc": _day_in_utc,
    "failed_answer_undoes_the_push": _failed_answer_undoes_the_push,
    "floor_of_the_clock": _floor_of_the_clock,
    "acked_version_ignored": _acked_version_ignored,
    "identity_cursor": _identity_cursor,
    "last_writer_only": _last_writer_only,
    "ledger_of_all_communes": _ledger_of_all_communes,
    "new_ids_of_households": _new_ids_of_households,
    "new_ids_of_people": _new_ids_of_people,
    "no_tombstone_of_remarks": _no_tombstone_of_remarks,
    "no_tombstone_on_move": _no_tombstone_on_move,
    "no_versions_of_remarks": _no_versions_of_remarks,
    "no_lock": _no_lock,
    "no_ledger": _no_ledger,
    "no_floor": _no_floor,
    "no_order": _no_order,
    "no_savepoint": _no_savepoint,
    "no_skew": _no_skew,
    "phones_clock": _phones_clock,
    "no_upcast": _no_upcast,
    "refusals_forgotten": _refusals_forgotten,
    "synchronous_normal": _synchronous_normal,
}
