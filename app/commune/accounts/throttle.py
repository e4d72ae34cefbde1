"""Failed sign-ins, counted in the database: a restart forgets none, and all workers count together.

An attempt is counted as failed before the secret is verified, and taken off the count when it succeeds.
Otherwise parallel attempts would all pass the test before the first one is counted
(docs/decisions/0029-failed-sign-ins-and-logs.md).
"""

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, bindparam, case, delete, or_, select, update
from sqlmodel import Field, Session, SQLModel, col

from app.core.clock import Instant
from app.core.db import table_of
from app.core.errors import TooManyAttempts
from app.core.personal_data import rows
from app.core.personal_data.codes import Term
from app.core.personal_data.columns import stores
from app.core.sql.upsert import Upsert

WINDOW = timedelta(minutes=5)
MAX_FAILURES_OF_NAME = 5
MAX_FAILURES_OF_ADDRESS = 50
MAX_DELIVERIES = 30  # of one network address, or one phone
MAX_PUBLIC_DELIVERIES = 300
MAX_LOOKUPS = 10  # of printed reports, in a minute from one network address
MAX_REQUESTS = 120  # with one token, in a minute
KNOWN_BROWSER_LIFETIME = timedelta(days=Term.BROWSER.days)  # the longest that a browser keeps a cookie
PURGE_LIMIT = 100  # counters that one attempt deletes at most
UNKNOWN_ADDRESS = "unknown"


@stores(rows.FAILURE, {rows.FAILURE: "key"})
class SignInFailure(SQLModel, table=True):
    """How many sign-ins failed, files were delivered, reports looked up or requests made by token, in a
    window of five minutes that began at `since` (`throttle`).

    `key` is the hash of what they are counted by: the name or number, the network address, the known
    browser, or the phone. Nothing that was typed is stored.
    """

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_since", "since"),)

    key: str = Field(primary_key=True)
    count: int
    since: datetime = Field(sa_type=Instant)


@stores(rows.BROWSER, {rows.BROWSER: "token_hash subject_hash"})
class KnownBrowser(SQLModel, table=True):
    """A browser that signed in with a name or number, last at `seen_at`; both its cookie and the name are
    hashes."""

    __tablename__ = "known_browser"

    token_hash: str = Field(primary_key=True)
    subject_hash: str = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=Instant)


_FAILURE = table_of(SignInFailure)


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in. `subject`: kind and name or number (*desk binh*, *phone +84900000001*);
    `address`: the network that the request came from (`network_of`); `browser`: the value of the cookie of a
    known browser, or empty."""

    subject: str
    address: str
    browser: str = ""


def count_attempt(session: Session, attempt: Attempt, now: datetime) -> None:
    """Count `attempt` as failed, until `record_success`.

    Raises `TooManyAttempts` (seconds until the next one) after 5 failures in 5 minutes for one name or
    number, or 50 for one address; the transaction must then be rolled back. A browser that has signed in with
    this name before has 5 failures of its own, and those of others do not count against it.
    """
    _count_all(session, _counters(session, attempt), now)


def count_delivery(session: Session, sender: str, now: datetime, *, is_public: bool) -> None:
    """Count an export file that `sender`, a phone or a network address, delivers for somebody else.

    Raises `TooManyAttempts` after 30 in 5 minutes of one sender, or 300 on the public page.
    """
    counters = [(_hash("deliveries"), MAX_PUBLIC_DELIVERIES)] if is_public else []
    _count_all(session, [(_hash(f"delivery {sender}"), MAX_DELIVERIES), *counters], now)


def count_lookup(session: Session, address: str, now: datetime) -> None:
    """Count a lookup of a printed report from a network address, in this minute of the clock.

    Raises `TooManyAttempts` after 10.
    """
    _count_in_minute(session, f"lookup {address}", MAX_LOOKUPS, now)


def count_request(session: Session, token: str, now: datetime) -> None:
    """Count a request of a program with this token, in this minute of the clock.

    Raises `TooManyAttempts` after 120.
    """
    _count_in_minute(session, f"token {token}", MAX_REQUESTS, now)


def record_success(session: Session, attempt: Attempt, now: datetime) -> str:
    """Take the attempt off the count and remember the browser; the value of its cookie."""
    take_off(session, attempt)
    return remember_browser(session, attempt, now)


def take_off(session: Session, attempt: Attempt) -> None:
    """Take the attempt off the count."""
    for key, _limit in _counters(session, attempt):
        counter = (_FAILURE.c.key == key) & (_FAILURE.c.count > 0)
        session.execute(update(_FAILURE).where(counter).values(count=_FAILURE.c.count - 1))


def remember_browser(session: Session, attempt: Attempt, now: datetime) -> str:
    """Remember that the browser signed in as the attempt's subject; the value of its cookie."""
    browser = attempt.browser or secrets.token_urlsafe(32)
    session.merge(KnownBrowser(token_hash=_hash(browser), subject_hash=_hash(attempt.subject), seen_at=now))
    return browser


