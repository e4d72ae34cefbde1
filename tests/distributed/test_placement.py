"""`distribute`: every table is where it belongs, its keys too, and what is distributed stays."""

from pathlib import Path

from app.core.db import Database
from app.upkeep.migrations.distribution import Place, can_refer, place_of
from app.upkeep.migrations.tables import METADATA
from tests.distributed.content import Distributed
from tests.operator import run
from tests.world import World


def test_tables_are_where_they_belong(database: Database, distributed: Distributed) -> None:
    rows = distributed.cluster.coordinator.ask("SELECT table_name::text, citus_table_type FROM citus_tables")
    expected = {(table.name, str(place_of(table))) for table in METADATA.sorted_tables}
    assert {row for row in rows if row[1] != "local"} == {row for row in expected if row[1] != Place.LOCAL}, (
        "what has a foreign key to a reference table is listed as local"
    )


def test_tables_of_a_commune_are_beside_one_another(database: Database, distributed: Distributed) -> None:
    rows = distributed.cluster.coordinator.ask(
        "SELECT count(DISTINCT colocation_id) FROM citus_tables WHERE citus_table_type = 'distributed'"
    )
    assert rows == [(1,)]


def test_keys_are_there_again(database: Database, distributed: Distributed) -> None:
    rows = distributed.cluster.coordinator.ask(
        "SELECT c.relname, t.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
        " JOIN pg_class t ON t.oid = k.confrelid"
        " WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace"
    )
    of_models = [
        (table.name, key.referred_table.name)
        for table in METADATA.sorted_tables
        for key in table.foreign_key_constraints
        if can_refer(place_of(table), place_of(key.referred_table))
    ]
    names = METADATA.tables.keys()  # the parts of what only the coordinator has are beside it
    assert sorted(row for row in rows if row[0] in names) == sorted(of_models)


def test_communes_are_on_two_machines(world: World, database: Database, distributed: Distributed) -> None:
    cluster = distributed.cluster
    cluster.separate(world.commune_id, world.neighbour_id)
    for commune_id in (world.commune_id, world.neighbour_id):
        (row,) = cluster.worker_of(commune_id).ask(
            f"SELECT count(*) FROM {_part(distributed, commune_id)} WHERE commune_id = '{commune_id}'"
        )
        assert row[0] > 0


def test_second_time_changes_nothing(database_url: str, tmp_path: Path) -> None:
    done = run(database_url, "distribute", TUNGNHA_DATA_DIR=str(tmp_path))
    assert (done.exit_code, done.stdout) == (0, "All tables are distributed already.\n"), done.output


def _part(distributed: Distributed, commune_id: str) -> str:
    shard = f"get_shard_id_for_distribution_column('service', '{commune_id}')"
    ((number,),) = distributed.cluster.coordinator.ask(f"SELECT {shard}")
    return f"service_{number}"
