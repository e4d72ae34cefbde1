"""Invented communes, people, households and visits: the same at every run, except for dates and times."""

import random
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.commune.accounts import people
from app.commune.areas import Commune as CommuneRow
from app.commune.areas import Hamlet, Province, add_hamlet, start_commune
from app.commune.catalog.services import add_default_services
from app.core.batch import Batch
from app.core.clock import VIETNAM, local_date, utc_now, wire_time
from app.core.db import Database
from app.fieldwork.households.commands import new_household
from app.fieldwork.households.models import Household

_FAMILIES = "Nguyễn Trần Lê Phạm Hoàng Vi Nông Lý Triệu Hứa Đặng Lương Đỗ Vũ Bùi Ngô Dương Chu".split()
_MIDDLES = "Văn Thị Đình Đức Minh Hữu Quang Công Thanh Ngọc".split()
_GIVEN_NAMES = (
    "Đức Hùng Sơn Hòa Thắng Dũng Tuấn Long Quý Phúc Tiến Lâm Bảo Mai Hoa Ánh Thu Hương Yến Thảo".split()
)
_ALLEYS = ("Ngõ 1", "Ngõ 2", "Ngõ 3", "Ngõ Giếng", "Đầu bản", "Cuối bản", "Bờ suối", "Cạnh nhà văn hóa")
# Notes are made of single words, so that they compress as prose does (to about a third).
_WORDS = (
    "bác cô ông bà anh chị nhà cháu con máy điện thoại cũ mới pin hỏng nhớ đầy ảnh xóa bớt cài đặt tài "
    "khoản mật khẩu quên ghi giấy sổ hẹn tối sáng trưa chiều mai kia tuần tháng sau khi làm đồng gặt "
    "lúa chợ trâu vườn rừng suối ngõ đầu cuối đường dốc mưa sóng yếu mạng chậm phải ra sân ngoài gọi "
    "lại số tổ trưởng hỏi thêm tin nhắn lừa đảo chuyển tiền quét mã ngân hàng ví nước học phí trường "
    "nộp hồ sơ đất tra cứu dịch vụ công bảo hiểm thẻ giấy tờ hướng dẫn kèm buổi nữa tự làm được xong "
    "rồi chưa muốn sợ sai chữ nhỏ kính mắt kém đọc chậm viết nhanh vui cảm ơn bận đi vắng gửi con gái "
    "trai chồng vợ cả hai ba bốn năm người lớn tuổi trẻ em xem video gia đình"
).split()
RESULTS, SHARES = ("helped", "come_back", "not_home", "not_needed", "refused"), (70, 8, 14, 6, 2)
DAYS = 200
# Visits of a person's day: as people work, and as somebody who invents them, which has flags.
PER_DAY, LONG_DAY = 16, 600
SENT_DAYS = 58  # the server dates what is older than 60 days itself
_HOURS = timedelta(hours=5)


@dataclass(frozen=True)
class Commune:
    """A commune in the database: `members` are (phone number, invite code); a code may be used repeatedly."""

    id: str
    members: list[tuple[str, str]]


def settle(database: Database, hamlets: int, members: int, households: int) -> Commune:
    """A commune of `hamlets`, each with a team of `members` and `households` households."""
    return database.write(lambda session: _settle(session, hamlets, members, households))


def _settle(session: Session, hamlets: int, members: int, households: int) -> Commune:
    session.add(Province(code="20", name="Lạng Sơn", kind="tỉnh"))
    session.flush()
    session.add(CommuneRow(id="c1", code="06391", name="Yên Bình", kind="xã", province_code="20"))
    session.flush()
    return fill_commune(session, "06391", hamlets, members, households)


def fill_commune(
    session: Session, code: str, hamlets: int, members: int, households: int, first: int = 0
) -> Commune:
    """Begin the commune with the official `code`; its members' telephone numbers count from `first`."""
    now = utc_now()
    commune = start_commune(session, code, lambda: now)
    assert commune is not None
    add_default_services(session, commune.id)
    dice = random.Random(commune.code)
    signed_up: list[tuple[str, str]] = []
    for number in range(hamlets):
        hamlet = add_hamlet(session, commune.id, people.new_id(), f"Thôn {number + 1}")
        team = people.add_team(session, [hamlet], f"Tổ {number + 1}", now - timedelta(days=DAYS))
        for _ in range(members):
            place = first + len(signed_up)
            phone, invite = f"09{place:08d}", f"{10_000_000 + place}"
            account = people.add_member(session, team, person(dice), phone, now - timedelta(days=DAYS))
            people.invite(session, account, now, invite, reusable=True)
            signed_up.append((phone, invite))
        _fill(session, hamlet, households, dice)
    return Commune(commune.id, signed_up)


