"""Starts a Citus cluster on loopback, as docs/deploy.md says: a coordinator, and workers with communes."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests import postgres
from tests.docs.sources import ROOT
from tests.e2e.server import free_port

DATABASE = USER = "tungnha"
SUPERUSER = "postgres"
COORDINATOR, *WORKERS = "10.0.0.1", "10.0.0.11", "10.0.0.12", "10.0.0.13"
"""The machines of docs/deploy.md; the last worker is added later."""


def find_programs() -> Path | None:
    """The folder of the programs of a PostgreSQL that has Citus: of `PG_CONFIG`, or the newest one here."""
    named = os.environ.get("PG_CONFIG")
    folder = Path(named).parent if named else postgres.find_bin_dir()
    if folder is None:
        return None
    asked = [str(folder / "pg_config"), "--sharedir"]
    share = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return folder if (Path(share) / "extension" / "citus.control").is_file() else None


def blocks(heading: str, language: str) -> list[str]:
    """The blocks of a language below a heading of the page, until the next heading."""
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    part = re.split(r"\n#+ ", page.split(f"# {heading}\n")[1])[0]
    return re.findall(rf"```{language}\n(.+?)```", part, re.DOTALL)


class Node:
    """One machine: its folder has the data, the socket and the log. It listens on loopback."""

    def __init__(self, programs: Path, folder: Path, address: str) -> None:
        self.programs, self.address, self.port = programs, address, free_port()
        self.folder = folder / address
        self.data = self.folder / "data"
        self.folder.mkdir()
        if owner := postgres.owner_of_clusters():
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)

    def create(self, fsync: str = "off") -> None:
        """Make the machine's database, with the settings of the page."""
        options = ("-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        postgres.run(self.programs, self.folder, "initdb", "-D", str(self.data), *options)
        (settings,) = blocks("Communes on several machines: Citus", "ini")
        settings = re.sub(r"listen_addresses = .*", "listen_addresses = '127.0.0.1'", settings)
        here = f"port = {self.port}\nunix_socket_directories = '{self.folder}'\nfsync = {fsync}\n"
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(f"{settings}\n{here}max_connections = 200\n")
        self.start()
        self.ask(f"CREATE ROLE {USER} LOGIN", database="postgres")
        self.ask(f"CREATE DATABASE {DATABASE} OWNER {USER} TEMPLATE template0", database="postgres")
        self.ask("CREATE EXTENSION citus")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = str(self.folder / "log")
        postgres.run(self.programs, self.folder, "pg_ctl", "-D", str(self.data), "-w", "-l", log, "start")

    def stop(self) -> None:
        """End it as a machine does that loses its power."""
        data = str(self.data)
        postgres.run(self.programs, self.folder, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")

    def ask(self, *statements: str, database: str = DATABASE) -> list[tuple[Any, ...]]:
        """The rows of the last of these statements, as the administrator."""
        with self.connect(database) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def connect(self, database: str = DATABASE) -> "psycopg.Connection[Any]":
        address = f"host=127.0.0.1 port={self.port} user={SUPERUSER} dbname={database}"
        return psycopg.connect(address, autocommit=True)


class Cluster:
    """The machines, by their addresses on the page."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.coordinator, *self.workers = (
            Node(programs, folder, address) for address in (COORDINATOR, *WORKERS[:2])
        )
        self._programs, self._folder = programs, folder

    @property
    def nodes(self) -> list[Node]:
        return [self.coordinator, *self.workers]

    @property
    def url(self) -> str:
        """The address of the database for the app."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.coordinator.port}/{DATABASE}"

    def run_page(self, heading: str, number: int = 0) -> list[tuple[Any, ...]]:
        """Run a block of SQL of the page on the coordinator; the rows of its last statement."""
        block = blocks(heading, "sql")[number]
        for node in self.nodes:
            block = block.replace(f"'{node.address}', 5432", f"'127.0.0.1', {node.port}")
        statements = [one.strip() for one in block.split(";\n") if one.strip()]
        return self.coordinator.ask(*statements)

    def add_machine(self) -> Node:
        """A machine that is not in the cluster yet."""
        node = Node(self._programs, self._folder, WORKERS[len(self.workers)])
        self.workers.append(node)
        node.create()
        return node

    def worker_of(self, commune_id: str) -> Node:
        """The machine that has a commune."""
        shard = f"get_shard_id_for_distribution_column('visit', '{commune_id}')"
        ((port,),) = self.coordinator.ask(f"SELECT nodeport FROM citus_shards WHERE shardid = {shard}")
        return next(node for node in self.nodes if node.port == port)

    def separate(self, commune_id: str, other_id: str) -> None:
        """Have the two communes on two machines."""
        here = self.worker_of(commune_id)
        if self.worker_of(other_id) is here:
            there = next(node for node in self.workers if node is not here)
            shard = f"get_shard_id_for_distribution_column('visit', '{other_id}')"
            places = ", ".join(f"'127.0.0.1', {node.port}" for node in (here, there))
            self.coordinator.ask(f"SELECT citus_move_shard_placement({shard}, {places}, 'block_writes')")


@contextmanager
def cluster(programs: Path, fsync: str = "off") -> Iterator[Cluster]:
    """A running cluster without tables, of a coordinator and two workers."""
    memory = postgres.memory() if fsync == "off" else None
    folder = Path(tempfile.mkdtemp(prefix="tungnha-citus-", dir=memory))
    folder.chmod(0o755)
    made = Cluster(programs, folder)
    try:
        for node in made.nodes:
            node.create(fsync)
        made.run_page("Communes on several machines: Citus")
        yield made
    finally:
        for node in made.nodes:
            if (node.data / "postmaster.pid").exists():
                node.stop()
        shutil.rmtree(folder, ignore_errors=True)
