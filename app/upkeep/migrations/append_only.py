"""The desk log's table is append-only: triggers refuse what changes or deletes an entry, or moves a head.

An entry may be deleted once it is five years old by its own time and the clock of the database: no row that
the application may write says so. The head of a chain may only be set to a later entry that is stored.
PostgreSQL takes the rights to update and delete from the application's role as well; tables on several
machines have no triggers, and nothing else. A superuser has every right, and neither stops whoever may change
the schema; `check` finds what was changed (`app/upkeep/audit/`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, text

from app.core.personal_data.codes import TIMES, Term

TABLE, HEADS = "desk_entry", "audit_head"
_MONTHS, _ = TIMES[Term.LOG]
_REFUSAL = "entries of the desk log are never changed"
_HEAD_REFUSAL = "the head of a desk log is its newest entry"
_UNCHANGED, _UNDELETED, _UNREPLACED = f"{TABLE}_unchanged", f"{TABLE}_undeleted", f"{TABLE}_unreplaced"
_HEAD_UNCHANGED, _HEAD_UNDELETED = f"{HEADS}_unchanged", f"{HEADS}_undeleted"

# SQLite: name, event, and the condition under which it is refused.
_IS_YOUNG = f"json_extract(OLD.entry, '$.at') >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{_MONTHS} months')"
_IS_SAME_HEAD = "NEW.commune_id = OLD.commune_id AND NEW.seq = OLD.seq AND NEW.hash = OLD.hash"
_IS_LATER_ENTRY = (
    "NEW.commune_id = OLD.commune_id AND NEW.seq > OLD.seq AND EXISTS (SELECT 1 FROM desk_entry"
    " WHERE commune_id = NEW.commune_id AND seq = NEW.seq AND hash = NEW.hash)"
)
# REPLACE deletes without the triggers of a deletion.
_IS_THERE = (
    "EXISTS (SELECT 1 FROM desk_entry WHERE commune_id = NEW.commune_id AND (id = NEW.id OR seq = NEW.seq))"
)
_SQLITE = {
    _UNCHANGED: (f"BEFORE UPDATE ON {TABLE}", "true", _REFUSAL),
    _UNDELETED: (f"BEFORE DELETE ON {TABLE}", f"coalesce({_IS_YOUNG}, true)", _REFUSAL),
    _UNREPLACED: (f"BEFORE INSERT ON {TABLE}", _IS_THERE, _REFUSAL),
    _HEAD_UNCHANGED: (
        f"BEFORE UPDATE ON {HEADS}", f"NOT (({_IS_SAME_HEAD}) OR ({_IS_LATER_ENTRY}))", _HEAD_REFUSAL,
    ),
    _HEAD_UNDELETED: (f"BEFORE DELETE ON {HEADS}", "true", _HEAD_REFUSAL),
}  # fmt: skip

# As SQLite stores them.
_SQLITE_TRIGGERS = {
    name: f"CREATE TRIGGER {name} {when} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    for name, (when, condition, refusal) in _SQLITE.items()
}

# PostgreSQL: functions with their bodies, and triggers with what runs when.
_FUNCTION, _HEAD_FUNCTION = "refuse_change_of_desk_entry", "refuse_change_of_audit_head"
_IS_OLD = (
    "OLD.entry->>'at' COLLATE \"C\" < to_char((now() AT TIME ZONE 'UTC') - interval"
    f" '{_MONTHS} months', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
)
_BODIES = {
    _FUNCTION: (
        f"BEGIN IF TG_OP = 'DELETE' THEN IF {_IS_OLD} THEN RETURN OLD; END IF; END IF;"
        f" RAISE EXCEPTION '{_REFUSAL}'; END"
    ),
    _HEAD_FUNCTION: (
        f"BEGIN IF TG_OP = 'UPDATE' THEN IF ({_IS_SAME_HEAD}) OR ({_IS_LATER_ENTRY})"
        f" THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION '{_HEAD_REFUSAL}'; END"
    ),
}
_POSTGRESQL = {
    _UNCHANGED: (f"BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW", _FUNCTION),
    _UNDELETED: (f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT", _FUNCTION),
    _HEAD_UNCHANGED: (f"BEFORE UPDATE OR DELETE ON {HEADS} FOR EACH ROW", _HEAD_FUNCTION),
    _HEAD_UNDELETED: (f"BEFORE TRUNCATE ON {HEADS} FOR EACH STATEMENT", _HEAD_FUNCTION),
}
_SOURCES = {name: _BODIES[function] for name, (_when, function) in _POSTGRESQL.items()}
_RIGHTS = {TABLE: "UPDATE, DELETE, TRUNCATE", HEADS: "DELETE, TRUNCATE"}
_FIND_SQLITE = text(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN (:table, :heads)"
)
_FIND_POSTGRESQL = text(
    "SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
    " WHERE tgrelid IN (to_regclass(:table), to_regclass(:heads)) AND NOT tgisinternal AND tgenabled <> 'D'"
)
_HAS_RIGHTS = text(
    "SELECT bool_or(has_table_privilege(current_user, name, kind)) FROM (VALUES"
    " ('desk_entry', 'UPDATE'), ('desk_entry', 'DELETE'), ('desk_entry', 'TRUNCATE'),"
    " ('audit_head', 'DELETE'), ('audit_head', 'TRUNCATE')) AS kinds (name, kind)"
)
# As revisions before 0048 had it: which entries were deleted stood in a row that the application may write.
_OLD_CHECKPOINT = (
    "OLD.seq <= coalesce((SELECT purged_seq FROM audit_head WHERE commune_id = OLD.commune_id), 0)"
)


def guard(connection: Connection, *, has_triggers: bool = True) -> None:
    """Have the database refuse changes. `has_triggers`: whether the tables may have triggers."""
    if has_triggers:
        _create(connection, _SQLITE_TRIGGERS, _BODIES, _POSTGRESQL)
    take_rights(connection)


def protect(connection: Connection, *, has_triggers: bool = True, has_checkpoints: bool = False) -> None:
    """As revisions before 0048 had it. `has_checkpoints`: a row that the application may write says what may
    be deleted."""
    unless = f"WHEN NOT ({_OLD_CHECKPOINT})" if has_checkpoints else ""
    raised = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    sqlite = {
        _UNCHANGED: f"CREATE TRIGGER {_UNCHANGED} BEFORE UPDATE ON {TABLE} {raised}",
        _UNDELETED: f"CREATE TRIGGER {_UNDELETED} BEFORE DELETE ON {TABLE} {unless} {raised}",
    }
    allowed = f"IF TG_OP = 'DELETE' THEN IF {_OLD_CHECKPOINT} THEN RETURN OLD; END IF; END IF;"
    body = f"BEGIN {allowed if has_checkpoints else ''} RAISE EXCEPTION '{_REFUSAL}'; END"
    if has_triggers:
        triggers = {name: _POSTGRESQL[name] for name in (_UNCHANGED, _UNDELETED)}
        _create(connection, sqlite, {_FUNCTION: body}, triggers)
    else:
        take_rights(connection, TABLE)


def take_rights(connection: Connection, *tables: str) -> None:
    """Take the rights to change the desk log from the application's role, which is its owner: it can only
    give them back to itself. A restore has not carried them. SQLite has no roles."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables or _RIGHTS:
        connection.exec_driver_sql(f"REVOKE {_RIGHTS[table]} ON {table} FROM PUBLIC, {_role(connection)}")


