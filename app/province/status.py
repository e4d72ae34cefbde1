"""Counting the signs of communes, for the pages of their province and of operators, which read one small row
of each.

A page that counted the households of a hundred communes would take seconds. What is a few minutes old says
the same, and when it was counted stands beside it.
"""

import random
import time
from datetime import datetime, timedelta
from functools import partial
from math import inf
from typing import TypedDict

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, case, func, or_, select
from sqlmodel import Session, col

from app import __version__
from app.commune.accounts.calls import UNSENT_AFTER
from app.commune.accounts.models import Device
from app.commune.areas import Commune, Hamlet
from app.commune.credentials.silence import SilentCommune, is_silent
from app.commune.settings import settings_of
from app.core.clock import Clock, Instant
from app.core.db import Database, table_of
from app.core.errors import Unavailable
from app.core.feed import feed_head
from app.core.sql.prepared import Prepared
from app.core.sql.upsert import Upsert, replacing
from app.core.types import Row
from app.fieldwork.derived.household_days.models import VisitedHousehold
from app.fieldwork.households.models import Household
from app.province.models import CommuneStatus
from app.sync.wire.builds import is_older, release

EVERY = timedelta(minutes=5)  # how old the signs of a commune may become


def count_due(database: Database, clock: Clock, seconds: float = inf) -> None:
    """Count the signs of the communes whose last ones are older than `EVERY`, or of as many as in so many
    seconds. Of several processes that do this at once each takes others.

    Raises `Unavailable`, at the end that of a commune whose machine is down.
    """
    began, failure = time.monotonic(), None
    waiting = database.read(lambda session: _due(session, clock()))
    random.shuffle(waiting)
    for commune_id in waiting:
        try:
            row = database.read(partial(_count, commune_id=commune_id, now=clock()))
            if row:
                database.write(partial(_store, row=row), is_shared=True)
        except Unavailable as error:
            failure = error
        if time.monotonic() - began > seconds:
            break
    if failure:
        raise failure


def of_commune() -> ColumnElement[bool]:
    """Joins the signs of a commune, which are those of its present province."""
    is_in_province = col(CommuneStatus.province_code) == Commune.province_code
    return and_(is_in_province, col(CommuneStatus.commune_id) == Commune.id)


def _due(session: Session, now: datetime) -> list[str]:
    """The communes that have begun and whose signs are due."""
    begun = select(col(Commune.id)).where(col(Commune.started_at).is_not(None))
    waiting = begun.outerjoin(CommuneStatus, of_commune()).add_columns(col(CommuneStatus.as_of))
    return [commune_id for commune_id, as_of in session.execute(waiting) if _is_due(as_of, now)]


def _is_due(as_of: datetime | None, now: datetime) -> bool:
    """What a wrong clock has dated to the future is due as well."""
    return as_of is None or not now - EVERY < as_of <= now


def _count(session: Session, commune_id: str, now: datetime) -> Row | None:
    """The signs of a commune as they are now; None if another process has just counted them. Its households
    are not counted again if nothing has changed since."""
    commune, head = session.get_one(Commune, commune_id), feed_head(session, commune_id)
    known = session.get(CommuneStatus, (commune.province_code, commune_id))
    if known is not None and not _is_due(known.as_of, now):
        return None
    (phones,) = _PHONES.rows(session, commune_id=commune_id, unsent_since=now - UNSENT_AFTER)
    contact = SilentCommune(commune, phones["phones"], phones["heard_at"])
    if known is not None and known.head == head:
        households, met = known.households, known.met
    else:
        households, met = _coverage(session, commune_id)
    return {
        **phones,
        **_builds(session, commune_id),
        "province_code": commune.province_code,
        "commune_id": commune_id,
        "as_of": now,
        "head": head,
        "households": households,
        "met": met,
        "is_silent": is_silent(session, contact, now),
        "month_start_day": settings_of(session, commune_id).month_start_day,
    }


def _coverage(session: Session, commune_id: str) -> tuple[int, int]:
    """The households of the hamlets that stand, by the commune's books or the list, whichever has more; and
    those on the list in which a counted visit met somebody: as the desk's page of coverage counts them."""
    on_list = {row["hamlet_id"]: row for row in _LISTED.rows(session, commune_id=commune_id)}
    households = met = 0
    for hamlet in _HAMLETS.rows(session, commune_id=commune_id):
        found = on_list.get(hamlet["id"], {"listed": 0, "met": 0})
        households += max(found["listed"], hamlet["known_households"] or 0)
        met += found["met"]
    return households, met


def _builds(session: Session, commune_id: str) -> Row:
    """The oldest release of the app on the commune's phones, and how many have an older one than this
    server's."""
    found = {row["build"]: row["count"] for row in _BUILDS.rows(session, commune_id=commune_id)}
    return {
        "oldest_build": min(found, key=release, default=""),
        "outdated": sum(count for build, count in found.items() if is_older(build, __version__)),
    }


def _store(session: Session, row: Row) -> None:
    _PUT.run_all(session, [row])


class _Phones(TypedDict):
    phones: int
    heard_at: datetime | None
    behind: int
    lost: int
    full: int


_COMMUNE_ID: BindParameter[str] = bindparam("commune_id")
_DEVICE, _HAMLET = table_of(Device), table_of(Hamlet)
_HOUSEHOLD, _VISITED = table_of(Household), table_of(VisitedHousehold)
_IS_BEHIND = and_(
    _DEVICE.c.queue_count > 0, _DEVICE.c.queue_oldest_at <= bindparam("unsent_since", type_=Instant)
)
_HAS_LOSS = or_(
    _DEVICE.c.lost_count > 0, _DEVICE.c.reinstalled_at.is_not(None), _DEVICE.c.reused_count > 0
)  # as `Call.has_lost`
_IN_USE = and_(_DEVICE.c.commune_id == _COMMUNE_ID, _DEVICE.c.revoked_at.is_(None))
_PHONES = Prepared(
    select(
        func.count().label("phones"),
        func.max(_DEVICE.c.last_contact_at).label("heard_at"),
        func.count(case((_IS_BEHIND, 1))).label("behind"),
        func.count(case((_HAS_LOSS, 1))).label("lost"),
        func.count(_DEVICE.c.full_since).label("full"),
    ).where(_IN_USE),
    _Phones,
)
_BUILDS: Prepared[Row] = Prepared(
    select(_DEVICE.c.build, func.count().label("count"))
    .where(_IN_USE, _DEVICE.c.build != "")
    .group_by(_DEVICE.c.build)
)
_HAMLETS: Prepared[Row] = Prepared(
    select(_HAMLET.c.id, _HAMLET.c.known_households).where(
        _HAMLET.c.commune_id == _COMMUNE_ID, _HAMLET.c.merged_into.is_(None)
    )
)
_LISTED: Prepared[Row] = Prepared(
    select(_HOUSEHOLD.c.hamlet_id, func.count().label("listed"), func.count(_VISITED.c.first_on).label("met"))
    .outerjoin(
        _VISITED,
        and_(_VISITED.c.commune_id == _COMMUNE_ID, _VISITED.c.household_id == _HOUSEHOLD.c.id),
    )
    .where(
        _HOUSEHOLD.c.commune_id == _COMMUNE_ID,
        _HOUSEHOLD.c.state == "active",
        _HOUSEHOLD.c.merged_into.is_(None),
    )
    .group_by(_HOUSEHOLD.c.hamlet_id)
)
_PUT = Upsert(table_of(CommuneStatus), replacing)
