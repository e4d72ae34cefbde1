"""The members of the team: their habits and hours, and what they record in ordinary weeks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.review.days.records import Record, Visit, clock_time
from tests.review.days.street import House
from tests.review.days.walking import Habit, from_paper, outing, stretch

# Weekday (0: Monday), hour at which they set out, hour at which they stop, how often they go.
Hours = tuple[int, float, float, float]

_EVENINGS: tuple[Hours, ...] = (
    (1, 18.2, 20.6, 0.8),
    (3, 18.3, 20.7, 0.8),
    (5, 8.0, 11.2, 0.8),
    (6, 8.3, 10.8, 0.35),
)
_DAYS: tuple[Hours, ...] = (
    (0, 8.0, 10.8, 0.7),
    (2, 14.2, 16.8, 0.7),
    (4, 8.2, 11.0, 0.7),
    (5, 18.5, 20.4, 0.4),
)
_MIXED: tuple[Hours, ...] = (
    (0, 19.0, 20.8, 0.6),
    (2, 8.5, 11.0, 0.6),
    (5, 14.0, 17.0, 0.8),
    (6, 18.4, 20.5, 0.5),
)
_BUSY: tuple[Hours, ...] = tuple(
    hours for day in range(6) for hours in ((day, 8.0, 11.2, 0.75), (day, 18.3, 20.8, 0.6))
)


@dataclass(frozen=True)
class Member:
    """A member. `weeks`: how many earlier weeks they have; `first`: the household with which their
    part of the list begins; `paper`: they walk with paper, and write in the evening."""

    name: str
    first: int
    weeks: int = 4
    hours: Sequence[Hours] = _EVENINGS
    habit: Habit = field(default_factory=Habit)
    paper: bool = False


# Those whose days the kinds are of, and four colleagues whose weeks go on beside these.
MEMBERS = {
    "ordinary": Member("Nguyễn Thị Lan", 0),
    "daytime": Member("Lê Thị Thoa", 230, hours=_DAYS),
    "good": Member(
        "Trần Văn Nam", 400, hours=_BUSY, habit=Habit(pace=0.75, quick=0.6, noted=0.2, together=0.2)
    ),
    "slow": Member("Phạm Văn Đức", 850, habit=Habit(pace=2.0, quick=0.0, noted=0.6), hours=_DAYS[:3]),
    "new": Member("Hoàng Thị Hoa", 910, weeks=0),
    "fresh": Member("Bùi Văn Tài", 1010, weeks=0),
    "paper": Member("Vũ Thị Bích", 1070, paper=True),
    "mai": Member("Đặng Thị Mai", 1190, hours=_MIXED, habit=Habit(noted=0.6, quick=0.1)),
    "tung": Member("Đỗ Văn Tùng", 1320, hours=_EVENINGS, habit=Habit(pace=0.9, quick=0.7, noted=0.1)),
    "quyen": Member("Ngô Thị Quyên", 1450, hours=_DAYS, habit=Habit(pace=1.2, noted=0.4, quick=0.3)),
    "son": Member("Hồ Văn Sơn", 1580, hours=_MIXED, habit=Habit(pace=1.1, together=0.3)),
}
COLLEAGUES = ("mai", "tung", "quyen", "son")


@dataclass
class Walker:
    """A member on the way through their part of the list: who was not visited yet comes first."""

    member: Member
    houses: Sequence[House]
    visited: list[House] = field(default_factory=list)

    @property
    def ahead(self) -> list[House]:
        """The households that they have not visited, in the order of the list, and then the others."""
        known = set(self.visited)
        return [house for house in self.houses if house not in known] + self.visited

    def week(self, random: Random, monday: date) -> list[list[Record]]:
        """An ordinary week of theirs, by outing."""
        written: list[list[Record]] = []
        hours = [one for one in self.member.hours if random.random() < one[3]]
        for weekday, first, last, _often in hours:
            found = self._outing(random, monday + timedelta(days=weekday), first, last)
            if found:
                written.append(list(found))
        return written

    def _outing(self, random: Random, day: date, first: float, last: float) -> list[Visit]:
        start = clock_time(day, 0) + timedelta(hours=first, minutes=random.uniform(-20, 25))
        end = clock_time(day, 0) + timedelta(hours=last)
        count = int(8 * (last - first) / self.member.habit.pace)
        found = outing(random, stretch(random, self.ahead, count), start, self.member.habit, end)
        self.visited += [visit.house for visit in found]
        if self.member.paper and found:
            evening = max(clock_time(day, 20, random.randint(0, 50)), found[-1].at + timedelta(minutes=25))
            return from_paper(random, found, evening)
        return found
