"""In which communes a phone number can sign in.

A sign-in on a phone names no commune. It looks here, and then for codes in these communes, one after the
other: no statement reads the accounts of all communes. The rows follow the accounts' numbers in the
transaction that changes one, whoever does.
"""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import delete, event, inspect, select
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Field, Session, SQLModel, col

from app.core.db import table_of
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.prepared import one_of
from app.core.sql.upsert import Upsert

_CHANGED = "numbers whose communes may have changed"


@stores(rows.TECHNICAL, {rows.MEMBER_PHONE: "phone"})
class PhoneCommune(SQLModel, table=True):
    """That accounts of a commune have this number, in E.164; also accounts that have ended."""

    __tablename__ = "phone_commune"

    phone: str = Field(primary_key=True)
    commune_id: str = Field(primary_key=True, foreign_key="commune.id")


class PhoneOwner:
    """Base of the model whose rows have `commune_id` and `phone`."""


def communes_of(session: Session, phone: str) -> list[str]:
    """The ids of the communes of which accounts have the number, in a fixed order."""
    wanted = select(col(PhoneCommune.commune_id)).where(col(PhoneCommune.phone) == phone)
    return list(session.scalars(wanted.order_by(col(PhoneCommune.commune_id))))


def wrong_phones(session: Session, owner: type[SQLModel], commune_id: str) -> set[str]:
    """The numbers of a commune whose row is missing, or that no row of `owner` has."""
    owned, listed = (
        set(session.scalars(select(table.c.phone).where(table.c.commune_id == commune_id)))
        for table in (table_of(owner), _TABLE)
    )
    return (owned - {None}) ^ listed


def rebuild(session: Session, owner: type[SQLModel], commune_id: str) -> int:
    """Write the rows that are wrong; how many. Call it with the feed locked."""
    phones = wrong_phones(session, owner, commune_id)
    _write(session, owner, commune_id, phones)
    return len(phones)


@event.listens_for(Session, "before_flush")
def _note_changes(session: Session, _context: UOWTransaction, _instances: Iterable[object] | None) -> None:
    for row in [*session.new, *session.dirty]:
        if isinstance(row, PhoneOwner):
            state = inspect(row)
            phones = state.attrs.phone.history
            if phones.has_changes():
                changed = session.info.setdefault(_CHANGED, defaultdict(set))
                changed[type(row), state.dict["commune_id"]].update(filter(None, phones.sum()))


@event.listens_for(Session, "after_flush")
def _follow(session: Session, _context: UOWTransaction) -> None:
    """Whoever changes an account holds the feed of its commune, so that of two changes of one number the
    later one sees the earlier."""
    for (owner, commune_id), phones in session.info.pop(_CHANGED, {}).items():
        _write(session, owner, commune_id, phones)


def _write(session: Session, owner: type[SQLModel], commune_id: str, phones: set[str]) -> None:
    """Add the rows of those numbers that a row of `owner` has, and delete those of the others."""
    table = table_of(owner).c
    owned = select(table.phone).where(table.commune_id == commune_id, one_of(table.phone, list(phones)))
    used = set(session.scalars(owned)) if phones else phones
    _ADD.run_all(session, [{"phone": phone, "commune_id": commune_id} for phone in sorted(used)])
    if unused := phones - used:
        is_unused = one_of(_TABLE.c.phone, list(unused))
        session.execute(delete(_TABLE).where(_TABLE.c.commune_id == commune_id, is_unused))


_TABLE = table_of(PhoneCommune)
_ADD = Upsert(_TABLE, lambda _table, insert: {"phone": insert.excluded.phone})