def release(connection: Connection) -> None:
    """Drop the triggers, as far as there are any, and give the rights back: a revision changes the tables."""
    is_sqlite = connection.dialect.name == "sqlite"
    for name in _SQLITE_TRIGGERS:
        table = HEADS if name.startswith(HEADS) else TABLE
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}" + ("" if is_sqlite else f" ON {table}"))
    if not is_sqlite:
        for function in _BODIES:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {function}()")
        for table, rights in _RIGHTS.items():
            connection.exec_driver_sql(f"GRANT {rights} ON {table} TO {_role(connection)}")


def protection(connection: Connection) -> str:
    """What refuses changes: *triggers*, *rights*, or an empty text if nothing does, or triggers with another
    content than they were given."""
    is_sqlite = connection.dialect.name == "sqlite"
    find = _FIND_SQLITE if is_sqlite else _FIND_POSTGRESQL
    rows = connection.execute(find, {"table": TABLE, "heads": HEADS})
    found: dict[str, str] = {name: content for name, content in rows}
    if found == (_SQLITE_TRIGGERS if is_sqlite else _SOURCES):
        return "triggers"
    if is_sqlite:
        return ""
    return "" if connection.execute(_HAS_RIGHTS).scalar_one() else "rights"


@contextmanager
def deletion(connection: Connection) -> Iterator[None]:
    """Let this transaction delete entries, where the role has no right to. Triggers go on refusing."""
    if connection.dialect.name == "sqlite" or connection.execute(_HAS_RIGHTS).scalar_one():
        yield
        return
    connection.exec_driver_sql(f"GRANT DELETE ON {TABLE} TO {_role(connection)}")
    yield
    connection.exec_driver_sql(f"REVOKE DELETE ON {TABLE} FROM {_role(connection)}")


def _role(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one())


def _create(
    connection: Connection,
    sqlite: Mapping[str, str],
    bodies: Mapping[str, str],
    triggers: Mapping[str, tuple[str, str]],
) -> None:
    if connection.dialect.name == "sqlite":
        for statement in sqlite.values():
            connection.exec_driver_sql(statement)
        return
    for name, body in bodies.items():
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
        )
    for name, (when, function) in triggers.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()")
