"""Which statements name a commune for each table, as the compiler sees them."""

import subprocess
import sys

import pytest
from sqlalchemy import BindParameter, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.commune.accounts.models import Account
from app.commune.areas import Commune
from app.core.db import table_of
from app.core.sql.prepared import Prepared
from app.core.sql.upsert import Upsert, replacing
from app.fieldwork.derived.open_visits import OpenVisits
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit, VisitService
from tests.docs.sources import ROOT
from tests.tenancy.partitions import TENANT_TABLES
from tests.tenancy.prepared_lint import complaints, statements
from tests.tenancy.rule import unbound

VISIT, SERVICE, HOUSEHOLD = table_of(Visit).c, table_of(VisitService).c, table_of(Household).c
OURS: BindParameter[str] = bindparam("commune_id")
OTHER = table_of(Household).alias()
OF_HOUSEHOLD = HOUSEHOLD.id == VISIT.household_id
SAME_COMMUNE = HOUSEHOLD.commune_id == VISIT.commune_id
WRITER = aliased(Account)
_SERVICES = select(SERVICE.code).where(SERVICE.visit_id == VISIT.id)
_ROWS = select(VISIT.commune_id, VISIT.review_state, func.count()).group_by(*list(VISIT)[:2])
STATEMENTS = {
    "a table with its commune": (select(VISIT.id).where(VISIT.commune_id == OURS), []),
    "a value of the actor's": (select(Visit).where(col(Visit.commune_id) == "c1", col(Visit.id) == "v1"), []),
    "the other way round": (select(VISIT.id).where(VISIT.commune_id == OURS), []),
    "without": (select(VISIT.id).where(VISIT.id == "v1"), ["visit"]),
    "one of two possibilities": (
        select(VISIT.id).where((VISIT.commune_id == OURS) | (VISIT.id == "v1")),
        ["visit"],
    ),
    "of a list": (select(VISIT.id).where(VISIT.commune_id.in_(["c1", "c2"])), ["visit"]),
    "another comparison": (select(VISIT.id).where(VISIT.commune_id != OURS), ["visit"]),
    "joined by both": (
        select(VISIT.id)
        .join(table_of(Household), SAME_COMMUNE & OF_HOUSEHOLD)
        .where(VISIT.commune_id == OURS),
        ["household"],
    ),
    "joined with its own": (
        select(VISIT.id)
        .join(table_of(Household), (HOUSEHOLD.commune_id == OURS) & OF_HOUSEHOLD, isouter=True)
        .where(VISIT.commune_id == OURS),
        [],
    ),
    "the same table twice": (
        select(HOUSEHOLD.id, OTHER.c.id).where(
            HOUSEHOLD.commune_id == OURS, OTHER.c.id == HOUSEHOLD.merged_into
        ),
        ["household"],
    ),
    "an alias of a model": (
        select(Visit)
        .join(WRITER, col(WRITER.id) == Visit.recorded_by)
        .where(col(Visit.commune_id) == "c1", col(WRITER.commune_id) == "c1"),
        [],
    ),
    "a correlated subquery": (
        select(VISIT.id).where(
            VISIT.commune_id == OURS, _SERVICES.where(SERVICE.commune_id == VISIT.commune_id).exists()
        ),
        ["visit_service"],
    ),
    "a subquery with its own": (
        select(VISIT.id).where(
            VISIT.commune_id == OURS, _SERVICES.where(SERVICE.commune_id == OURS).exists()
        ),
        [],
    ),
    "a table of the instance": (select(col(Commune.id)).where(col(Commune.code) == "06391"), []),
    "an update": (update(Visit).where(col(Visit.id) == "v1").values(note=""), ["visit"]),
    "an update of its commune": (update(Visit).where(col(Visit.commune_id) == "c1").values(note=""), []),
    "a deletion": (
        delete(table_of(Visit)).where(VISIT.household_id.in_(select(HOUSEHOLD.id))),
        ["visit", "household"],
    ),
    "a row": (insert(table_of(Visit)), []),
    "rows that a select finds": (
        insert(table_of(OpenVisits)).from_select(["commune_id", "review_state", "visits"], _ROWS),
        ["visit"],
    ),
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_tables_without_a_commune_of_their_own_are_found(what: str) -> None:
    statement, tables = STATEMENTS[what]
    assert sorted(unbound(statement)) == sorted(tables)


def test_statement_that_is_prepared_is_linted_also_within_an_upsert() -> None:
    prepared = Prepared(STATEMENTS["joined by both"][0])
    upsert = Upsert(table_of(OpenVisits), replacing, rows=_ROWS)
    named = {"prepared": prepared, "upsert": upsert._statements["postgresql"]}
    assert complaints(named.items()) == ["prepared: household", "upsert: visit"]


def test_every_module_and_table_is_looked_at() -> None:
    names = {name for name, _statement in statements()}
    assert {
        "app.core.feed._ADVANCE",
        "app.sync.pull._PAGES",
        "app.commune.teams.directory._IN_CHARGE",
    } < names
    assert {"visit", "household", "account", "desk_entry", "feed_counter"} < set(TENANT_TABLES)
    others = {"commune", "phone_commune", "sign_in_name", "server_epoch", "report_summary", "commune_status"}
    assert others.isdisjoint(TENANT_TABLES)


def test_prepared_statements_name_their_commune() -> None:
    """In a process of its own: those that tests prepare are not the app's."""
    lint = [sys.executable, "-m", "tests.tenancy.prepared_lint"]
    done = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
