"""Invented communes, people, households and visits: the same at every run, except for dates and times."""

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.commune.accounts import people
from app.commune.areas import Commune as CommuneRow
from app.commune.areas import Hamlet, Province, add_hamlet, start_commune
from app.commune.catalog.services import add_default_services
from app.core.batch import Batch
from app.core.clock import utc_now, wire_time
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
_RESULTS = ("helped", "come_back", "not_home", "not_needed")
DAYS = 200


@dataclass(frozen=True)
class Commune:
    """A commune in the database: `members` are (phone number, invite code); a code may be used repeatedly."""

    id: str
    members: list[tuple[str, str]]


def settle(database: Database, hamlets: int, members: int, households: int) -> Commune:
    """A commune of `hamlets`, each with a team of `members` and `households` households."""
    return database.write(lambda session: _settle(session, hamlets, members, households))


def _settle(session: Session, hamlets: int, members: int, households: int) -> Commune:
    now = utc_now()
    session.add(Province(code="20", name="Lạng Sơn", kind="tỉnh"))
    session.flush()
    session.add(CommuneRow(id="c1", code="06391", name="Yên Bình", kind="xã", province_code="20"))
    session.flush()
    commune = start_commune(session, "06391", lambda: now)
    assert commune is not None
    add_default_services(session, commune.id)
    dice = random.Random(commune.code)
    signed_up: list[tuple[str, str]] = []
    for number in range(hamlets):
        hamlet = add_hamlet(session, commune.id, people.new_id(), f"Thôn {number + 1}")
        team = people.add_team(session, [hamlet], f"Tổ {number + 1}", now - timedelta(days=DAYS))
        for _ in range(members):
            phone, code = f"09{len(signed_up):08d}", f"{10_000_000 + len(signed_up)}"
            account = people.add_member(session, team, person(dice), phone, now - timedelta(days=DAYS))
            people.invite(session, account, now, code, reusable=True)
            signed_up.append((phone, code))
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


def recorded_visit(
    dice: random.Random,
    commune_id: str,
    seq: int,
    household_id: str,
    services: list[dict[str, Any]],
    days: int = 0,
) -> dict[str, Any]:
    """A `visit.record` as a phone queues it, recorded within the last hours, or up to `days` earlier."""
    ago = timedelta(days=dice.randrange(days + 1), minutes=dice.randrange(5, 300), seconds=dice.randrange(60))
    recorded_at = datetime.now(UTC) - ago
    return {
        "op_id": new_id(dice, recorded_at),
        "seq": seq,
        "type": "visit.record",
        "v": 1,
        "commune_id": commune_id,
        "at": wire_time(recorded_at),
        "data": _visit(dice, new_id(dice, recorded_at), household_id, services),
    }


def _visit(
    dice: random.Random, visit_id: str, household_id: str, services: list[dict[str, Any]]
) -> dict[str, Any]:
    """Data of a `visit.record`: two in three with a note, of the length that people write."""
    result = dice.choices(_RESULTS, (70, 8, 14, 8))[0]
    due = datetime.now(UTC).date() + timedelta(days=dice.randrange(2, 40))
    return {
        "id": visit_id,
        "household_id": household_id,
        "result": result,
        "services": _services(dice, services) if result == "helped" else [],
        "note": _note(dice),
        "follow_up_on": due.isoformat() if result == "come_back" else None,
    }


def _services(dice: random.Random, services: list[dict[str, Any]]) -> list[dict[str, Any]]:
    chosen = dice.sample(services[:8], k=dice.choice((1, 1, 1, 2, 2, 3)))
    people_there = dice.choice((1, 1, 1, 2))
    return [
        {"code": row["code"], "outcome": dice.choice(row["first"]), "people": people_there} for row in chosen
    ]


def _note(dice: random.Random) -> str:
    words = dice.choices(_WORDS, k=dice.choice((0, dice.randrange(4, 12), dice.randrange(10, 40))))
    return " ".join(words).capitalize()
