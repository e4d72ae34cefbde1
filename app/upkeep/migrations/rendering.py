"""The text of a generated revision: plain column types, indexes outside batches, no markers."""

import re
from pathlib import Path
from typing import Literal

from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlmodel.sql.sqltypes import AutoString

from app.core.clock import Instant

_MARKERS = re.compile(r"^ *# ###.*\n", re.MULTILINE)
_INDEX_OPS = (ops.CreateIndexOp, ops.DropIndexOp)


def render_item(kind: str, item: object, context: AutogenContext) -> str | Literal[False]:
    """The text of a column's type; False leaves it to Alembic."""
    if kind == "type" and isinstance(item, Instant):
        context.imports.add("from app.core.clock import Instant")
        return "Instant()"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


def take_indexes_out_of_batches(operations: ops.OpContainer) -> None:
    """Replace batches that only create or drop indexes by their operations.

    SQLite needs a copy of the table (`batch_alter_table`) for other changes, but not for an index.
    """
    operations.ops = [single for one in operations.ops for single in _without_batch(one)]


def _without_batch(operation: ops.MigrateOperation) -> list[ops.MigrateOperation]:
    if not isinstance(operation, ops.ModifyTableOps):
        return [operation]
    return list(operation.ops) if all(isinstance(one, _INDEX_OPS) for one in operation.ops) else [operation]


def remove_markers(file: Path) -> None:
    """Remove Alembic's comments around the generated operations."""
    file.write_text(_MARKERS.sub("", file.read_text("utf-8")), "utf-8")
