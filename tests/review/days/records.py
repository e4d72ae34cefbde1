"""What a member writes on the phone, each with its time, and the days that a kind of day consists of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from app.core.clock import VIETNAM
from tests.review.days.street import House, Place

Service = tuple[str, str, int]  # code, outcome, people


@dataclass(frozen=True)
class Visit:
    """A visit, saved `at`. `shown`: what a phone's clock said then, if that was wrong. `invented`: nobody was
    there."""

    at: datetime
    house: House
    result: str
    services: tuple[Service, ...] = ()
    note: str = ""
    quick: bool = False
    follow_up_on: date | None = None
    invented: bool = False
    shown: datetime | None = None
    id: str = ""

    @property
    def content(self) -> dict[str, Any]:
        """Its content as the wire has it."""
        services = [{"code": code, "outcome": outcome, "people": n} for code, outcome, n in self.services]
        return {
            "id": self.id,
            "household_id": self.house.id,
            "result": self.result,
            "services": services,
            "note": self.note,
            "follow_up_on": self.follow_up_on.isoformat() if self.follow_up_on else None,
        }


@dataclass(frozen=True)
class Amendment:
    """A visit that its author changed `at`; `visit`: as it is then."""

    at: datetime
    visit: Visit


@dataclass(frozen=True)
class Session:
    """An outreach session, recorded `at`."""

    at: datetime
    hamlet: str
    place: str
    held_on: date
    services: tuple[str, ...]
    people: int


@dataclass(frozen=True)
class NewHousehold:
    """A household that was added `at`."""

    at: datetime
    house: House


@dataclass(frozen=True)
class NumberAgreed:
    """A household agreed `at` that its telephone number is stored."""

    at: datetime
    house: House


Record = Visit | Amendment | Session | NewHousehold | NumberAgreed
LIVE, EVENING = "live", "evening"


@dataclass
class Days:
    """The records of some days. `sent`: as they are saved, each evening at 21:45, or so many days after the
    last. `team`: what colleagues do on these days in place of what they would have done. `clock`: how far the
    phone's clock is ahead, also while it sends."""

    records: list[Record]
    sent: str | timedelta = LIVE
    team: dict[str, list[Record]] = field(default_factory=dict)
    clock: timedelta = timedelta()


Generator = Callable[[Random, Place, date], Days]


@dataclass(frozen=True)
class Kind:
    """A kind of days; what they are stands at its generator. `odd`: of invented ones, what a reviewer should
    read is odd, as tags; `member`: whose earlier weeks they follow."""

    days: Generator
    odd: frozenset[str] = frozenset()
    member: str = "ordinary"

    @property
    def id(self) -> str:
        return str(self.days.__name__)

    @property
    def text(self) -> str:
        return " ".join((self.days.__doc__ or "").split())


def clock_time(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """That time in Vietnam; hours from 24 on are of the next day."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
    return midnight + timedelta(hours=hour, minutes=minute, seconds=second)


def visits(records: Sequence[Record]) -> list[Visit]:
    return [one for one in records if isinstance(one, Visit)]


def with_id(random: Random, visit: Visit) -> Visit:
    """The visit with an id of its own, which an amendment can name."""
    return visit if visit.id else replace(visit, id=uuid7(random, visit.shown or visit.at))


def uuid7(random: Random, at: datetime) -> str:
    """An id as a phone makes them."""
    number = int(at.timestamp() * 1000) << 80 | 7 << 76 | random.getrandbits(76)
    text = f"{number & ~(3 << 62) | 2 << 62:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
