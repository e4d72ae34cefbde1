"""Secrets that are encrypted with the key of an instance: a file has them in plain text, for the key of the
next one. Whoever can read the file has every other key of the commune as well."""

from collections.abc import Callable

from sqlmodel import Session

from app.commune.second_factor import factors
from app.core.id_key import encryption
from app.sync.export import keys
from app.upkeep.moving.tables import Values

# By table: the column with the secret, and the purpose for which it is encrypted for the row's id.
_SECRETS = {"second_factor": ("secret", factors.PURPOSE), "export_key": ("private_key", keys.PURPOSE)}


def in_plain(session: Session, table: str, values: Values) -> Values:
    """The values of a row with its secret as the file has it."""
    return _changed(session, table, values, encryption.decrypt)


def encrypted(session: Session, table: str, values: Values) -> Values:
    """The values of a row of the file, with its secret as this instance stores it."""
    return _changed(session, table, values, encryption.encrypt)


def _changed(
    session: Session, table: str, values: Values, change: Callable[[Session, str, str, str], str]
) -> Values:
    column, purpose = _SECRETS.get(table, ("", ""))
    if not values.get(column):
        return values
    return values | {column: change(session, purpose, str(values[column]), str(values["id"]))}
