"""A commune of one hamlet, with as many households and visits as a volunteer's phone has to hold."""

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
_DAYS = 58


@dataclass(frozen=True)
class Field:
    """A server with that commune, and its two members."""

    instance: Instance
    store: databases.Store
    members: list[tuple[str, str]]


@contextmanager
def field(households: int = HOUSEHOLDS, visits: int = VISITS) -> Iterator[Field]:
    """A running server; `visits` were pushed by both members in turn, over the last two months."""
    with databases.store("sqlite") as store:
        database = Database(store.url)
        members = dataset.settle(database, 1, 2, households).members
        database.close()
        with server(store.url) as instance:
            phones = [Phone(instance.port, *member) for member in members]
            for start in range(0, visits, _BATCH):
                phone = phones[start // _BATCH % len(phones)]
                queue = phone.prepare(min(_BATCH, visits - start), _DAYS)
                answer = phone.understand(phone.exchange(phone.request(queue)))
                if any(result["status"] != "applied" for result in answer["results"]):
                    raise RuntimeError("a visit was not applied")
            yield Field(instance, store, members)


def rows_of(port: int, member: tuple[str, str]) -> list[dict[str, Any]]:
    """The rows that a first download brings to this member's phone, page by page."""
    return Phone(port, *member).downloaded
