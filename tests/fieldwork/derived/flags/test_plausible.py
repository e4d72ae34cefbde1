"""Sixty days of plausible visits have no flag."""

import random
from datetime import date, datetime, time, timedelta

import pytest

from app.core.clock import VIETNAM, wire_time
from app.core.db import Database
from tests.conftest import NOW, FakeClock
from tests.fieldwork.derived.flags.flagged import Op, assert_as_computed_anew, flags_in, import_list
from tests.phone import Phone, new_id
from tests.rounds import seeds
from tests.world import World, add_households

DAYS = 60
SHORT_NOTES = ("", "", "", "Đã cài xong", "Vắng nhà", "Hẹn tối", "Máy cũ", "gọi 0912345678", "Bà đi chợ")
LONG_NOTES = (
    "Máy hết dung lượng, đã giúp xóa bớt ảnh", "Quên mật khẩu, hẹn lên công an xã",
    "Bác muốn học chuyển khoản cho con", "Cả nhà xem hướng dẫn, hai người tự làm được",
)  # fmt: skip
OUTCOMES = ("did_it", "explained", "already_had")


class Plausible:
    """One volunteer's days: up to 20 households, minutes from one to the next."""

    def __init__(self, phone: Phone, households: list[str], hamlet: str, seed: int) -> None:
        self.phone, self.households, self.hamlet = phone, households, hamlet
        self.dice = random.Random(seed)
        self.queued: list[Op] = []

    def record_day(self, day: date) -> None:
        """The day's visits; some households whose people were out in the morning are visited again."""
        dice = self.dice
        today = dice.sample(self.households, min(dice.choice((0, 3, 8, 12, 20)), len(self.households)))
        at = datetime.combine(day, time(7, 30), VIETNAM)
        out: list[str] = []
        if dice.random() < 0.2:
            today.append(self._add_household(at))
        for household in today:
            is_out = dice.random() < 0.3
            at += timedelta(seconds=dice.randrange(60, 180) if is_out else dice.randrange(150, 1500))
            out += [household] if is_out else []
            self._visit(household, at, is_out)
        if dice.random() < 0.3:
            self._quick_marks(day)
        evening = datetime.combine(day, time(18), VIETNAM)
        for number, household in enumerate(out):
            self._visit(
                household, max(at, evening) + timedelta(minutes=5 * number, seconds=dice.randrange(90)), False
            )

    def _visit(self, household: str, at: datetime, is_out: bool) -> None:
        dice = self.dice
        services = [{"code": "vneid_install", "outcome": dice.choice(OUTCOMES), "people": dice.randint(1, 4)}]
        note = dice.choice(SHORT_NOTES) if dice.random() < 0.8 else f"{dice.choice(LONG_NOTES)}, {at:%H:%M}"
        result = {"result": "not_home", "services": []} if is_out else {"services": services}
        self.queued.append(self.phone.visit(household, note=note, **result) | {"at": wire_time(at)})

    def _quick_marks(self, day: date) -> None:
        """*Ghi nhanh* on other households, a few seconds from one to the next."""
        start = datetime.combine(day, time(17), VIETNAM)
        done = {
            op["data"].get("household_id") for op in self.queued if op["at"][:10] >= f"{day - timedelta(1)}"
        }
        for number, household in enumerate([id for id in self.households if id not in done][:8]):
            at = start + timedelta(seconds=4 * number)
            visit = self.phone.visit(household, quick=True, note="")
            self.queued.append(visit | {"at": wire_time(at)})

    def _add_household(self, at: datetime) -> str:
        id = new_id()
        data = {"id": id, "hamlet_id": self.hamlet, "head_name": f"Lò Văn {len(self.households)}"}
        self.queued.append(self.phone.op("household.add", data) | {"at": wire_time(at)})
        self.households.append(id)
        return id

    def send(self, now: datetime) -> None:
        """Everything, with a clock that is a few minutes wrong."""
        self.phone.now = now
        sent_at = wire_time(now + timedelta(seconds=self.dice.randrange(-400, 400)))
        while self.queued:
            self.phone.exchange(*self.queued[:100], sent_at=sent_at)
            del self.queued[:100]


@pytest.mark.parametrize("seed", seeds(3))
def test_sixty_plausible_days_have_no_flag(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock, seed: int
) -> None:
    households = add_households(database, world, 200)
    import_list(database, world, NOW - timedelta(days=DAYS + 30))
    first_day = NOW.date() - timedelta(days=DAYS)
    people = [
        Plausible(lan, households[:200], world.dong, seed),
        Plausible(nam, list(world.households[world.tay]), world.tay, seed + 100),
    ]
    for number in range(DAYS):
        for person in people:
            if person.phone is lan or number % 3 == 0:
                person.record_day(first_day + timedelta(days=number))
        clock.now = datetime.combine(first_day + timedelta(days=number), time(15, 30), NOW.tzinfo)
        for person in people:
            if person.dice.random() < 0.6 or number == DAYS - 1:
                person.send(clock())
    assert flags_in(database, notices=False) == {}
    assert_as_computed_anew(database, world, clock())