def _fill(session: Session, hamlet: Hamlet, count: int, dice: random.Random) -> None:
    batch = Batch(hamlet.commune_id)
    for number in range(count):
        alley = _ALLEYS[number * len(_ALLEYS) // count]
        household_id = str(uuid.UUID(int=dice.getrandbits(128), version=5))  # as an import derives it
        batch.add(Household, new_household(household_id, hamlet.id, person(dice), str(number + 1), alley))
    batch.write(session, (Household,))


def person(dice: random.Random) -> str:
    """An invented name."""
    return f"{dice.choice(_FAMILIES)} {dice.choice(_MIDDLES)} {dice.choice(_GIVEN_NAMES)}"


def new_id(dice: random.Random, at: datetime) -> str:
    """A UUIDv7 as a phone makes it at `at` (`static/field/core/uuid7.ts`)."""
    time = f"{int(at.timestamp() * 1000):012x}"
    random_bits = f"{dice.getrandbits(72):018x}"
    return str(uuid.UUID(f"{time}7{random_bits[:3]}8{random_bits[3:]}"))


def recorded_at(dice: random.Random, number: int, per_day: int = PER_DAY) -> datetime:
    """When a phone recorded its visit `number`, from 1: in the order of time, `per_day` of them between 8:00
    and 13:00 of each of the last `SENT_DAYS` days; after yesterday's from the first of these days again.

    Every other one comes soon after the one before, as at a neighbour's where nobody is in.
    """
    day, place = divmod(number - 1, per_day)
    morning = datetime.now(VIETNAM).replace(hour=8, minute=0, second=0, microsecond=0)
    at = morning - timedelta(days=SENT_DAYS - day % SENT_DAYS)
    within = dice.random() * 0.25 if place % 2 else 1 - dice.random() * 0.4
    return (at + _HOURS / per_day * (place + within)).astimezone(UTC)


def way_of(households: Iterable[str], member: int) -> list[str]:
    """These households in the order in which the member of this number visits them. Neighbours in number
    start half the way from each other, so that the two of a team are not at one household on the same day."""
    way = sorted(households)
    random.Random(len(way)).shuffle(way)
    start = member % 2 * len(way) // 2
    return way[start:] + way[:start]


def recorded_visits(
    dice: random.Random,
    commune_id: str,
    numbers: range,
    households: Sequence[str],
    services: list[dict[str, Any]],
    per_day: int = PER_DAY,
) -> list[dict[str, Any]]:
    """The visits with these numbers of one phone, as it queues them: at one household after the other."""
    return [
        recorded_visit(
            dice,
            commune_id,
            number,
            households[number % len(households)],
            services,
            recorded_at(dice, number, per_day),
        )
        for number in numbers
    ]


def recorded_visit(
    dice: random.Random,
    commune_id: str,
    seq: int,
    household_id: str,
    services: list[dict[str, Any]],
    at: datetime,
) -> dict[str, Any]:
    """A `visit.record` as a phone queues it: the form's id is the visit's and the operation's."""
    id = new_id(dice, at)
    return {
        "op_id": id,
        "seq": seq,
        "type": "visit.record",
        "v": 2,
        "commune_id": commune_id,
        "at": wire_time(at),
        "data": _visit(dice, id, household_id, services, at),
    }


def _visit(
    dice: random.Random, visit_id: str, household_id: str, services: list[dict[str, Any]], at: datetime
) -> dict[str, Any]:
    """Data of a `visit.record`: two in three with a note, of the length that people write; in one of nine
    that met somebody a need."""
    result = dice.choices(RESULTS, SHARES)[0]
    due = local_date(at) + timedelta(days=dice.randrange(2, 40))
    met = result in ("helped", "come_back")
    needs = {"needs": [dice.choice(services)["code"]]} if met and dice.randrange(9) == 0 else {}
    return {
        "id": visit_id,
        "household_id": household_id,
        "result": result,
        "services": _services(dice, services) if result == "helped" else [],
        "note": note(dice),
        "follow_up_on": due.isoformat() if result == "come_back" else None,
        **needs,
        "quick": False,
    }


def _services(dice: random.Random, services: list[dict[str, Any]]) -> list[dict[str, Any]]:
    chosen = dice.sample(services[:8], k=dice.choice((1, 1, 1, 2, 2, 3)))
    people_there = dice.choice((1, 1, 1, 2))
    return [
        {"code": row["code"], "outcome": dice.choice(row["first"]), "people": people_there} for row in chosen
    ]


def note(dice: random.Random) -> str:
    """A note as people write it, or none."""
    words = dice.choices(_WORDS, k=dice.choice((0, dice.randrange(4, 12), dice.randrange(10, 40))))
    return " ".join(words).capitalize()
