"""Where each table is on a cluster of several machines, decided from the models: this needs no Citus."""

from pathlib import Path
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import psycopg

from app.core.sql.json_rows import ROWS
from app.upkeep.migrations.distribution import COLUMN, Place, can_refer, is_of_communes, place_of
from app.upkeep.migrations.tables import METADATA
from tests.operator import run
from tests.tenancy.prepared_lint import statements

_DIALECT: Any = psycopg.dialect()  # type: ignore[no-untyped-call]
# A new table that is of no commune is added to one of these two: on the coordinator, unless rows of communes
# refer to it.
REFERENCE = {"commune", "province"}
LOCAL = set(
    """
    api_token applied_revision backup_run commune_status daily_job id_key known_browser one_time_link operator
    operator_session phone_commune phone_failure province_viewer province_viewer_session recovery_code
    report_summary second_factor server_epoch sign_in_failure sign_in_name
    """.split()
)
# A name to sign in with is looked for before its commune is known.
UNCHECKED = {("sign_in_name", "account")}


def test_each_table_has_one_place() -> None:
    places = {table.name: place_of(table) for table in METADATA.sorted_tables}
    assert {name for name, place in places.items() if place is Place.REFERENCE} == REFERENCE
    assert {name for name, place in places.items() if place is Place.LOCAL} == LOCAL


def test_no_foreign_key_leads_where_citus_cannot_look() -> None:
    forbidden = {
        (table.name, key.referred_table.name)
        for table in METADATA.sorted_tables
        for key in table.foreign_key_constraints
        if not can_refer(place_of(table), place_of(key.referred_table))
    }
    assert forbidden == UNCHECKED


def test_keys_of_communes_name_the_commune_on_both_sides() -> None:
    """Citus refuses a key of a distributed table, foreign or unique, without the column that places it."""
    for table in filter(is_of_communes, METADATA.sorted_tables):
        for key in table.foreign_key_constraints:
            if is_of_communes(key.referred_table):
                pairs = [(one.parent.name, one.column.name) for one in key.elements]
                assert (COLUMN, COLUMN) in pairs, f"{table.name} to {key.referred_table.name}"
        unique = [one.columns for one in table.constraints if isinstance(one, UniqueConstraint)]
        unique += [one.columns for one in table.indexes if one.unique]
        assert all(COLUMN in columns for columns in unique), table.name


def test_database_on_one_machine_is_refused_in_a_sentence(database_url: str, tmp_path: Path) -> None:
    refused = run(database_url, "distribute", TUNGNHA_DATA_DIR=str(tmp_path))
    assert (refused.exit_code, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert "on one machine" in refused.stderr


def test_rows_of_an_upsert_are_its_only_parameter() -> None:
    """A Citus worker is given the others without a type, and the rows although it does not use them."""
    with_others = [
        name
        for name, one in statements()
        if (compiled := one._statement.compile(dialect=_DIALECT)).string.startswith("INSERT")
        and "json_populate_recordset" in compiled.string
        and compiled.params.keys() != {ROWS}
    ]
    assert with_others == []
