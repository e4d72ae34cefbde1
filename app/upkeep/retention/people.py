"""What is stored of people who work with the app, after its term: sessions, lost factors, notes of calls, and
the numbers of those who have left. And what phones sent that was put aside, once it is decided."""

from datetime import datetime

from sqlalchemy import ColumnElement, Integer, Table, and_, bindparam, delete, func, or_, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from app.commune.accounts.call_history import CallRecord
from app.commune.accounts.models import Account, SignInSession
from app.commune.phone_communes import PhoneCommune
from app.commune.second_factor.models import FactorLoss
from app.core.clock import Instant
from app.core.db import table_of
from app.core.feed import feed
from app.core.sql.prepared import Prepared, in_list
from app.core.types import Row
from app.sync.wire.models import QuarantinedOperation
from app.upkeep.retention.steps import Columns, Find, Step, all_columns_of, columns_of

_BEFORE = bindparam("before", type_=Instant)


def _find(table: Table, key: str, *is_due: ColumnElement[bool]) -> Find:
    found = Prepared(
        select(table.c[key].label("key"))
        .where(table.c.commune_id == bindparam("commune_id"), *is_due)
        .limit(bindparam("most", type_=Integer))
    )

    def find_due(session: Session, commune_id: str, before: datetime, most: int) -> list[Row]:
        return found.rows(session, commune_id=commune_id, before=before, most=most)

    return find_due


def _delete(name: str, columns: Columns, table: Table, key: str, is_due: ColumnElement[bool]) -> Step:
    remove: Prepared[Row] = Prepared(
        delete(table).where(table.c.commune_id == bindparam("commune_id"), in_list(table.c[key], "keys"))
    )

    def purge(session: Session, commune_id: str, found: list[Row], _before: datetime) -> None:
        remove.run(session, commune_id=commune_id, keys=[row["key"] for row in found])

    return Step(name, columns, _find(table, key, is_due), purge)


_SESSION, _LOSS, _CALL = table_of(SignInSession), table_of(FactorLoss), table_of(CallRecord)
_QUARANTINED, _ACCOUNT = table_of(QuarantinedOperation), table_of(Account)
# The latest moment at which anything could still be done with one.
_LOSS_ENDED = func.coalesce(_LOSS.c.done_at, _LOSS.c.stopped_at, _LOSS.c.due_at, _LOSS.c.asked_at)
_QUARANTINE_ENDED = func.coalesce(_QUARANTINED.c.decided_at, _QUARANTINED.c.received_at)
_EMPTY_PAYLOADS: Prepared[Row] = Prepared(
    update(_QUARANTINED)
    .where(
        _QUARANTINED.c.commune_id == bindparam("commune_id"),
        in_list(_QUARANTINED.c.op_id, "keys"),
        _QUARANTINED.c.state != "open",
        _QUARANTINE_ENDED < _BEFORE,
    )
    .values(payload="")
)


def _empty_payloads(session: Session, commune_id: str, found: list[Row], before: datetime) -> None:
    """The row stays: the ledger refers to it."""
    _EMPTY_PAYLOADS.run(session, commune_id=commune_id, keys=[row["key"] for row in found], before=before)


def _forget_numbers(session: Session, commune_id: str, found: list[Row], before: datetime) -> None:
    """As far as nobody has come back meanwhile. That a supervisor had a number to call stays, without it:
    phones have it from a row."""
    is_left = (col(Account.commune_id) == commune_id, col(Account.ended_at) < before)
    wanted = select_rows(Account).where(*is_left, col(Account.id).in_([row["key"] for row in found]))
    accounts = list(session.exec(wanted.order_by(col(Account.id)).with_for_update(key_share=True)))
    for account in accounts:
        account.phone, account.contact_phone = None, None if account.contact_phone is None else ""
        session.add(account)
    feed(session, commune_id, accounts)
    session.flush()


SESSIONS = _delete(
    "sessions", all_columns_of(SignInSession), _SESSION, "token_hash", _SESSION.c.expires_at < _BEFORE
)
QUARANTINED = Step(
    "quarantined",
    columns_of(QuarantinedOperation, "payload"),
    _find(
        _QUARANTINED,
        "op_id",
        and_(_QUARANTINED.c.state != "open", _QUARANTINE_ENDED < _BEFORE, _QUARANTINED.c.payload != ""),
    ),
    _empty_payloads,
)
LOST_FACTORS = _delete("lost_factors", all_columns_of(FactorLoss), _LOSS, "id", _LOSS_ENDED < _BEFORE)
CALLS = _delete("calls", all_columns_of(CallRecord), _CALL, "id", _CALL.c.called_at < _BEFORE)
NUMBERS = Step(
    "numbers",
    columns_of(Account, "phone contact_phone") + columns_of(PhoneCommune, "phone"),
    _find(
        _ACCOUNT,
        "id",
        and_(
            _ACCOUNT.c.ended_at < _BEFORE,
            or_(_ACCOUNT.c.phone.is_not(None), _ACCOUNT.c.contact_phone != ""),
        ),
    ),
    _forget_numbers,
)
PEOPLE = (SESSIONS, QUARANTINED, LOST_FACTORS, CALLS, NUMBERS)
