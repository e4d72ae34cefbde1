"""Bugs to be planted in the running app: each must be seen to lose, double or hold up records.

`plant` replaces a part of the app by a broken one: in a test through monkeypatch, in a server's own process
(`tests.faults.seeded`, FAULT_SEED) for as long as it lives.
"""

import itertools
import secrets
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.author import Author
from app.core import batch, db, engine
from app.core.errors import Invalid, VersionUnknown
from app.core.ids import Ids
from app.core.prepared import Prepared, among
from app.households import versions
from app.keeping import history
from app.sync import ledger, operations, protocol, push, pusher, quarantine
from app.sync.models import LedgerEntry
from app.visits import commands as visits
from app.visits.models import Visit
from app.web import sync as web_sync

Replace = Callable[[Any, str, Any], None]

LATE = 0.08  # seconds between an answer and its commit


def plant(seed: str, replace: Replace) -> None:
    """Plant the bug of this name; none if it is empty."""
    if seed:
        SEEDS[seed](replace)


def _commit_after_answer(replace: Replace) -> None:
    def write(self: db.Database, work: Callable[[Session], Any]) -> Any:
        done, outcome = threading.Event(), list[Any]()

        def run() -> None:
            def slowly(session: Session) -> Any:
                outcome.append(work(session))
                done.set()
                time.sleep(LATE)

            try:
                real(self, slowly)
            except Exception as error:
                outcome.append(error)
                done.set()

        threading.Thread(target=run).start()
        done.wait()
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    real = db.Database.write
    replace(db.Database, "write", write)


def _identity_cursor(replace: Replace) -> None:
    """Numbers are given out as an identity column does: at once, and committed whenever."""
    numbers = itertools.count(1_000)

    def feed(_session: Session, _commune_id: str, rows: Any) -> None:
        for row in rows:
            row["feed_seq"] = next(numbers)

    replace(batch, "feed", feed)


def _no_lock(replace: Replace) -> None:
    replace(quarantine, "lock_feed", lambda *_: None)


def _no_ledger(replace: Replace) -> None:
    """What was taken in before is not known again."""
    replace(ledger, "entries", lambda *_: {})


def _ledger_of_all_communes(replace: Replace) -> None:
    """The ledger is looked up without its commune."""
    entries: Any = LedgerEntry.__table__  # type: ignore[attr-defined]
    replace(ledger, "_NAMED", Prepared(select(entries).where(among(entries.c.op_id, "op_ids"))))


def _refusals_forgotten(replace: Replace) -> None:
    """What was refused before is judged as if it came for the first time."""
    replace(ledger, "refusals", lambda *_: {})


def _day_in_utc(replace: Replace) -> None:
    """The day of a visit is Greenwich's."""
    replace(Author, "counted_on", property(lambda author: author.happened_at.date()))


def _no_gone_on_move(replace: Replace) -> None:
    """A visit that goes to another hamlet leaves the one it was in without a word."""

    def leave(group: batch.Batch, kind: str, record_id: str, hamlet_id: str) -> None:
        visit = group.get(Visit, record_id)
        if visit is not None and visit["withdrawn_at"] is not None:
            real(group, kind, record_id, hamlet_id)

    real = visits.leave
    replace(visits, "leave", leave)


def _phones_clock(replace: Replace) -> None:
    """The phone's clock is believed."""
    replace(Author, "happened_at", property(lambda author: author.occurred_at))


def _no_skew(replace: Replace) -> None:
    """A request from a clock that is off is refused."""

    def pusher_of(*given: Any) -> Any:
        *_, offset, _history = given
        if abs(offset) > timedelta(hours=12):
            raise Invalid("sent_at")
        return real(*given)

    real = pusher.pusher_of
    replace(push, "pusher_of", pusher_of)


def _no_upcast(replace: Replace) -> None:
    """Only the newest version of a payload is understood."""
    replace(operations, "upcast", lambda operation, _newest: _refuse_older(operation))


def _refuse_older(operation: Any) -> Any:
    if operation.v < operations.HANDLERS[operation.type].v:
        raise VersionUnknown("v")
    return operation


def _synchronous_normal(replace: Replace) -> None:
    """SQLite does not wait for the disk."""

    def prepare(connection: Any, record: Any) -> None:
        real(connection, record)
        connection.execute("PRAGMA synchronous=NORMAL")

    real = engine._prepare_sqlite
    replace(engine, "_prepare_sqlite", prepare)


def _no_floor(replace: Replace) -> None:
    """Versions go on after a restore where the backup left them."""
    replace(Author, "next_version", lambda _author, version: version + 1)


def _floor_of_the_clock(replace: Replace) -> None:
    """A restore knows of no number that was given before it."""
    replace(history, "greatest_number", lambda _session: 0)
    replace(history, "_floors", lambda _log: [0])


def _new_ids_of_people(replace: Replace) -> None:
    """Who is invited again after a restore is somebody new."""
    replace(Ids, "token", lambda *_, **__: secrets.token_urlsafe(12))


def _new_ids_of_households(replace: Replace) -> None:
    """A list that is imported again after a restore makes new households."""
    replace(Ids, "uuid", lambda *_, **__: str(uuid.uuid4()))


def _last_writer_only(replace: Replace) -> None:
    """A write of a visit is compared with the one that the visit holds, and with no earlier one."""
    real = visits._is_late
    replace(visits, "_is_late", lambda author, versions: real(author, versions[:1]))


def _had_is_no_conflict(replace: Replace) -> None:
    """What comes again after a restore is not asked whether its author had seen the others."""
    real = versions.is_unseen
    replace(versions, "is_unseen", lambda one, author, base: not author.had and real(one, author, base))


def _no_order(replace: Replace) -> None:
    """What arrives last stands."""
    replace(Author, "is_before", lambda *_: False)


class _Anyone(str):
    """The device of whoever is signed in."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, _other: object) -> bool:
        return True

    def __ne__(self, _other: object) -> bool:
        return False


def _any_device(replace: Replace) -> None:
    """A queue travels under whatever session there is."""
    real, anyone = protocol.read_request, {"device_id": _Anyone("nobody's")}
    replace(web_sync, "read_request", lambda body: real(body).model_copy(update=anyone))


SEEDS: dict[str, Callable[[Replace], None]] = {
    "any_device": _any_device,
    "commit_after_answer": _commit_after_answer,
    "day_in_utc": _day_in_utc,
    "floor_of_the_clock": _floor_of_the_clock,
    "had_is_no_conflict": _had_is_no_conflict,
    "identity_cursor": _identity_cursor,
    "last_writer_only": _last_writer_only,
    "ledger_of_all_communes": _ledger_of_all_communes,
    "new_ids_of_households": _new_ids_of_households,
    "new_ids_of_people": _new_ids_of_people,
    "no_gone_on_move": _no_gone_on_move,
    "no_lock": _no_lock,
    "no_ledger": _no_ledger,
    "no_floor": _no_floor,
    "no_order": _no_order,
    "no_skew": _no_skew,
    "phones_clock": _phones_clock,
    "no_upcast": _no_upcast,
    "refusals_forgotten": _refusals_forgotten,
    "synchronous_normal": _synchronous_normal,
}
