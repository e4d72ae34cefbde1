"""The first supervisors of a list: as written in it, refused, and ready to begin their communes."""

from dataclasses import dataclass, field
from typing import NamedTuple

MAX_COMMUNES = 200
"""Communes in one list; a province has at most 168."""


class ListedSupervisor(NamedTuple):
    """A row of the list with its cells as written. `sheet` is empty for a text file; rows count from 1.
    `commune` is empty where the list names communes by their codes alone."""

    sheet: str
    row: int
    code: str
    commune: str
    name: str
    sign_in_name: str


@dataclass(frozen=True)
class RefusedRow:
    """A row, or a whole sheet (`row` 0), with which no commune begins. `name`: its commune or code."""

    sheet: str
    row: int
    name: str
    sentence: str


@dataclass(frozen=True)
class ReadySupervisor:
    """Somebody with whom a commune can begin; `listed` is their row, `commune` the commune's full name."""

    listed: ListedSupervisor
    commune_id: str
    commune: str
    name: str
    sign_in_name: str


@dataclass
class SupervisorList:
    """What a file says: its rows, those that cannot be read, and how many name a commune and nobody."""

    rows: list[ListedSupervisor] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    blank: int = 0


@dataclass
class CheckedList:
    """The rows of a list compared with the province."""

    ready: list[ReadySupervisor] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
