"""Which revisions made a database, compared by their content (decision 88).

A revision that was changed in place makes another schema under a number that says it is the same. So a
database stores the digest of each revision that it has had. One without them, of an earlier version of the
program, is compared with the models, once.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, delete, insert, inspect, select

from app.core.clock import utc_now
from app.core.db import table_of
from app.upkeep.migrations.models import AppliedRevision

_TABLE = table_of(AppliedRevision)
# What an administrator may add: indexes, and partitions, which are tables.
_TOLERATED = ("remove_index", "remove_table", "remove_table_comment", "modify_default", "modify_comment")


class SchemaDiffers(Exception):  # noqa: N818 - a fact, named as such
    """The database's schema was not made by this program's revisions; `sentence` says how that is known."""

    def __init__(self, what: str) -> None:
        self.sentence = (
            f"The database says that it is of this version, but {what}: a revision was changed. Use the "
            "program that made it, or restore a backup."
        )
        super().__init__(self.sentence)


def digest(file: str | Path) -> str:
    """The digest of a revision's file; the ends of its lines do not count."""
    return hashlib.sha256(Path(file).read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def refuse_changed(connection: Connection, script: ScriptDirectory, current: str | None) -> bool:
    """Whether every revision up to `current` is stamped. Raises `SchemaDiffers` if one was another."""
    stored = _stored(connection)
    applied = _digests(script, current)
    changed = sorted(revision for revision in stored if stored[revision] != applied.get(revision))
    if changed:
        raise SchemaDiffers(f"was made by another content of {', '.join(changed)}")
    return stored.keys() == applied.keys()


def refuse_other_tables(context: MigrationContext, metadata: object) -> None:
    """Raises `SchemaDiffers` if a model's table, column or constraint is not in the database as declared."""
    names = sorted(set(_differences(compare_metadata(context, metadata))))  # type: ignore[arg-type]
    if names:
        raise SchemaDiffers(f"its tables are others ({', '.join(names[:5])})")


def write(connection: Connection, script: ScriptDirectory, current: str | None) -> None:
    """Store what the database has now, if its schema has the table."""
    if not inspect(connection).has_table(_TABLE.name):
        return
    stored, applied = _stored(connection), _digests(script, current)
    connection.execute(delete(_TABLE).where(_TABLE.c.revision.not_in(applied)))
    now = utc_now()
    for revision in applied.keys() - stored.keys():
        connection.execute(insert(_TABLE).values(revision=revision, digest=applied[revision], applied_at=now))


def _stored(connection: Connection) -> dict[str, str]:
    if not inspect(connection).has_table(_TABLE.name):
        return {}
    return {
        revision: stored
        for revision, stored in connection.execute(select(_TABLE.c.revision, _TABLE.c.digest))
    }


def _digests(script: ScriptDirectory, current: str | None) -> dict[str, str]:
    """Of `current` and every revision before it."""
    if current is None:
        return {}
    return {one.revision: digest(one.path) for one in script.iterate_revisions(current, "base")}


def _differences(found: list[object]) -> Iterator[str]:
    """*table.column* of each difference that could fail a statement."""
    for difference in found:
        for one in difference if isinstance(difference, list) else [difference]:
            what, *parts = one  # type: ignore[misc]
            if what in _TOLERATED or (what == "add_index" and not parts[0].unique):
                continue
            if what == "remove_column" and _may_be_left_out(parts[-1]):
                continue
            yield _name(what, parts)


def _may_be_left_out(column: Column[object]) -> bool:
    """Whether a row can be stored that does not name this column."""
    return bool(column.nullable) or column.server_default is not None


def _name(what: str, parts: list[object]) -> str:
    if what.endswith("_column"):
        return f"{parts[1]}.{getattr(parts[-1], 'name', '')}"
    if what.startswith("modify_"):
        return f"{parts[1]}.{parts[2]}"
    table = getattr(parts[0], "table", parts[0])
    return str(getattr(table, "name", table))
