"""Importing a parsed list: compare it with the commune, then add its households if the options say so.

A dry run and the real one make the same plan; everything happens in the caller's transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from app.commune import areas
from app.commune.areas import Commune, Hamlet
from app.commune.catalog.services import add_default_services
from app.commune.guides.library import add_guides
from app.core import desk_log
from app.core.batch import Batch
from app.core.errors import CommuneUnknown
from app.core.feed import FeedCounter
from app.core.id_key.derived import Ids
from app.core.text import nfc
from app.fieldwork.households.commands import add_imported, new_household
from app.fieldwork.households.models import Household, HouseholdVersion
from app.intake.household_import.comparison import REMARKS, STAY, ImportPlan, make_plan
from app.intake.household_import.records import ParsedList


@dataclass(frozen=True)
class ImportOptions:
    """`write`: add the households, instead of a dry run; `skip_bad_rows`: leave the rejected rows out;
    `create_hamlets`: create hamlets that the commune does not have; `remarks_stay`: households with a remark
    that is not understood live there."""

    write: bool = False
    skip_bad_rows: bool = False
    create_hamlets: bool = False
    remarks_stay: bool = False


def import_list(
    session: Session,
    commune_code: str,
    parsed: ParsedList,
    options: ImportOptions,
    now: datetime,
    save_report: Callable[[ImportPlan], None],
) -> ImportPlan:
    """Compare a list with the commune, and add its households if options and plan allow it.

    `save_report` is called before anything is added, so that what is left out is on record. The first list
    starts a commune. Raises `CommuneUnknown`, and what `save_report` raises.
    """
    commune = _find_commune(session, commune_code, lock=options.write)
    answers = {REMARKS: STAY} if options.remarks_stay else {}
    plan = make_plan(session, commune, parsed, create_hamlets=options.create_hamlets, hamlet_answers=answers)
    save_report(plan)
    if options.write and plan.may_be_written(skip_bad_rows=options.skip_bad_rows):
        areas.start_commune(session, commune_code, lambda: now)
        add_default_services(session, commune.id)
        add_guides(session, commune.id)
        _write_plan(session, plan, now)
    return plan


def _find_commune(session: Session, code: str, *, lock: bool) -> Commune:
    """The commune, locked against other writers: two imports cannot add the same household twice, and no
    hamlet is merged meanwhile."""
    query = select(Commune).where(Commune.code == code)
    commune = session.exec(query.with_for_update() if lock else query).first()
    if commune is None:
        raise CommuneUnknown("commune")
    if lock:
        counter = select(FeedCounter).where(FeedCounter.commune_id == commune.id)
        session.exec(counter.with_for_update()).first()
        hamlets = select(Hamlet.id).where(Hamlet.commune_id == commune.id)
        session.exec(hamlets.with_for_update(read=True, key_share=True)).all()
    return commune


def _write_plan(session: Session, plan: ImportPlan, now: datetime) -> None:
    """Create the plan's hamlets and add its households to the feed in one batch."""
    hamlets = {name: _add_hamlet(session, plan.commune_id, name) for name in plan.new_hamlets}
    ids = Ids(session, "household", plan.commune_id)
    used = set(session.exec(select(Household.id).where(Household.commune_id == plan.commune_id)))
    batch = Batch(plan.commune_id)
    for hamlet, household in plan.households:
        hamlet_id = hamlets.get(hamlet, hamlet)
        label = (household.head_name, household.house_no, household.alley)
        household_id = ids.uuid(hamlet_id, *(nfc(part).casefold() for part in label), used=used)
        used.add(household_id)
        add_imported(batch, new_household(household_id, hamlet_id, *label), now)
    batch.write(session, (Household, HouseholdVersion))
    if plan.households:
        desk_log.note(session, plan.commune_id, "list.imported", now, count=len(plan.households))


def _add_hamlet(session: Session, commune_id: str, name: str) -> str:
    return areas.add_hamlet(session, commune_id, areas.new_hamlet_id(session, commune_id, name), name).id
