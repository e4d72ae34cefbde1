"""The people of a list: as written in it, refused, and ready to be invited."""

from dataclasses import dataclass, field
from typing import NamedTuple

from app.commune.accounts.models import FieldRole

MAX_PEOPLE = 500
"""People in one list; a commune has 100 to 200."""


class ListedPerson(NamedTuple):
    """A row of the list with its cells as written. `sheet` is empty for a text file; rows count from 1."""

    sheet: str
    row: int
    name: str
    phone: str
    place: str
    role: str


@dataclass(frozen=True)
class RefusedRow:
    """A row, or a whole sheet (`row` 0), from which nobody is invited. `account_id`: whose number it has."""

    sheet: str
    row: int
    name: str
    sentence: str
    account_id: str = ""


@dataclass(frozen=True)
class ReadyPerson:
    """Somebody who can be invited; `listed` is their row."""

    listed: ListedPerson
    name: str
    number: str
    team_id: str
    team: str
    role: FieldRole


@dataclass
class PeopleList:
    """What a file says: its people, and the rows that cannot be read."""

    people: list[ListedPerson] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)


@dataclass
class CheckedList:
    """The people of a list compared with the commune."""

    ready: list[ReadyPerson] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
