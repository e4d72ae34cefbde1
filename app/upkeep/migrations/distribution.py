"""The tables of an instance on the machines of a Citus cluster (decision 133).

Tables of communes are distributed by commune: all that a commune has is on one machine, so that a statement
of one commune is one machine's. What their rows refer to is on every machine, and all else, which a sign-in
reads before it knows the commune, on the coordinator alone.
"""

from enum import StrEnum
from typing import Any

from alembic.operations import Operations, ops
from sqlalchemy import Connection, Table, text

from app.core.sql.locks import lock_preparation
from app.upkeep.migrations import append_only
from app.upkeep.migrations.tables import METADATA

COLUMN = "commune_id"
SHARDS = 32  # the most machines that can share the communes
_REFERENCE = frozenset({"commune", "province"})


class Place(StrEnum):
    """Where the rows of a table are."""

    DISTRIBUTED = "distributed"
    REFERENCE = "reference"
    LOCAL = "local"


class DistributionRefused(Exception):  # noqa: N818 - a fact, named as such
    """The tables cannot be distributed; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


_HAS_CITUS = text("SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL")
_PLACED = text(
    "SELECT c.relname, p.partmethod = 'h' FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid"
    " WHERE c.relnamespace = 'public'::regnamespace"
    # What only the coordinator has is listed too, once a foreign key leads from it to a reference table.
    " AND (p.partmethod = 'h' OR (p.partmethod = 'n' AND p.repmodel = 't'))"
)
_NODES = text(
    "SELECT count(*) FILTER (WHERE groupid = 0), count(*) FILTER (WHERE groupid <> 0 AND isactive)"
    " FROM pg_dist_node"
)
_FOREIGN_KEYS = text(
    "SELECT c.relname, t.relname, quote_ident(k.conname), pg_get_constraintdef(k.oid) FROM pg_constraint k"
    " JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid"
    " WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace ORDER BY c.relname, k.conname"
)
# Foreign keys to a table on all machines need what came before them over the same connection.
_ONE_CONNECTION = text("SET LOCAL citus.multi_shard_modify_mode TO 'sequential'")


def is_of_communes(table: Table) -> bool:
    """Whether each row of a table is of a commune: its key begins with the commune."""
    return next(iter(table.primary_key)).name == COLUMN


def place_of(table: Table) -> Place:
    """Where the rows of a table are in a distributed database."""
    if table.name in _REFERENCE:
        return Place.REFERENCE
    return Place.DISTRIBUTED if is_of_communes(table) else Place.LOCAL


def can_refer(table: Place, target: Place) -> bool:
    """Whether a foreign key from one table to another is possible: each machine has to find the row there.
    Of one that is not possible, `check` looks for what is missing."""
    if table is Place.LOCAL:
        return target is not Place.DISTRIBUTED
    return target is Place.REFERENCE or target is table


def is_distributed(connection: Connection) -> bool:
    """Whether communes are on several machines."""
    return Place.DISTRIBUTED in _placed(connection).values()


def distribute(connection: Connection, shards: int = SHARDS) -> list[str]:
    """Distribute the tables that are not yet, and return their names: all of them in this transaction.

    `shards`: into how many parts, if none is distributed yet. Foreign keys are dropped and added again, as
    far as they are possible. Nobody else may use the database. Raises `DistributionRefused`.
    """
    lock_preparation(connection)
    _refuse_cluster(connection)
    placed = _placed(connection)
    wanted = {table.name: place_of(table) for table in METADATA.sorted_tables}
    missing = [name for name, place in wanted.items() if place is not Place.LOCAL and name not in placed]
    if not missing:
        return []
    connection.execute(_ONE_CONNECTION)
    append_only.release(connection)
    keys = [tuple(row) for row in connection.execute(_FOREIGN_KEYS) if {*row[:2]} & {*missing}]
    for table, _target, name, _definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name in sorted(missing, key=lambda name: wanted[name], reverse=True):  # reference tables first
        _place(connection, name, wanted[name], shards)
    for table, target, name, definition in keys:
        if can_refer(*(wanted.get(one, Place.LOCAL) for one in (table, target))):
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    append_only.guard(connection, has_triggers=False)
    return missing


def prepare(connection: Connection) -> None:
    """Prepare the transaction of revisions: in a distributed database they change tables on all machines."""
    if is_distributed(connection):
        connection.execute(_ONE_CONNECTION)


def _refuse_cluster(connection: Connection) -> None:
    """Raises `DistributionRefused` if there are no machines to distribute tables to."""
    if connection.dialect.name != "postgresql":
        raise DistributionRefused("This database is a file, on one machine: PostgreSQL with Citus is needed.")
    if not _has_citus(connection):
        raise DistributionRefused(
            "This database is on one machine: it has no extension citus (docs/deploy.md)."
        )
    coordinators, workers = connection.execute(_NODES).one()
    if not coordinators:
        raise DistributionRefused("The coordinator is not in its list: SELECT citus_set_coordinator_host(…).")
    if not workers:
        raise DistributionRefused("The cluster has no worker: SELECT citus_add_node(…) for each of them.")


def _has_citus(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql" and bool(connection.execute(_HAS_CITUS).scalar())


def _placed(connection: Connection) -> dict[str, Place]:
    """Where the tables are that are not on the coordinator alone."""
    if not _has_citus(connection):
        return {}
    return {
        name: Place.DISTRIBUTED if is_hashed else Place.REFERENCE
        for name, is_hashed in connection.execute(_PLACED)
    }


def _place(connection: Connection, name: str, place: Place, shards: int = SHARDS) -> None:
    """Move a table's rows to the machines where they belong: those of one commune to one machine."""
    if place is Place.LOCAL:
        return
    if place is Place.REFERENCE:
        connection.execute(text("SELECT create_reference_table(CAST(:name AS regclass))"), {"name": name})
    else:
        others = sorted(other for other, its in _placed(connection).items() if its is place)
        beside = "colocate_with => :beside" if others else "colocate_with => 'none', shard_count => :shards"
        values = {"name": name, "column": COLUMN, "beside": (others or [""])[0], "shards": shards}
        connection.execute(
            text(f"SELECT create_distributed_table(CAST(:name AS regclass), :column, {beside})"), values
        )
    emptied = text("SELECT truncate_local_data_after_distributing_table(CAST(:name AS regclass))")
    connection.execute(emptied, {"name": name})


@Operations.implementation_for(ops.CreateTableOp, replace=True)
def _create_table(operations: Operations, operation: ops.CreateTableOp) -> Table:
    """Create a revision's table, in a distributed database on the machines where it belongs. Foreign keys are
    added afterwards: a table on the coordinator cannot refer to one that is distributed."""
    table = operation.to_table(operations.migration_context)
    connection, impl = operations.get_bind(), operations.impl
    placed = _placed(connection)
    if Place.DISTRIBUTED not in placed.values():
        impl.create_table(table)
        return table
    without_keys: dict[str, Any] = {"include_foreign_key_constraints": []}
    impl.create_table(table, **without_keys)
    place = place_of(table)
    _place(connection, table.name, place)
    for key in table.foreign_key_constraints:
        target = key.elements[0].target_fullname.partition(".")[0]
        if can_refer(place, placed.get(target, Place.LOCAL)):
            impl.add_constraint(key)
    return table
