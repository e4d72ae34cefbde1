"""What the tables of a distributed database have, to load it again: such a database cannot be copied."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import pytest

from app.core.db import Database
from app.upkeep.migrations import distribution, upgrade
from app.upkeep.migrations.tables import METADATA
from tests.distributed.cluster import Cluster, cluster, find_programs

SHARDS = 4  # each more costs its files
_NAMES = [table.name for table in METADATA.sorted_tables]  # what is referred to comes first


@dataclass
class Distributed:
    """The distributed database of a cluster, whose content the tests change and replace."""

    cluster: Cluster
    _contents: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def load(self, name: str = "") -> str:
        """Replace what is there by a content that was stored, or by that of an empty schema. Returns the
        address."""
        content = self._contents[name] if name else self._empty
        with self.cluster.coordinator.connect() as connection, connection.transaction():
            connection.execute(f"TRUNCATE {', '.join(_NAMES)}".encode())
            for table, rows in content.items():
                with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                    copy.write(rows)
        return self.cluster.url

    def store(self, name: str) -> None:
        """Store what is there now."""
        self._contents[name] = self._read()

    @cached_property
    def _empty(self) -> dict[str, bytes]:
        database = Database(self.cluster.url)
        upgrade(database)
        database.write(lambda session: distribution.distribute(session.connection(), SHARDS))
        database.close()
        return self._read()

    def _read(self) -> dict[str, bytes]:
        content = {}
        with self.cluster.coordinator.connect() as connection:
            for table in _NAMES:
                with connection.cursor().copy(f"COPY {table} TO STDOUT".encode()) as copy:
                    if rows := b"".join(bytes(part) for part in copy):
                        content[table] = rows
        return content


@pytest.fixture(scope="session")
def distributed() -> Iterator[Distributed]:
    """A running cluster with the distributed tables of the app."""
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL with Citus is installed: docs/development.md, On a Citus cluster")
    with cluster(programs) as made:
        yield Distributed(made)
