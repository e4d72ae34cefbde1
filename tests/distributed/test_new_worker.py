"""docs/deploy.md, Add a worker: it takes its share of the communes over, and nobody notices."""

from app.core.db import Database
from tests.distributed.content import Distributed
from tests.operator import run
from tests.phone import Phone
from tests.world import World


def test_new_worker_gets_its_share_while_phones_send(
    lan: Phone,
    world: World,
    database: Database,
    distributed: Distributed,
    database_url: str,
    tmp_path: object,
) -> None:
    lan.exchange(lan.visit(world.duc))
    cluster = distributed.cluster
    machine = cluster.add_machine()
    cluster.run_page("Add a worker")
    parts = cluster.coordinator.ask(
        "SELECT nodeport, count(*) FROM citus_shards WHERE table_name = 'visit'::regclass GROUP BY nodeport"
    )
    assert machine.port in dict(parts)
    assert lan.statuses(lan.visit(world.mai)) == ["applied"]
    looked = run(database_url, "check", TUNGNHA_DATA_DIR=str(tmp_path))
    assert looked.exit_code == 0, looked.output
