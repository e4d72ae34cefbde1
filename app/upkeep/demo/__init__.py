"""The demo commune: xã Yên Bình, Lạng Sơn, with invented people and sixty days of visits."""

import random
import uuid
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.commune import areas
from app.commune.accounts import people
from app.commune.accounts.access import Actor, actor_for
from app.commune.accounts.hashing import hash_secret
from app.commune.accounts.models import Account, Device, FieldRole, Invite, SignInName, Team
from app.commune.accounts.sign_in import INVITE_LIFETIME
from app.commune.areas import Commune
from app.commune.calendar.period import PeriodKind, period_of
from app.commune.catalog.services import add_default_services
from app.commune.credentials import own_account
from app.commune.credentials.models import ProvinceViewer
from app.core.clock import local_date
from app.core.sql.locks import lock_preparation
from app.fieldwork.derived.flags.evaluation import evaluate
from app.fieldwork.remarks import commands as remarks
from app.upkeep.demo.invented import (
    COMMUNE,
    CONTACT_PHONE,
    DAYS,
    DEVICE_NAME,
    HAMLETS,
    LEADER,
    LOST,
    NEVER_SIGNED_IN,
    SILENT,
    SUPERVISOR,
    SUPERVISORS_REMARKS,
    TEAM_NAME,
    UNSENT,
    VIEWER,
    VOLUNTEERS,
)
from app.upkeep.demo.records import add_records
from app.upkeep.demo.reviews import add_reviews

__all__ = ["HAMLETS", "SILENT", "SUPERVISOR", "VIEWER", "VOLUNTEERS", "load"]


def load(session: Session, now: datetime) -> bool:
    """Load the demo commune. False, and nothing is changed, if a commune has already started here."""
    lock_preparation(session)
    if session.exec(select(Commune.id).where(col(Commune.started_at).is_not(None))).first():
        return False
    areas.load_areas(session)
    commune = areas.start_commune(session, COMMUNE, lambda: now)
    assert commune is not None, "areas.csv holds the demo commune"
    add_default_services(session, commune.id)
    rng = random.Random(COMMUNE)
    name, sign_in_name, password = SUPERVISOR
    supervisor = people.add_supervisor(session, commune.id, name, sign_in_name, password)
    own_account.change_contact_phone(session, actor_for(session, supervisor), CONTACT_PHONE)
    _write_remarks(session, actor_for(session, supervisor), now)
    volunteers = iter(VOLUNTEERS)
    for hamlet_name, count, alleys in HAMLETS:
        id = areas.new_hamlet_id(session, commune.id, hamlet_name)
        hamlet = areas.add_hamlet(session, commune.id, id, hamlet_name)
        team = people.add_team(session, [hamlet], f"{TEAM_NAME} {hamlet_name}", now - timedelta(days=200))
        members = [_add_volunteer(session, team, *next(volunteers), now) for _ in range(2)]
        add_records(session, hamlet, members, count, alleys, rng, now)
    _add_calls(session, team, now)
    _begin_viewer(session, commune, now)
    evaluate(session, commune.id)
    add_reviews(session, actor_for(session, supervisor), now)
    return True


def _begin_viewer(session: Session, commune: Commune, now: datetime) -> None:
    """Somebody of the province, with a public password as everybody here."""
    name, sign_in_name, password = VIEWER
    session.add(SignInName(name=sign_in_name, password_hash=hash_secret(password)))
    session.flush()
    session.add(
        ProvinceViewer(
            id=people.new_id(),
            name=name,
            sign_in_name=sign_in_name,
            created_at=now,
            province_code=commune.province_code,
        )
    )


def _add_calls(session: Session, team: Team, now: datetime) -> None:
    """A reason of each kind to call somebody; `team`: of the member who never signed in."""
    devices = session.execute(
        select(Account.name, Device)
        .join(Device, col(Device.account_id) == Account.id)
        .where(Account.commune_id == team.commune_id, Device.commune_id == team.commune_id)
    )
    found: dict[str, Device] = dict(devices.all())
    found[SILENT].last_contact_at = now - timedelta(days=12)
    unsent, lost = found[UNSENT], found[LOST]
    unsent.queue_count, unsent.queue_oldest_at = 11, now - timedelta(days=2)
    lost.lost_count, lost.lost_at = 4, now - timedelta(hours=20)
    lost.lost_seqs = [[lost.next_seq, lost.next_seq + 3]]
    lost.next_seq += 4
    session.add_all([found[SILENT], unsent, lost])
    member = people.add_member(session, team, NEVER_SIGNED_IN, "0900000013", now - timedelta(days=8))
    people.invite(session, member, now - timedelta(days=8), "10000013", reusable=True)
    of_member = (Invite.commune_id == member.commune_id, Invite.account_id == member.id)
    unused = session.exec(select(Invite).where(*of_member)).one()
    unused.reusable, unused.expires_at = False, unused.created_at + INVITE_LIFETIME
    session.add(unused)


def _add_volunteer(session: Session, team: Team, name: str, phone: str, code: str, now: datetime) -> Device:
    role: FieldRole = "leader" if name == LEADER else "volunteer"
    account = people.add_member(session, team, name, phone, now - timedelta(days=200), role)
    people.invite(session, account, now, code, reusable=True)
    return _add_device(session, account, now)


def _add_device(session: Session, account: Account, now: datetime) -> Device:
    """The device of the invented visits; nobody can sign in with it."""
    device = Device(
        commune_id=account.commune_id,
        id=people.new_id(),
        account_id=account.id,
        name=DEVICE_NAME,
        enrolled_at=now - timedelta(days=DAYS),
        last_contact_at=now - timedelta(hours=3),
    )
    session.add(device)
    session.flush()
    return device


def _write_remarks(session: Session, supervisor: Actor, now: datetime) -> None:
    """What the supervisor wrote for the reports of this month and the one before."""
    rng = random.Random(supervisor.name)
    for days, kind, text in SUPERVISORS_REMARKS:
        at = now - timedelta(days=days)
        month = period_of(PeriodKind.MONTH, local_date(at), 1)
        id = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        remarks.write(session, supervisor, month, id, remarks.RemarkText(kind, text), at)
