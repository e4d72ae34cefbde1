"""Bugs to be planted in the running app: each must be seen to lose, double or hold up records.

`plant` replaces a part of the app by a broken one: in a test through monkeypatch, in a server's own process
(`tests.faults.seeded`, FAULT_SEED) for as long as it lives.
"""

import itertools
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from app.accounts.author import Author
from app.core import batch, db, engine
from app.core.errors import Invalid, VersionUnknown
from app.sync import ledger, operations, protocol, push, pusher, quarantine
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
    "identity_cursor": _identity_cursor,
    "no_lock": _no_lock,
    "no_ledger": _no_ledger,
    "no_floor": _no_floor,
    "no_order": _no_order,
    "no_skew": _no_skew,
    "phones_clock": _phones_clock,
    "no_upcast": _no_upcast,
    "synchronous_normal": _synchronous_normal,
}
