"""Mask numbers of identity cards that were stored before they were masked on every way in.

Rows that phones copy get new numbers of the feed, so that the phones' copies are masked too. Flags are computed
anew after the upgrade, because their rules have another version.

Created 2026-12-01.
"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.core.numbers.id_numbers import mask_id_numbers, mask_values

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_ROWS = 2_000  # read at a time
_FED = ("account", "household", "outreach_session", "remark", "visit")  # tables whose rows phones copy
# The key of each table beside the commune's id, and its columns in which people have written.
_TEXTS: dict[str, tuple[list[str], list[str]]] = {
    "account": (["id"], ["name"]),
    "household": (["id"], ["head_name"]),
    "outreach_session": (["id"], ["place", "withdrawn_reason"]),
    "remark": (["id"], ["text"]),
    "visit": (["id"], ["note", "review_note"]),
    "remark_share": (["remark_id"], ["text"]),
    "decision": (["id"], ["note"]),
    "call_record": (["id"], ["note"]),
    "settled_loss": (["id"], ["reason"]),
    "device": (["id"], ["name"]),
    "closed_period": (["id"], ["reason", "reopen_reason"]),
}
# The same of columns with JSON, which is masked but for ids, telephone numbers and addresses.
_JSON: dict[str, tuple[list[str], list[str]]] = {
    "household_version": (["household_id", "version", "seq"], ["fields"]),
    "outreach_version": (["session_id", "version", "seq"], ["content"]),
    "remark_version": (["remark_id", "version", "seq"], ["content"]),
    "visit_version": (["visit_id", "version", "seq"], ["content"]),
    "decision": (["id"], ["earlier"]),
}
_PAYLOADS = {"quarantined": ["op_id", "payload_hash"], "refused_operation": ["op_id"]}

Row = dict[str, Any]


def upgrade() -> None:
    for name, (key, columns) in _TEXTS.items():
        table = _table(name, key, columns, sa.Text())
        for row, masked in _changes(table, columns, mask_id_numbers):
            fed = {"feed_seq": _next_feed_seq(row["commune_id"])} if name in _FED else {}
            _update(table, key, row, masked | fed)
    for name, (key, columns) in _JSON.items():
        table = _table(name, key, columns, sa.JSON())
        for row, masked in _changes(table, columns, mask_values):
            _update(table, key, row, masked)
    for name, key in _PAYLOADS.items():
        table = _table(name, key, ["payload"], sa.Text())
        for row, masked in _changes(table, ["payload"], _mask_payload):
            _update(table, key, row, masked)


def downgrade() -> None:
    """What was masked stays masked."""


def _table(name: str, key: list[str], columns: list[str], kind: Any) -> sa.TableClause:
    names = ["commune_id", *key, "feed_seq"]
    return sa.table(name, *(sa.column(one) for one in names), *(sa.column(one, kind) for one in columns))


def _changes(table: sa.TableClause, columns: list[str], mask: Any) -> Iterator[tuple[Row, Row]]:
    """Each row in which something has to be masked, with the masked values."""
    key = [column for column in table.c if column.name not in (*columns, "feed_seq")]
    page = sa.select(*key, *(table.c[name] for name in columns)).order_by(*key).limit(_ROWS)
    rows = op.get_bind().execute(page).mappings().all()
    while rows:
        for row in rows:
            masked = {name: new for name in columns if (new := mask(row[name])) != row[name]}
            if masked:
                yield dict(row), masked
        behind = sa.tuple_(*key) > sa.tuple_(*(sa.bindparam(None, rows[-1][one.name]) for one in key))
        rows = op.get_bind().execute(page.where(behind)).mappings().all()


def _mask_payload(payload: str) -> str:
    """The canonical JSON of an operation; empty when it was purged, cut off when it was too long."""
    try:
        parts = json.loads(payload)
    except (ValueError, RecursionError):
        return mask_id_numbers(payload)
    masked = mask_values(parts)
    return payload if masked is parts else json.dumps(masked, sort_keys=True, separators=(",", ":"))


def _next_feed_seq(commune_id: str) -> int:
    advanced = "UPDATE feed_counter SET head = head + 1 WHERE commune_id = :commune_id RETURNING head"
    number: int = op.get_bind().execute(sa.text(advanced), {"commune_id": commune_id}).scalar_one()
    return number


def _update(table: sa.TableClause, key: list[str], row: Row, values: Row) -> None:
    is_row = [table.c[name] == row[name] for name in ("commune_id", *key)]
    op.get_bind().execute(sa.update(table).where(*is_row).values(values))
