"""The communes of the instance as its operators see them: one small row each, what needs somebody first."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlmodel import Session, col

from app.commune.areas import Commune, Province
from app.province.models import CommuneStatus
from app.province.status import of_commune

_Wanted = Select[Commune, Province, CommuneStatus]
PAGE = 50
"""Communes on a page."""
_IS_HERE = col(Commune.moved_at).is_(None)
_IS_ON = and_(col(Commune.off_at).is_(None), _IS_HERE)
# What an operator calls about, the most urgent first.
_CALLS: dict[str, ColumnElement[bool]] = {
    "lost": and_(col(CommuneStatus.lost) > 0, _IS_ON),
    "full": and_(col(CommuneStatus.full) > 0, _IS_ON),
    "silent": and_(col(CommuneStatus.is_silent), _IS_ON),
    "behind": and_(col(CommuneStatus.behind) > 0, _IS_ON),
}
# What the list can be reduced to, by its name in the address; "" is all.
_SHOWN: dict[str, ColumnElement[bool]] = {
    "": true(),
    "attention": or_(*_CALLS.values()),
    **_CALLS,
    "outdated": col(CommuneStatus.outdated) > 0,
    "off": and_(col(Commune.off_at).is_not(None), _IS_HERE),
    "moved": ~_IS_HERE,
}
FILTERS = tuple(_SHOWN)
_URGENCY = case(*((is_so, place) for place, is_so in enumerate(_CALLS.values())), else_=len(_CALLS))


@dataclass(frozen=True)
class CommuneSigns:
    """A commune, and its signs; None before they are counted for the first time."""

    commune: Commune
    province: Province
    signs: CommuneStatus | None


def list_begun(session: Session, province_code: str, shown: str, page: int) -> list[CommuneSigns]:
    """A page of the communes that have begun, of a province or of all (""), reduced to those of the filter
    `shown`: those that need a call first, then by official code. Pages count from 1."""
    wanted = _begun(province_code).where(_SHOWN[shown])
    ordered = wanted.order_by(_URGENCY, Commune.code)
    return _read(session, ordered.offset((page - 1) * PAGE).limit(PAGE))


def find(session: Session, ids: Sequence[str]) -> list[CommuneSigns]:
    """These communes, also those that have not begun, in this order."""
    places = {commune_id: place for place, commune_id in enumerate(ids)}
    found = _read(session, _communes().where(col(Commune.id).in_(ids)))
    return sorted(found, key=lambda one: places[one.commune.id])


def count_begun(session: Session, province_code: str) -> dict[str, int]:
    """How many communes that have begun each of `FILTERS` finds."""
    counts = [func.count(case((is_so, 1))).label(f"shown_{name}") for name, is_so in _SHOWN.items()]
    (row,) = session.execute(_begun(province_code).with_only_columns(*counts)).all()
    return dict(zip(_SHOWN, row, strict=True))


def count_changes(session: Session) -> int:
    """The changes of all communes together, by their signs."""
    return int(session.execute(select(func.coalesce(func.sum(CommuneStatus.head), 0))).scalar_one())


def totals(session: Session) -> tuple[int, int]:
    """The households and the phones of all communes together, by their signs."""
    wanted = (func.coalesce(func.sum(one), 0) for one in (CommuneStatus.households, CommuneStatus.phones))
    households, phones = session.execute(select(*wanted)).one()
    return int(households), int(phones)


def share_of(size: int, signs: CommuneStatus, changes: int) -> int:
    """The part of a database's `size` that a commune takes, by its share of the `changes` of all: rows of
    communes lie in the same pages, so no figure of the database says it."""
    return size * signs.head // changes if changes else 0


def _communes() -> _Wanted:
    joined = select(Commune, Province, CommuneStatus).join(
        Province, col(Province.code) == Commune.province_code
    )
    return joined.outerjoin(CommuneStatus, of_commune())


def _begun(province_code: str) -> _Wanted:
    wanted = _communes().where(col(Commune.started_at).is_not(None))
    return wanted.where(col(Commune.province_code) == province_code) if province_code else wanted


def _read(session: Session, wanted: _Wanted) -> list[CommuneSigns]:
    return [CommuneSigns(*row) for row in session.execute(wanted)]
