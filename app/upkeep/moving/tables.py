"""What of the tables is in a commune's file, and how values are written in JSON."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, Boolean, Column, ColumnElement, Date, Integer, Table, select
from sqlmodel import AutoString

from app.commune.accounts.models import SignInName
from app.core.clock import Instant
from app.core.db import table_of
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.migrations.tables import METADATA

_INSTANCE = "it is of the instance, whichever communes that has"
_FIRST_LINE = "the file's first line has it"
OF_NAMES = frozenset({"second_factor"})
"""Tables of sign-in names, not of communes: carried are the rows of the commune's names."""
# Tables that are in no file, and why. Every other one has a `commune_id` and is carried.
LEFT_OUT = {
    "applied_revision": _INSTANCE,
    "audit_head": "it follows from the entries of the desk log",
    "backup_run": _INSTANCE,
    "card_check": "it limits guesses of secrets that are not carried",
    "card_key": "the id key of its instance reads it; a phone gets another one",
    "commune": _FIRST_LINE,
    "commune_arrival": "it is about imports of this instance",
    "commune_status": "it is counted again within minutes",
    "daily_job": _INSTANCE,
    "feed_counter": _FIRST_LINE,
    "id_key": _INSTANCE,
    "known_browser": "a browser is known by its cookie and to one instance",
    "one_time_link": "a link names its address; supervisors issue new ones",
    "operator": _INSTANCE,
    "operator_session": _INSTANCE,
    "phone_failure": "it counts what phones of all communes told",
    "province": "every instance has the official list",
    "province_viewer": _INSTANCE,
    "province_viewer_session": _INSTANCE,
    "recovery_code": "they are found by a hash with the instance's salt; their owner makes new ones",
    "server_epoch": _INSTANCE,
    "sign_in_failure": "failures are counted for minutes, by the instance that saw them",
}
COMMUNE, QUEUES = "commune", "queues"
"""What a file holds: all of a commune, or what its phones have sent since it left."""
# Columns that get a value of the new instance.
_RENUMBERED = {"desk_entry": "number"}
_ORDERS = {"desk_entry": ("commune_id", "seq")}
Values = dict[str, object]


def carried() -> list[Table]:
    """The tables that are in a file, in an order in which rows come after those that they refer to."""
    return [table for table in METADATA.sorted_tables if table.name not in LEFT_OUT]


def tables_of(holds: str) -> list[Table]:
    """The tables of a file that holds this. Raises `MaintenanceRefused` if nothing is known of it."""
    if holds not in (COMMUNE, QUEUES):
        raise MaintenanceRefused("The file is of a newer version of the application: update this one first.")
    return carried() if holds == COMMUNE else [METADATA.tables["quarantined"]]


def rows_of(table: Table, commune_id: str) -> ColumnElement[bool]:
    """The condition for a table's rows of a commune."""
    if table.name not in OF_NAMES:
        return table.c.commune_id == commune_id
    names = table_of(SignInName).c
    return table.c.sign_in_name.in_(select(names.name).where(names.commune_id == commune_id))


def order_of(table: Table) -> list[Column[object]]:
    """The columns by which a table's rows are ordered in a file: the desk log's as they follow each other."""
    names = _ORDERS.get(table.name)
    return [table.c[name] for name in names] if names else list(table.primary_key)


def columns(table: Table) -> list[Column[object]]:
    """The columns of a table that are in a file."""
    return [column for column in table.c if column.name != _RENUMBERED.get(table.name)]


def encode(value: object) -> object:
    """A value of a column as JSON has it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def decode(column: Column[object], value: object) -> object:
    """The value of a column. Raises `MaintenanceRefused` if it is none."""
    try:
        return None if value is None and column.nullable else _DECODERS[type(column.type)](value)
    except (ValueError, TypeError):
        raise MaintenanceRefused(
            f"The file is damaged: a value of {column.table.name}.{column.name} is none."
        ) from None


def _of(kind: type) -> Callable[[object], object]:
    def checked(value: object) -> object:
        if type(value) is not kind:
            raise TypeError
        return value

    return checked


_DECODERS: dict[type, Callable[[object], object]] = {
    AutoString: _of(str),
    BigInteger: _of(int),
    Boolean: _of(bool),
    Date: lambda value: date.fromisoformat(str(value)),
    Instant: lambda value: datetime.fromisoformat(str(value)),
    Integer: _of(int),
    JSON: lambda value: value,
}
