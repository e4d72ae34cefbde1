"""The demo commune: xã Yên Bình, Lạng Sơn, with invented people and sixty days of visits."""

import random
import uuid
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app import areas, catalog, visit_changes
from app.accounts import people
from app.accounts.author import Author
from app.accounts.models import Account, Device, Invite, Team
from app.accounts.sign_in import INVITE_LIFETIME
from app.areas import Commune, Hamlet
from app.core.batch import Batch
from app.core.clock import VIETNAM
from app.core.sql.locks import lock_preparation
from app.households.commands import new_household
from app.households.models import Household, HouseholdValues
from app.outreach.commands import RecordSession
from app.outreach.commands import record as record_session
from app.outreach.models import OutreachSession
from app.visit_changes import VisitFacts
from app.visits import commands as visits
from app.visits import follow_ups
from app.visits.content import ServiceEntry
from app.visits.models import FollowUp, Visit, VisitService, VisitValues, VisitVersion

COMMUNE = "06391"
SUPERVISOR = ("Hoàng Văn Bình", "can-bo", "tung-nha-demo")
# hamlet, households, its alleys
HAMLETS = (
    ("Thôn Đông", 68, ("Ngõ 1", "Ngõ 2", "Ngõ 3")),
    ("Thôn Tây", 74, ("Ngõ Giếng", "Ngõ Đình", "Cạnh nhà văn hóa")),
    ("Bản Khau Dề", 61, ("Đầu bản", "Cuối bản", "Trên đồi")),
    ("Thôn Nà Lùng", 83, ("Xóm Trong", "Xóm Ngoài")),
    ("Tổ dân phố số 1", 92, ("Ngõ 12", "Ngõ 20", "Ngõ 34")),
    ("Thôn Pác Mỏ", 57, ("Bờ suối", "Gần trạm y tế")),
)
# Two volunteers for each hamlet, the first two named in the README.
VOLUNTEERS = (
    ("Nguyễn Thị Lan", "0900000001", "10000001"),
    ("Lý Văn Tài", "0900000003", "10000003"),
    ("Trần Văn Nam", "0900000002", "10000002"),
    ("Hoàng Thị Mến", "0900000004", "10000004"),
    ("Triệu Thị Sen", "0900000005", "10000005"),
    ("Nông Văn Thắng", "0900000006", "10000006"),
    ("Vi Thị Hạnh", "0900000007", "10000007"),
    ("Lương Văn Quý", "0900000008", "10000008"),
    ("Phạm Thị Tuyết", "0900000009", "10000009"),
    ("Đỗ Minh Khôi", "0900000010", "10000010"),
    ("Hứa Thị Liên", "0900000011", "10000011"),
    ("Mông Văn Sự", "0900000012", "10000012"),
)
# In this hamlet somebody invented visits yesterday evening, and a household was recorded twice.
INVENTED_IN, INVENTED, INVENTED_NOTE = "Thôn Nà Lùng", 44, "Đã hướng dẫn cài VNeID, gia đình đồng ý"
SILENT, UNSENT, LOST, NEVER_SIGNED_IN = "Mông Văn Sự", "Phạm Thị Tuyết", "Đỗ Minh Khôi", "Lò Thị Hoa"
_FAMILIES = ("Nguyễn Trần Lê Phạm Hoàng Vi Nông Lý Triệu Hứa Đặng Lương Đỗ Vũ Bùi Ngô Dương Chu").split()
_MEN = "Văn Đình Đức Minh Hữu Quang Công".split()
_MEN_NAMES = ("Đức Hùng Sơn Hòa Thắng Dũng Tuấn Long Quý Phúc Tiến Lâm Bảo Cường Khánh Ước Điệp Toàn").split()
_WOMEN_NAMES = (
    "Mai Hoa Ánh Thu Hương Yến Ngọc Thảo Xuân Liễu Bích Ước Nhàn Duyên Lệ Huệ Phượng Thắm"
).split()
_NOTES = (
    "",
    "",
    "",
    "",
    "Nhà có người lớn tuổi, cần quay lại hướng dẫn thêm.",
    "Điện thoại cũ, bộ nhớ đầy.",
    "Hẹn buổi tối sau giờ làm đồng.",
)
DAYS = 60
SESSION_PLACES = ("Nhà văn hóa", "Sân trường tiểu học")