def forget_browsers(session: Session, subject: str) -> None:
    """Forget which browsers have signed in as this subject (`Attempt.subject`)."""
    session.execute(delete(KnownBrowser).where(col(KnownBrowser.subject_hash) == _hash(subject)))


def is_known_browser(session: Session, browser: str) -> bool:
    """Whether somebody has signed in with this browser, whoever it was."""
    wanted = select(col(KnownBrowser.token_hash)).where(col(KnownBrowser.token_hash) == _hash(browser))
    return session.execute(wanted.limit(1)).first() is not None


def is_known(session: Session, attempt: Attempt) -> bool:
    """Whether the attempt's browser has signed in as its subject before."""
    return (
        bool(attempt.browser)
        and session.get(KnownBrowser, (_hash(attempt.browser), _hash(attempt.subject))) is not None
    )


def purge_expired_browsers(session: Session, now: datetime) -> None:
    """Delete the known browsers whose cookies have expired."""
    session.execute(delete(KnownBrowser).where(col(KnownBrowser.seen_at) < now - KNOWN_BROWSER_LIFETIME))


def network_of(address: str) -> str:
    """What counts as one address: the /64 of an IPv6 address, an IPv4 address itself."""
    return _network(address, 32, 64)


def truncate_address(address: str) -> str:
    """The part of an address that the log may show: too short to identify a household."""
    return _network(address, 24, 48)


def _network(address: str, bits: int, bits_v6: int) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN_ADDRESS
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    length = bits if parsed.version == 4 else bits_v6
    return str(ipaddress.ip_network((parsed.packed, length), strict=False))


def _counters(session: Session, attempt: Attempt) -> list[tuple[str, int]]:
    """The keys and limits of the attempt's counters, in the order in which their rows are locked."""
    if is_known(session, attempt):
        return [(_hash(f"{attempt.subject} {attempt.browser}"), MAX_FAILURES_OF_NAME)]
    return [
        (_hash(attempt.address), MAX_FAILURES_OF_ADDRESS),
        (_hash(attempt.subject), MAX_FAILURES_OF_NAME),
    ]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def count_wrong_token(session: Session, address: str, now: datetime) -> None:
    """Count a request with a token that is none as a failed sign-in of its network address.

    Raises `TooManyAttempts` after 50 in 5 minutes.
    """
    _count_all(session, [(_hash(address), MAX_FAILURES_OF_ADDRESS)], now)


def _count_in_minute(session: Session, what: str, limit: int, now: datetime) -> None:
    _purge_expired(session, now)
    count, _since = _count(session, _hash(f"{what} {now:%Y-%m-%dT%H:%M}"), now)
    if count > limit:
        raise TooManyAttempts(60 - now.second)


def _count_all(session: Session, counters: list[tuple[str, int]], now: datetime) -> None:
    _purge_expired(session, now)
    for key, limit in counters:
        count, since = _count(session, key, now)
        if count > limit:
            raise TooManyAttempts(max(1, round((since + WINDOW - now).total_seconds())))


def _count(session: Session, key: str, now: datetime) -> tuple[int, datetime]:
    """Add one to the counter `key`, or start it anew; its count and the start of its window."""
    (row,) = _COUNT.returned(session, key=key, count=1, since=now, **_window(now))
    return row["count"], row["since"]


def _purge_expired(session: Session, now: datetime) -> None:
    """Delete counters whose window is over, so that their number stays that of five minutes' attempts."""
    # Rows that another worker deletes or counts at this moment are skipped.
    expired = select(_FAILURE.c.key).where(_IS_OVER).limit(PURGE_LIMIT).with_for_update(skip_locked=True)
    session.execute(delete(_FAILURE).where(_FAILURE.c.key.in_(expired)), _window(now))


def _window(now: datetime) -> dict[str, datetime]:
    return {"ended": now - WINDOW, "ahead": now + WINDOW}


# Whether a counter's window is over. One in the future was started by a clock that was ahead, and must not
# refuse sign-ins until then.
_IS_OVER = or_(
    _FAILURE.c.since <= bindparam("ended", type_=Instant),
    _FAILURE.c.since >= bindparam("ahead", type_=Instant),
)
_COUNT = Upsert(
    _FAILURE,
    lambda table, insert: {
        "count": case((_IS_OVER, 1), else_=table.c["count"] + 1),
        "since": case((_IS_OVER, insert.excluded.since), else_=table.c.since),
    },
    returning=True,
)
