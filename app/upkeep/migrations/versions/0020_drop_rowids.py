"""SQLite: store the rows of three tables in the order of their keys, without a second copy of the keys.

Created 2026-12-01.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLES = ("daily_total", "household_month", "visit_service")
_WITHOUT = " WITHOUT ROWID"


def upgrade() -> None:
    for table in _TABLES:
        _rebuild(table, _WITHOUT)


def downgrade() -> None:
    for table in _TABLES:
        _rebuild(table, "")


def _rebuild(table: str, ending: str) -> None:
    """Copy the table as it is into one that ends so, with its indexes. PostgreSQL has no such tables."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    found = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type = :type AND sql IS NOT NULL")
    (created,) = connection.scalars(found, {"table": table, "type": "table"})
    indexes = list(connection.scalars(found, {"table": table, "type": "index"}))
    body = created[created.index("(") :].rstrip().removesuffix(_WITHOUT)
    op.execute(f"CREATE TABLE {table}_new {body}{ending}")
    op.execute(f"INSERT INTO {table}_new SELECT * FROM {table}")  # noqa: S608
    op.drop_table(table)
    op.rename_table(f"{table}_new", table)
    for index in indexes:
        op.execute(index)