def load(session: Session, now: datetime) -> bool:
    """Load the demo commune. False, and nothing is changed, if a commune has already started here."""
    lock_preparation(session)
    if session.exec(select(Commune.id).where(col(Commune.started_at).is_not(None))).first():
        return False
    areas.load_areas(session)
    commune = areas.start_commune(session, COMMUNE, lambda: now)
    assert commune is not None, "areas.csv holds the demo commune"
    catalog.add_default_services(session, commune.id)
    rng = random.Random(COMMUNE)
    name, sign_in_name, password = SUPERVISOR
    people.add_supervisor(session, commune.id, name, sign_in_name, password)
    volunteers = iter(VOLUNTEERS)
    for hamlet_name, count, alleys in HAMLETS:
        id = areas.new_hamlet_id(session, commune.id, hamlet_name)
        hamlet = areas.add_hamlet(session, commune.id, id, hamlet_name)
        team = people.add_team(session, [hamlet], f"Tổ công nghệ số {hamlet_name}", now - timedelta(days=200))
        members = [_add_volunteer(session, team, *next(volunteers), now) for _ in range(2)]
        _add_visits(session, hamlet, members, count, alleys, rng, now)
    _add_calls(session, team, now)
    return True


def _add_calls(session: Session, team: Team, now: datetime) -> None:
    """A reason of each kind to call somebody; `team`: of the member who never signed in."""
    devices = session.execute(
        select(Account.name, Device).join(
            Device, (col(Device.commune_id) == Account.commune_id) & (col(Device.account_id) == Account.id)
        )
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
    unused = session.exec(select(Invite).where(Invite.account_id == member.id)).one()
    unused.reusable, unused.expires_at = False, unused.created_at + INVITE_LIFETIME
    session.add(unused)


def _add_volunteer(session: Session, team: Team, name: str, phone: str, code: str, now: datetime) -> Device:
    account = people.add_member(session, team, name, phone, now - timedelta(days=200))
    people.invite(session, account, now, code, reusable=True)
    return _add_device(session, account, now)


def _add_device(session: Session, account: Account, now: datetime) -> Device:
    """The device of the invented visits; nobody can sign in with it."""
    device = Device(
        commune_id=account.commune_id,
        id=people.new_id(),
        account_id=account.id,
        name="Dữ liệu mẫu",
        enrolled_at=now - timedelta(days=DAYS),
        last_contact_at=now - timedelta(hours=3),
    )
    session.add(device)
    session.flush()
    return device


def _add_visits(
    session: Session,
    hamlet: Hamlet,
    members: list[Device],
    count: int,
    alleys: tuple[str, ...],
    rng: random.Random,
    now: datetime,
) -> None:
    batch = Batch(hamlet.commune_id)
    services = session.exec(select(catalog.Service).where(catalog.Service.commune_id == hamlet.commune_id))
    batch.load(catalog.Service, [service.model_dump() for service in services])
    households = [batch.add(Household, household) for household in _households(hamlet, count, alleys, rng)]
    seq = dict.fromkeys((device.id for device in members), 0)
    for day in range(DAYS, 0, -1):
        start = (now - timedelta(days=day)).astimezone(VIETNAM).replace(hour=8, minute=0, second=0)
        for round_, household in enumerate(rng.sample(households, k=rng.choice((0, 1, 1, 2, 2)))):
            device = rng.choice(members)
            seq[device.id] += 1
            at = start + timedelta(minutes=25 * round_ + rng.randrange(0, 500))
            _visit(batch, hamlet, device, household, seq[device.id], at, rng)
    if hamlet.name == INVENTED_IN:
        _add_flagged(batch, hamlet, members, households, seq, now)
    _review(list(batch.rows(Visit)), now)
    follow_ups.update(batch, batch.rows(Visit))
    _hold_session(batch, hamlet, members[0], seq, now)
    batch.write(session, (Household, Visit, VisitService, VisitVersion, FollowUp, OutreachSession))
    visit_changes.update(session, hamlet.commune_id, VisitFacts(), visit_changes.facts(batch))
    for device in members:
        device.next_seq = device.settled_seq = seq[device.id] + 1
        session.add(device)


def _add_flagged(
    batch: Batch,
    hamlet: Hamlet,
    members: list[Device],
    households: list[HouseholdValues],
    seq: dict[str, int],
    now: datetime,
) -> None:
    """Yesterday's visits that the rules of flags are about."""
    rng = random.Random(44)
    evening = (now - timedelta(days=1)).astimezone(VIETNAM).replace(hour=19, minute=0, second=0)
    times = [
        (members[0], household, evening + timedelta(seconds=12 * number), INVENTED_NOTE)
        for number, household in enumerate(households[:INVENTED])
    ]
    twice = households[INVENTED]
    times += [(members[1], twice, evening - timedelta(hours=hours), "Hướng dẫn lại") for hours in (9, 2)]
    for device, household, at, note in times:
        seq[device.id] += 1
        _visit(batch, hamlet, device, household, seq[device.id], at, rng, note)


def _hold_session(batch: Batch, hamlet: Hamlet, device: Device, seq: dict[str, int], now: datetime) -> None:
    """Two outreach sessions of the hamlet's team, this month's and last month's."""
    rng = random.Random(hamlet.name)
    for days, place in zip((4 + rng.randrange(9), 34 + rng.randrange(9)), SESSION_PLACES, strict=True):
        seq[device.id] += 1
        at = (now - timedelta(days=days)).astimezone(VIETNAM).replace(hour=19, minute=30, second=0)
        command = RecordSession(
            id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            hamlet_id=hamlet.id,
            place=place,
            held_on=at.date(),
            services=sorted(rng.sample(("vneid_install", "vietqr", "file_application", "scam_warning"), k=2)),
            people=rng.choice((None, 18, 24, 35, 41)),
        )
        record_session(
            batch, _author(device, hamlet, seq[device.id], at, at + timedelta(minutes=40)), command
        )


def _author(device: Device, hamlet: Hamlet, seq: int, at: datetime, received_at: datetime) -> Author:
    return Author(
        account_id=device.account_id,
        device_id=device.id,
        seq=seq,
        occurred_at=at,
        received_at=received_at,
        clock_offset=timedelta(0),
        hamlet_ids=frozenset({hamlet.id}),
    )


def _review(visits: Collection[VisitValues], now: datetime) -> None:
    """All but the newest visits are accepted; the first of a week ago is sent back and not corrected yet."""
    age = {visit["id"]: now - visit["received_at"] for visit in visits}
    week_old = [id for id, old in age.items() if timedelta(days=5) < old < timedelta(days=8)]
    for visit in visits:
        if visit["id"] in week_old[:1]:
            visit["review_state"], visit["review_reason"] = "returned", "missing_information"
            visit["review_field"], visit["reviewed_at"] = "services", now - timedelta(days=4)
        elif age[visit["id"]] > timedelta(days=8):
            visit["review_state"], visit["reviewed_at"] = "accepted", visit["received_at"]


def _households(
    hamlet: Hamlet, count: int, alleys: tuple[str, ...], rng: random.Random
) -> Iterator[HouseholdValues]:
    for number in range(count):
        woman = rng.random() < 0.4
        middle = "Thị" if woman else rng.choice(_MEN)
        given_name = rng.choice(_WOMEN_NAMES if woman else _MEN_NAMES)
        name = f"{rng.choice(_FAMILIES)} {middle} {given_name}"
        alley = alleys[number * len(alleys) // count]
        house_no = str(2 * (number % 30) + 1 + number // 30 % 2)
        yield new_household(
            str(uuid.UUID(int=rng.getrandbits(128), version=4)), hamlet.id, name, house_no, alley
        )


def _visit(
    batch: Batch,
    hamlet: Hamlet,
    device: Device,
    household: HouseholdValues,
    seq: int,
    at: datetime,
    rng: random.Random,
    note: str = "",
) -> None:
    """Record a visit; with a `note` somebody was helped."""
    author = _author(device, hamlet, seq, at, at + timedelta(minutes=rng.choice((1, 3, 40, 200))))
    result = rng.choices(("helped", "come_back", "not_home", "not_needed"), (70, 8, 14, 8))[0]
    result = "helped" if note else result
    follow_up_on = at.date() + timedelta(days=rng.randrange(2, 40)) if result == "come_back" else None
    id = uuid.UUID(int=rng.getrandbits(128), version=4)
    command = visits.RecordVisit(
        id=str(id),
        household_id=household["id"],
        result=result,
        services=_services(batch, rng) if result == "helped" else [],
        note=note or rng.choice(_NOTES) if result in ("helped", "come_back") else "",
        follow_up_on=follow_up_on,
        needs=_needs(batch, id) if result in ("helped", "come_back") else None,
        quick=False,
    )
    visits.record(batch, author, command)


def _needs(batch: Batch, visit: uuid.UUID) -> list[str] | None:
    """In one visit of nine, a service that the household wants next."""
    offered = sorted(row["code"] for row in batch.rows(catalog.Service))
    return None if visit.int % 9 else [offered[visit.int // 9 % len(offered)]]


def _services(batch: Batch, rng: random.Random) -> list[ServiceEntry]:
    offered = sorted(batch.rows(catalog.Service), key=lambda row: row["position"])
    weights = [12 if row["position"] <= 5 else 2 for row in offered]
    chosen = {row["code"]: row for row in rng.choices(offered, weights, k=rng.choice((1, 1, 2)))}
    return [
        ServiceEntry(code=code, outcome=rng.choice(row["first"]), people=rng.choice((1, 1, 1, 2)))
        for code, row in chosen.items()
    ]
