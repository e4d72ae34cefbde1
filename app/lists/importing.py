"""A list taken over: compared, then, if that is wanted and nothing stands in its way, added.

A dry run and the real one make the same plan; everything happens in the caller's transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from app import areas, catalog
from app.areas import Commune
from app.core import desk_log
from app.core.batch import Batch
from app.core.db import FeedCounter
from app.core.errors import CommuneUnknown
from app.core.ids import Ids
from app.core.text import nfc
from app.households.commands import add_listed, imported
from app.households.models import Household, HouseholdVersion
from app.lists.comparing import Plan, plan
from app.lists.homes import Understood


@dataclass(frozen=True)
class Wish:
    """What is asked for: to write, or only to look; without the rows that are refused; with new hamlets."""

    write: bool = False
    skip_bad_rows: bool = False
    create_hamlets: bool = False


def import_list(
    session: Session,
    commune_code: str,
    found: Understood,
    wish: Wish,
    now: datetime,
    keep: Callable[[Plan], None],
) -> Plan:
    """Compare a list with the commune, `keep` the plan, and add its homes if `wish` and plan allow it.

    `keep` comes first: what was left out is on record before anything is added. A commune begins with
    its first list. Raises `CommuneUnknown`, and what `keep` raises.
    """
    commune = _commune(session, commune_code, hold=wish.write)
    made = plan(session, commune, found, create_hamlets=wish.create_hamlets)
    keep(made)
    if wish.write and made.may_be_written(skip_bad_rows=wish.skip_bad_rows):
        areas.start_commune(session, commune_code, lambda: now)
        catalog.add_default(session, commune.id)
        _carry_out(session, made, now)
    return made


def _commune(session: Session, code: str, *, hold: bool) -> Commune:
    """The commune; held, whoever else writes there waits, so two imports cannot add one home twice."""
    query = select(Commune).where(Commune.code == code)
    commune = session.exec(query.with_for_update() if hold else query).first()
    if commune is None:
        raise CommuneUnknown("commune")
    if hold:
        counter = select(FeedCounter).where(FeedCounter.commune_id == commune.id)
        session.exec(counter.with_for_update()).first()
    return commune


def _carry_out(session: Session, plan: Plan, now: datetime) -> None:
    """Create the plan's hamlets and add its homes, numbered for the phones, as one set."""
    hamlets = {name: _new_hamlet(session, plan.commune_id, name) for name in plan.new}
    ids = Ids(session, "household", plan.commune_id)
    taken = set(session.exec(select(Household.id).where(Household.commune_id == plan.commune_id)))
    batch = Batch(plan.commune_id)
    for place, home in plan.homes:
        hamlet_id = hamlets.get(place, place)
        label = (home.head_name, home.house_no, home.alley)
        household_id = ids.uuid(hamlet_id, *(nfc(part).casefold() for part in label), taken=taken)
        taken.add(household_id)
        add_listed(batch, imported(household_id, hamlet_id, *label), now)
    batch.write(session, (Household, HouseholdVersion))
    if plan.homes:
        desk_log.note(session, plan.commune_id, "list.imported", now, count=len(plan.homes))


def _new_hamlet(session: Session, commune_id: str, name: str) -> str:
    return areas.add_hamlet(session, commune_id, areas.hamlet_id(session, commune_id, name), name).id
