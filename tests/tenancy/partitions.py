"""A schema in which each commune's rows lie in partitions, as they lie on different machines with Citus.

Every table whose key begins with the commune becomes `PARTITION BY HASH (commune_id)`. PostgreSQL then says
of each statement which partitions it reads: one that has no commune of its own for a table reads all of them.
"""

from typing import Any

import psycopg

from app.upkeep.migrations.distribution import is_of_communes
from app.upkeep.migrations.tables import METADATA

PREFIX = "partitioned_"  # with which the names of such databases begin
# The cast's two communes (`tests.world`) lie in different ones of two partitions; each more costs its files.
PARTS = 2
TENANT_TABLES = sorted(name for name, table in METADATA.tables.items() if is_of_communes(table))
_FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
_KEYS = """
    SELECT format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s',
        %(table)s::text, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE contype IN ('p', 'u') AND conrelid = %(table)s::text::regclass
"""
_INDEXES = """
    SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %(table)s::text::regclass
    AND indexrelid NOT IN (SELECT conindid FROM pg_constraint WHERE conindid <> 0)
"""
_TRIGGERS = """
    SELECT pg_get_triggerdef(oid) FROM pg_trigger
    WHERE NOT tgisinternal AND tgrelid = %(table)s::text::regclass
"""
_SEQUENCES = """
    SELECT format('ALTER SEQUENCE %%s OWNED BY %%I.%%I', d.objid::regclass, %(table)s::text, a.attname)
    FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'a' AND d.refobjid = %(table)s::text::regclass
    AND d.objid IN (SELECT oid FROM pg_class WHERE relkind = 'S')
"""


def partition(connection: "psycopg.Connection[Any]") -> None:
    """Partition the tables of communes in a database of the newest revision that has no rows of communes."""
    foreign_keys = connection.execute(_FOREIGN_KEYS).fetchall()
    for table, name, _definition in foreign_keys:
        _run(connection, f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for table in TENANT_TABLES:
        _partition(connection, table)
    for table, name, definition in foreign_keys:
        _run(connection, f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _partition(connection: "psycopg.Connection[Any]", table: str) -> None:
    sequences, keys, indexes, triggers = (
        [row[0] for row in connection.execute(query, {"table": table})]
        for query in (_SEQUENCES, _KEYS, _INDEXES, _TRIGGERS)
    )
    _run(connection, f"ALTER TABLE {table} RENAME TO {table}_before")
    like = f"LIKE {table}_before INCLUDING DEFAULTS"
    _run(connection, f"CREATE TABLE {table} ({like}) PARTITION BY HASH (commune_id)")
    for number in range(PARTS):
        values = f"FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {number})"
        _run(connection, f"CREATE TABLE {table}_part{number} PARTITION OF {table} {values}")
    for statement in (*sequences, f"DROP TABLE {table}_before", *keys, *indexes, *triggers):
        _run(connection, statement)


def _run(connection: "psycopg.Connection[Any]", statement: str) -> None:
    connection.execute(statement.encode())
