"""Failed sign-ins, counted in the database: a restart forgets nothing, and workers count together.

An attempt is counted before it is judged and taken off again when it succeeds, so that parallel guesses
cannot slip through between the test and the count (docs/decisions/0029-doors.md).
"""

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.accounts.models import KnownBrowser, SignInFailure
from app.core.errors import TooManyAttempts

WINDOW = timedelta(minutes=5)
MOST_FOR_NAME = 5
MOST_FROM_ADDRESS = 50
KNOWN_FOR = timedelta(days=400)  # the longest a browser keeps a cookie
SWEPT_AT_ONCE = 100
UNKNOWN_ADDRESS = "unknown"

_FAILURE: Any = SignInFailure.__table__  # type: ignore[attr-defined]
_KNOWN: Any = KnownBrowser.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Attempt:
    """One try to sign in. `subject`: what is tried (*desk binh*, *phone +84900000001*); `address`: the
    network address, a /64 of IPv6 being one; `browser`: the value of the browser's cookie, or nothing."""

    subject: str
    address: str
    browser: str = ""


def begin(session: Session, attempt: Attempt, now: datetime) -> None:
    """Count `attempt` as failed until `succeeded` says otherwise.

    Raises `TooManyAttempts` (seconds until the next try) after 5 failures in 5 minutes for one name or
    number, or 50 for one address; the transaction must then be rolled back. A browser that signed in by
    this name before has 5 failures of its own, and the others do not count against it.
    """
    _sweep(session, now)
    for key, most in _counters(session, attempt):
        count, since = session.execute(_counted(session, key, now)).one()
        if count > most:
            raise TooManyAttempts(max(1, round((since + WINDOW - now).total_seconds())))


def succeeded(session: Session, attempt: Attempt, now: datetime) -> str:
    """Take the attempt off the count again and remember the browser: the value of its cookie."""
    for key, _most in _counters(session, attempt):
        counted = (_FAILURE.c.key == key) & (_FAILURE.c.count > 0)
        session.execute(update(_FAILURE).where(counted).values(count=_FAILURE.c.count - 1))
    browser = attempt.browser or secrets.token_urlsafe(32)
    session.merge(KnownBrowser(token_hash=_hash(browser), subject_hash=_hash(attempt.subject), seen_at=now))
    return browser


def forget(session: Session, now: datetime) -> None:
    """Delete the browsers whose cookies are over."""
    session.execute(delete(KnownBrowser).where(_KNOWN.c.seen_at < now - KNOWN_FOR))


def network_of(address: str) -> str:
    """What counts as one address: the /64 of an IPv6 address, an IPv4 address itself."""
    return _network(address, 32, 64)


def abbreviated(address: str) -> str:
    """What the log says of an address: its neighbourhood, too wide to tell one household."""
    return _network(address, 24, 48)


def _network(address: str, bits: int, bits_v6: int) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN_ADDRESS
    found = getattr(found, "ipv4_mapped", None) or found
    length = bits if found.version == 4 else bits_v6
    return str(ipaddress.ip_network((found.packed, length), strict=False))


def _counters(session: Session, attempt: Attempt) -> list[tuple[str, int]]:
    """The counters of an attempt and how far they go, in the order in which their rows are locked."""
    if attempt.browser and _is_known(session, attempt):
        return [(_hash(f"{attempt.subject} {attempt.browser}"), MOST_FOR_NAME)]
    return [(_hash(attempt.address), MOST_FROM_ADDRESS), (_hash(attempt.subject), MOST_FOR_NAME)]


def _is_known(session: Session, attempt: Attempt) -> bool:
    named = (_hash(attempt.browser), _hash(attempt.subject))
    return session.get(KnownBrowser, named) is not None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _counted(session: Session, key: str, now: datetime) -> Any:
    """One failure more under `key`, in its window of five minutes: returns how many, and since when."""
    insert: Any = sqlite.insert if session.connection().dialect.name == "sqlite" else postgresql.insert
    over = _over(now)
    return (
        insert(_FAILURE)
        .values(key=key, count=1, since=now)
        .on_conflict_do_update(
            index_elements=[_FAILURE.c.key],
            set_={
                "count": case((over, 1), else_=_FAILURE.c.count + 1),
                "since": case((over, now), else_=_FAILURE.c.since),
            },
        )
        .returning(_FAILURE.c.count, _FAILURE.c.since)
    )


def _sweep(session: Session, now: datetime) -> None:
    """Delete counters that are over: there are never more than the attempts of five minutes."""
    over = select(_FAILURE.c.key).where(_over(now)).limit(SWEPT_AT_ONCE)
    # Another worker's rows are skipped: it deletes or counts them at this moment.
    session.execute(delete(_FAILURE).where(_FAILURE.c.key.in_(over.with_for_update(skip_locked=True))))


def _over(now: datetime) -> Any:
    # A counter from the future was begun by a clock that ran ahead: it must not shut the door for years.
    return or_(_FAILURE.c.since <= now - WINDOW, _FAILURE.c.since >= now + WINDOW)
