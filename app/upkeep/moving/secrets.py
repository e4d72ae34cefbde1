"""Secrets that are encrypted with the key of an instance: a file has them in plain text, for the key of the
next one. Whoever can read the file has every other key of the commune as well."""

from sqlmodel import Session

from app.commune.second_factor import encryption
from app.upkeep.moving.tables import Values

_FACTORS = "second_factor"


def in_plain(session: Session, table: str, values: Values) -> Values:
    """The values of a row with its secret as the file has it."""
    if table == _FACTORS and values["secret"]:
        return values | {"secret": encryption.decrypt(session, str(values["secret"]), str(values["id"]))}
    return values


def encrypted(session: Session, table: str, values: Values) -> Values:
    """The values of a row of the file, with its secret as this instance stores it."""
    if table == _FACTORS and values["secret"]:
        return values | {"secret": encryption.encrypt(session, str(values["secret"]), str(values["id"]))}
    return values
