"""A prepared statement finds what the same one finds that was built for its actor."""

from dataclasses import replace

from sqlalchemy import Select, bindparam
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, actor_for, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.commune.accounts.models import Account
from app.core.db import Database
from app.fieldwork.households.models import Household
from tests.cases import cases
from tests.statements import sent_statements
from tests.world import World


def _named(actor: Actor) -> Select[str]:
    """The households other than the one named `but`."""
    households = visible_to(actor, Household).where(col(Household.id) != bindparam("but"))
    return households.order_by(col(Household.id)).with_only_columns(col(Household.id))


NAMED = ActorStatement(_named)


@cases("who", ["binh", "lan", "nam", "hoa"])
def test_everybody_finds_what_they_may_see(world: World, database: Database, who: str) -> None:
    commune_id = world.neighbour_id if who == "hoa" else world.commune_id

    def find(session: Session) -> tuple[list[str], list[str]]:
        actor = _actor(session, commune_id, getattr(world, who))
        built = session.execute(_named(actor), {"but": world.duc}).scalars()
        return [row["id"] for row in NAMED.rows(session, actor, but=world.duc)], list(built)

    prepared, built = database.read(find)
    assert prepared == built
    assert bool(prepared) is (who != "hoa")


def test_suspended_supervisor_finds_nothing(world: World, database: Database) -> None:
    def find(session: Session) -> list[object]:
        actor = replace(_actor(session, world.commune_id, world.binh), suspended=True)
        return list(NAMED.rows(session, actor, but=""))

    assert database.read(find) == []


@cases("who", ["binh", "hoa"])
def test_account_of_the_actor_is_a_parameter_as_its_commune_is(
    world: World, database: Database, who: str
) -> None:
    own = ActorStatement(
        lambda actor: (
            visible_to(actor, Account)
            .where(col(Account.id) == actor.account_id)
            .with_only_columns(col(Account.id))
        )
    )
    commune_id = world.neighbour_id if who == "hoa" else world.commune_id
    account_id = getattr(world, who)
    found = database.read(lambda session: own.rows(session, _actor(session, commune_id, account_id)))
    assert found == [{"id": account_id}]


def test_statement_of_supervisors_is_one_text(world: World, database: Database) -> None:
    def find(session: Session) -> None:
        for ids in ((world.commune_id, world.binh), (world.neighbour_id, world.hoa)):
            NAMED.rows(session, _actor(session, *ids), but=world.duc)

    with sent_statements(database.engine) as sent:
        database.read(find)
    assert len({text for text, _parameters in sent if "FROM household" in text}) == 1


def _actor(session: Session, commune_id: str, account_id: str) -> Actor:
    return actor_for(session, session.get_one(Account, (commune_id, account_id)))
