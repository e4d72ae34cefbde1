"""Make the entries of the desk log a chain for each commune, and have the database refuse to change them.

Entries that are there are chained in the order of their numbers.

Created 2026-12-01.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.core.audit.chain import Head, entry_hash
from app.upkeep.migrations import append_only, distribution

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_ROWS = 2_000  # read at a time
_TEXT = sqlmodel.sql.sqltypes.AutoString
_CHAIN = ("seq", "previous", "hash")
_ENTRY = sa.table(
    "desk_entry",
    *(sa.column(name) for name in ("commune_id", "id", "number", *_CHAIN)),
    sa.column("entry", sa.JSON()),
)
_HEAD = sa.table("audit_head", *(sa.column(name) for name in ("commune_id", "seq", "hash")))


def upgrade() -> None:
    op.add_column("desk_entry", sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False))
    for name in ("previous", "hash"):
        op.add_column("desk_entry", sa.Column(name, _TEXT(), server_default="", nullable=False))
    op.create_table(
        "audit_head",
        sa.Column("commune_id", _TEXT(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", _TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("commune_id"),
    )
    for commune_id in op.get_bind().scalars(sa.select(_ENTRY.c.commune_id).distinct()).all():
        _chain(commune_id)
    op.create_index("ix_desk_entry_seq", "desk_entry", ["commune_id", "seq"], unique=True)
    is_rechained = sa.Column("is_rechained", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("commune_arrival", is_rechained)
    connection = op.get_bind()
    append_only.protect(connection, has_triggers=not distribution.is_distributed(connection))


def downgrade() -> None:
    append_only.release(op.get_bind())
    op.drop_column("commune_arrival", "is_rechained")
    op.drop_index("ix_desk_entry_seq", "desk_entry")
    op.drop_table("audit_head")
    for name in reversed(_CHAIN):
        op.drop_column("desk_entry", name)


def _chain(commune_id: str) -> None:
    head, of_commune = Head(), _ENTRY.c.commune_id == commune_id
    for row in _rows(commune_id):
        following = Head(head.seq + 1, entry_hash(commune_id, head, row["entry"]))
        values = {"seq": following.seq, "previous": head.hash, "hash": following.hash}
        op.get_bind().execute(_ENTRY.update().where(of_commune, _ENTRY.c.id == row["id"]).values(values))
        head = following
    op.get_bind().execute(_HEAD.insert().values(commune_id=commune_id, seq=head.seq, hash=head.hash))


def _rows(commune_id: str) -> Iterator[dict[str, Any]]:
    number = _ENTRY.c.number
    page = sa.select(_ENTRY).where(_ENTRY.c.commune_id == commune_id).order_by(number).limit(_ROWS)
    rows = op.get_bind().execute(page).mappings().all()
    while rows:
        yield from (dict(row) for row in rows)
        rows = op.get_bind().execute(page.where(number > rows[-1]["number"])).mappings().all()
