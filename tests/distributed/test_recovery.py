"""docs/deploy.md, Backups of a cluster: base backups of all machines, a restore point, and the way back."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from tests import postgres
from tests.conftest import NOW
from tests.distributed.cluster import SUPERUSER, Cluster, Node, blocks
from tests.distributed.content import Distributed
from tests.operator import run
from tests.phone import Phone, sign_in
from tests.world import LY, World, add_next_door

HEADING = "Backups of a cluster"


@pytest.fixture
def archives(distributed: Distributed, tmp_path: Path) -> dict[str, Path]:
    """Where each machine archives its log, by its address."""
    folders = {}
    for node in distributed.cluster.nodes:
        folder = folders[node.address] = node.folder / "wal"
        folder.mkdir()
        if owner := postgres.owner_of_clusters():
            shutil.chown(folder, owner.pw_uid, owner.pw_gid)
        _configure(node, 0, folder)
        node.stop()
        node.start()
    return folders


def test_all_machines_go_back_to_the_named_moment(
    archives: dict[str, Path],
    lan: Phone,
    world: World,
    database: Database,
    distributed: Distributed,
    browser: Callable[[], TestClient],
    tmp_path: Path,
) -> None:
    cluster, households = distributed.cluster, add_next_door(database, world, NOW)
    cluster.separate(world.commune_id, world.neighbour_id)
    ly = sign_in(browser(), *LY, NOW)
    for node in cluster.nodes:
        _base_backup(node)
    sent = [(lan, lan.visit(world.duc)), (ly, ly.visit(households[0]))]
    for phone, visit in sent:
        assert phone.statuses(visit) == ["applied"]
    cluster.run_page(HEADING)
    later = [(lan, lan.visit(world.mai)), (ly, ly.visit(households[1]))]
    for phone, visit in later:
        assert phone.statuses(visit) == ["applied"]

    _go_back(cluster, archives)
    assert _visits(distributed) == {visit["data"]["id"] for _phone, visit in sent}

    settings = {"TUNGNHA_DATA_DIR": str(tmp_path)}
    assert run(cluster.url, "begin-history", **settings).exit_code == 0
    for phone, visit in later:
        assert phone.exchange()["reset"]
        phone.held.add(visit["seq"])
        assert phone.statuses(visit | {"acked_version": 1}) == ["applied"]
    assert _visits(distributed) == {visit["data"]["id"] for _phone, visit in [*sent, *later]}
    looked = run(cluster.url, "check", **settings)
    assert looked.exit_code == 0, looked.output


def _go_back(cluster: Cluster, archives: dict[str, Path]) -> None:
    for node in cluster.nodes:
        node.ask("SELECT pg_switch_wal()")
    for node in cluster.nodes:
        node.stop()
        _put_back(node, archives[node.address])
    for node in [*cluster.workers, cluster.coordinator]:
        node.start()
    _wait_until_promoted(cluster.nodes)
    cluster.run_page(HEADING, 1)


def _base_backup(node: Node) -> None:
    there = str(node.folder / "base")
    options = ("-h", "127.0.0.1", "-p", str(node.port), "-U", SUPERUSER, "-c", "fast", "--no-sync")
    postgres.run(node.programs, node.folder, "pg_basebackup", "-D", there, "-X", "none", *options)


def _put_back(node: Node, archive: Path) -> None:
    shutil.rmtree(node.data)
    (node.folder / "base").rename(node.data)
    _configure(node, 1, archive)
    (node.data / "recovery.signal").touch()
    if owner := postgres.owner_of_clusters():
        shutil.chown(node.data / "recovery.signal", owner.pw_uid, owner.pw_gid)


def _configure(node: Node, number: int, archive: Path) -> None:
    """Add settings of the page, with another folder of the log."""
    settings = blocks(HEADING, "ini")[number].replace("/var/backups/wal", str(archive))
    with (node.data / "postgresql.auto.conf").open("a") as file:
        file.write(settings)


def _wait_until_promoted(nodes: list[Node]) -> None:
    for node in nodes:
        while node.ask("SELECT pg_is_in_recovery()") != [(False,)]:
            time.sleep(0.1)


def _visits(distributed: Distributed) -> set[str]:
    return {id for (id,) in distributed.cluster.coordinator.ask("SELECT id FROM visit")}
