"""A list taken over: compared, then, if that is wanted and nothing stands in its way, added.

A dry run and the real one make the same plan; everything happens in the caller's transaction.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from app import areas, catalog
from app.accounts.people import new_id
from app.areas import Commune
from app.core.batch import Batch
from app.core.db import FeedCounter
from app.core.errors import CommuneUnknown
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
    ids = {name: areas.add_hamlet(session, plan.commune_id, new_id(), name).id for name in plan.new}
    batch = Batch(plan.commune_id)
    for place, home in plan.homes:
        hamlet_id = ids.get(place, place)
        row = imported(str(uuid.uuid4()), hamlet_id, home.head_name, home.house_no, home.alley)
        add_listed(batch, row, now)
    batch.write(session, (Household, HouseholdVersion))
