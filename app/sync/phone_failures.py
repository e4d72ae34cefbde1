"""Failures of the phone's own code, as phones tell them: which kind, where in which bundle, how often.

No text of an error and nobody's name: what is no code of this form is dropped unread. A phone tells them with
its next exchange, which they never stop; a lost answer has them counted twice.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator
from sqlalchemy import BigInteger
from sqlmodel import Field, Session, SQLModel, col, delete, func, select

from app.core.clock import Instant
from app.core.db import table_of
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.upsert import Upsert

MAX_OF_REQUEST, MAX_COUNT = 10, 1_000
MAX_ROWS = 500
"""Further ones are counted as `OTHER`: a phone that invents codes fills no disk."""
RETENTION = timedelta(days=90)
OTHER = "other"
# Build, name of the error's class, bundle with line and column: *0.1.0 TypeError field-e02d.js:1:2047*.
_CODE = re.compile(
    r"(\d[0-9.]{0,20}(?:\+[0-9a-f]{1,12})?) "
    r"((?:[A-Za-z]{0,30}Error|unknown)(?: (?:field|later|en|sw)(?:-[0-9a-f]{4,16})?\.js:\d{1,7}:\d{1,8})?)",
    re.ASCII,
)
_BROWSERS = (
    ("SamsungBrowser", "Samsung"), ("EdgA?", "Edge"), ("OPR", "Opera"), ("FxiOS|Firefox", "Firefox"),
    ("CriOS|Chrome", "Chrome"), ("Version", "Safari"),
)  # fmt: skip


def _well_formed(value: object) -> dict[str, int]:
    """The codes of this form among `value`, whatever it is: a malformed one stops no visit."""
    if not isinstance(value, Mapping):
        return {}
    found = {
        key: min(count, MAX_COUNT)
        for key, count in value.items()
        if isinstance(key, str) and _CODE.fullmatch(key) and type(count) is int and count > 0
    }
    return dict(list(found.items())[:MAX_OF_REQUEST])


Failures = Annotated[dict[str, int] | None, BeforeValidator(_well_formed)]
"""A field of a request."""


@stores(rows.TECHNICAL, {rows.TECHNICAL: "code build browser"})
class PhoneFailure(SQLModel, table=True):
    """How often phones told of one failure, of all communes together; `last_at`: when last."""

    __tablename__ = "phone_failure"

    code: str = Field(primary_key=True)
    build: str = Field(primary_key=True)
    browser: str = Field(primary_key=True)
    count: int = Field(sa_type=BigInteger)
    first_at: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant)


_ADD = Upsert(
    table_of(PhoneFailure),
    lambda table, insert: {
        "count": table.c["count"] + insert.excluded["count"],
        "last_at": insert.excluded.last_at,
    },
)


def browser_of(user_agent: str) -> str:
    """*Chrome 126*: the browser's family and version; *other* if it is none of the known ones."""
    for pattern, name in _BROWSERS:
        if found := re.search(rf"(?:{pattern})/(\d{{1,4}})", user_agent[:500], re.ASCII):
            return f"{name} {found[1]}"
    return OTHER


def record(session: Session, failures: Mapping[str, int], browser: str, now: datetime) -> None:
    """Add what one phone told, in the order of the codes, in which all transactions lock them."""
    room = MAX_ROWS - session.exec(select(func.count()).select_from(PhoneFailure)).one()
    for key, count in sorted(failures.items()):
        build, code = key.split(" ", 1)
        known = session.get(PhoneFailure, (code, build, browser))
        if known is None and room <= 0:
            code, build, browser = OTHER, "", ""
        room -= known is None
        _add(session, (code, build, browser), count, now)


def _add(session: Session, key: tuple[str, str, str], count: int, now: datetime) -> None:
    code, build, browser = key
    values = {"code": code, "build": build, "browser": browser, "first_at": now, "last_at": now}
    _ADD.run_all(session, [values | {"count": count}])


def newest(session: Session, limit: int) -> list[PhoneFailure]:
    """Those that phones told of last, at most `limit`."""
    newest_first = (col(PhoneFailure.last_at).desc(), PhoneFailure.code, PhoneFailure.build)
    return list(session.exec(select(PhoneFailure).order_by(*newest_first).limit(limit)))


def purge_expired(session: Session, now: datetime) -> None:
    """Delete those that no phone has told of for `RETENTION`."""
    session.exec(delete(PhoneFailure).where(col(PhoneFailure.last_at) < now - RETENTION))
