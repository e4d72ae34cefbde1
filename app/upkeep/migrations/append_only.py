"""The desk log's table is append-only: triggers refuse what changes or deletes a row.

Rows up to their commune's checkpoint may be deleted (`app/upkeep/audit/purge.py`). Tables on several machines
have no triggers: there the application's role has no right to change a row. A superuser has every right.
Neither stops whoever may change the schema; `check` finds what was changed (`app/upkeep/audit/`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

TABLE = "desk_entry"
_NAMES = {f"{TABLE}_unchanged", f"{TABLE}_undeleted"}
_REFUSAL = "entries of the desk log are never changed"
_SQLITE = {
    f"{TABLE}_unchanged": "BEFORE UPDATE",
    f"{TABLE}_undeleted": "BEFORE DELETE",
}
_POSTGRESQL = {
    f"{TABLE}_unchanged": f"BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW",
    f"{TABLE}_undeleted": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT",
}
_CHECKPOINT = "OLD.seq <= coalesce((SELECT purged_seq FROM audit_head WHERE commune_id = OLD.commune_id), 0)"
_FUNCTION = "refuse_change_of_desk_entry"
_FIND_SQLITE = text("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = :table")
_FIND_POSTGRESQL = text(
    "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:table)"
    " AND NOT tgisinternal AND tgenabled <> 'D'"
)
_MAY_CHANGE = text(
    "SELECT bool_or(has_table_privilege(current_user, :table, kind))"
    " FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS kind"
)


def protect(connection: Connection, *, has_triggers: bool = True, has_checkpoints: bool = False) -> None:
    """Have the database refuse changes. `has_triggers`: whether the table may have triggers.
    `has_checkpoints`: whether `audit_head` says what may be deleted, as it does since revision 0035."""
    if connection.dialect.name == "sqlite":
        for name, when in _SQLITE.items():
            unless = f"WHEN NOT ({_CHECKPOINT})" if has_checkpoints and when == "BEFORE DELETE" else ""
            raised = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {when} ON {TABLE} {unless} {raised}")
    elif has_triggers:
        allowed = f"IF TG_OP = 'DELETE' THEN IF {_CHECKPOINT} THEN RETURN OLD; END IF; END IF;"
        body = f"BEGIN {allowed if has_checkpoints else ''} RAISE EXCEPTION '{_REFUSAL}'; END"
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
        )
        for name, when in _POSTGRESQL.items():
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {_FUNCTION}()")
    else:
        role = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one()
        connection.exec_driver_sql(f"REVOKE UPDATE, DELETE, TRUNCATE ON {TABLE} FROM PUBLIC, {role}")


def release(connection: Connection) -> None:
    """Drop the triggers, as far as there are any."""
    is_sqlite = connection.dialect.name == "sqlite"
    for name in _NAMES:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}" + ("" if is_sqlite else f" ON {TABLE}"))
    if not is_sqlite:
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {_FUNCTION}()")


def protection(connection: Connection) -> str:
    """What refuses changes: *triggers*, *rights*, or an empty text if nothing does."""
    find = _FIND_SQLITE if connection.dialect.name == "sqlite" else _FIND_POSTGRESQL
    if set(connection.execute(find, {"table": TABLE}).scalars()) >= _NAMES:
        return "triggers"
    if connection.dialect.name == "sqlite":
        return ""
    return "" if connection.execute(_MAY_CHANGE, {"table": TABLE}).scalar_one() else "rights"


@contextmanager
def deletion(connection: Connection) -> Iterator[None]:
    """Let this transaction delete what its checkpoint covers, where the role has no right to."""
    is_by_right = protection(connection) == "rights"
    role = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one() if is_by_right else ""
    if is_by_right:
        connection.exec_driver_sql(f"GRANT DELETE ON {TABLE} TO {role}")
    yield
    if is_by_right:
        connection.exec_driver_sql(f"REVOKE DELETE ON {TABLE} FROM {role}")
