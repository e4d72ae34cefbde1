"""A commune of a hamlet or several, with as many households and visits as a volunteer's phone has to hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app.core.db import Database
from benchmarks import databases, dataset
from benchmarks.phone import Phone
from benchmarks.processes import Instance, server

HOUSEHOLDS = VISITS = 2000
_BATCH = 100


@dataclass(frozen=True)
class Field:
    """A server with that commune, and its members."""

    instance: Instance
    store: databases.Store
    members: list[tuple[str, str]]


@contextmanager
def field(
    households: int = HOUSEHOLDS, visits: int = VISITS, hamlets: int = 1, members: int = 2
) -> Iterator[Field]:
    """A running server; `visits` were pushed by all members in turn, over the last two months. So many
    households and members has each hamlet."""
    with databases.store("sqlite") as store:
        database = Database(store.url)
        settled = dataset.settle(database, hamlets, members, households).members
        database.close()
        with server(store.url) as instance:
            phones = [Phone(instance.port, *member) for member in settled]
            for start in range(0, visits, _BATCH):
                phone = phones[start // _BATCH % len(phones)]
                queue = phone.prepare(min(_BATCH, visits - start))
                phone.acknowledge(phone.exchange(phone.request(queue)))
            yield Field(instance, store, settled)


def rows_of(port: int, member: tuple[str, str]) -> list[dict[str, Any]]:
    """The rows that a first download brings to this member's phone, page by page."""
    return Phone(port, *member).downloaded
