"""How people walk, knock, help and write: what the honest days are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from app.core.clock import VIETNAM
from tests.review.days.records import Service, Visit, clock_time
from tests.review.days.street import House, walk

_OUTCOMES = {
    "vneid_install": ("did_it", "done_for_them", "did_it", "already_had"),
    "vneid_activate": ("did_it", "done_for_them", "already_had", "not_possible"),
    "vneid_level_2": ("referred", "referred", "already_had"),
    "vietqr": ("did_it", "explained", "did_it", "declined"),
    "file_application": ("done_for_them", "did_it", "explained"),
    "bills": ("did_it", "explained", "done_for_them"),
    "scam_warning": ("explained", "explained", "explained", "declined"),
    "shop_qr": ("did_it", "done_for_them", "already_had"),
    "vssid": ("did_it", "done_for_them", "already_had"),
    "health_record": ("did_it", "done_for_them", "already_had"),
    "smartphone": ("explained", "did_it"),
}
_NOTES = {
    "helped": (
        "Đã cài xong", "đã hướng dẫn",
        "ông tự làm được rồi", "bà nhờ con gái giữ mật khẩu", "máy yếu, cài lâu",
        "cả hai vợ chồng", "đã xong", "cần sạc thêm pin mới làm được", "cháu nội làm cùng", "ok",
    ),
    "not_home": ("cửa khóa", "đi làm đồng", "Đi vắng", "gọi không thấy ai", "hàng xóm bảo tối về", "vắng"),
    "come_back": ("Hẹn tối quay lại", "hẹn cuối tuần", "chờ con về", "hẹn sau mùa gặt", "chưa có căn cước"),
    "not_needed": ("đã có đủ", "con cái làm hết rồi", "không cần", "làm ở cơ quan rồi"),
    "refused": ("không muốn tiếp", "bận", "sợ lừa đảo"),
}  # fmt: skip


@dataclass(frozen=True)
class Habit:
    """How a person works. `pace`: 1 is usual, 2 takes twice as long. `together`: how often one visit more is
    written together with the one before. `quick`: how often an absence is one tap. `noted`: how often a note
    is written. `themes`: the services they know best, the commonest first. `skip`: houses passed by."""

    pace: float = 1.0
    together: float = 0.12
    quick: float = 0.3
    noted: float = 0.35
    themes: tuple[str, ...] = ("vneid_install", "vietqr", "vneid_activate", "scam_warning", "bills", "vssid")
    skip: float = 0.2
    people: tuple[int, ...] = (1, 1, 1, 1, 1, 2, 2, 3)
    absent: float | None = None


USUAL = Habit()
Write = Callable[[Random, Visit], Visit]


def absent_share(at: datetime) -> float:
    """How many households are out at that time."""
    local = at.astimezone(VIETNAM)
    if local.hour >= 18 or local.hour < 6:
        return 0.14
    return 0.22 if local.weekday() >= 5 else 0.4


def outing(
    random: Random,
    houses: Sequence[House],
    start: datetime,
    habit: Habit = USUAL,
    until: datetime | None = None,
) -> list[Visit]:
    """The visits of a person who sets out at `start` and goes from house to house; nobody is passed twice.

    Each is saved when they leave, some a little later together with the next.
    """
    found: list[Visit] = []
    now, last = start, None
    for house in houses:
        if random.random() < habit.skip:
            continue
        if last:
            now += timedelta(seconds=walk(last, house) * random.uniform(0.8, 1.7) * habit.pace**0.5 + 8)
        now += _pause(random, len(found))
        visit, spent = encounter(random, house, now, habit)
        now += spent
        if until and now > until:
            break
        found.append(replace(visit, at=now))
        last = house
    return _write_together(random, found, habit.together)


def encounter(random: Random, house: House, at: datetime, habit: Habit) -> tuple[Visit, timedelta]:
    """What happens at one household, and how long it takes with writing it down."""
    absent = absent_share(at) if habit.absent is None else habit.absent
    if random.random() < absent:
        quick = random.random() < habit.quick
        seconds = random.lognormvariate(4.3, 0.45) + (8 if quick else 25)
        follow_up = _evening_later(random, at) if not quick and random.random() < 0.2 else None
        note = "" if quick else _note(random, habit, "not_home")
        visit = Visit(at, house, "not_home", note=note, quick=quick, follow_up_on=follow_up)
        return visit, timedelta(seconds=seconds)
    result = random.choices(("helped", "come_back", "not_needed", "refused"), (66, 12, 16, 6))[0]
    services = some_services(random, habit) if result == "helped" else ()
    minutes = {"come_back": 5.5, "not_needed": 4.0, "refused": 1.8}.get(result, 7.0 + 6.5 * len(services))
    spent = timedelta(minutes=random.lognormvariate(0, 0.45) * minutes * habit.pace, seconds=30)
    follow_up = _evening_later(random, at) if result == "come_back" and random.random() < 0.8 else None
    return Visit(at, house, result, services, _note(random, habit, result), follow_up_on=follow_up), spent


def some_services(random: Random, habit: Habit) -> tuple[Service, ...]:
    """One to three services, the member's own themes most often."""
    count = min(random.choices((1, 2, 3), (62, 28, 10))[0], len(habit.themes))
    weights = [1 / (place + 1) for place in range(len(habit.themes))]
    codes = dict.fromkeys(random.choices(habit.themes, weights, k=count))
    return tuple((code, random.choice(_OUTCOMES[code]), random.choice(habit.people)) for code in codes)


def from_paper(random: Random, visits: Sequence[Visit], start: datetime, each: float = 75) -> list[Visit]:
    """The same visits, written from paper one after the other from `start` on, in the order of the paper;
    `each`: seconds for one, less for an absence."""
    now, written = start, []
    for visit in visits:
        share = (
            0.45 if visit.result == "not_home" else 1.0 + 0.3 * len(visit.services) + 0.5 * bool(visit.note)
        )
        now += timedelta(seconds=each * share * random.lognormvariate(-0.1, 0.4) + 6)
        if random.random() < 0.1:  # a telephone call, tea
            now += timedelta(seconds=random.uniform(90, 400))
        written.append(replace(visit, at=now, quick=False))
    return written


def stretch(random: Random, houses: Sequence[House], count: int) -> list[House]:
    """The next houses of a part of the list, in an order in which somebody walks: along one side of an alley
    and back along the other, or from number to number."""
    chosen = list(houses[:count])
    ordered: list[House] = []
    for alley in dict.fromkeys(house.alley for house in chosen):
        group = [house for house in chosen if house.alley == alley]
        if random.random() < 0.5:
            group = group[::2] + group[1::2][::-1]
        ordered += group if random.random() < 0.7 else group[::-1]
    return ordered


def at_random_times(
    random: Random,
    houses: Sequence[House],
    day: date,
    first: int,
    last: int,
    make: Callable[[House, datetime], Visit],
) -> list[Visit]:
    """One record for each house, at times spread evenly at random between two hours."""
    span = (last - first) * 3600
    times = sorted(random.sample(range(span), len(houses)))
    return [make(house, clock_time(day, first, 0, time)) for house, time in zip(houses, times, strict=True)]


def _pause(random: Random, so_far: int) -> timedelta:
    """A rest, a neighbour, a telephone call: now and then."""
    if so_far and random.random() < 0.12:
        return timedelta(minutes=random.uniform(4, 18))
    return timedelta()


def _write_together(random: Random, visits: list[Visit], share: float) -> list[Visit]:
    """Some are saved only with the next one: a household that calls, rain, hands that are full."""
    for place in range(len(visits) - 2, -1, -1):
        if random.random() < share:
            before = visits[place + 1].at - timedelta(seconds=random.uniform(25, 80))
            visits[place] = replace(visits[place], at=max(visits[place].at, before))
    return visits


def _evening_later(random: Random, at: datetime) -> date:
    return (at.astimezone(VIETNAM) + timedelta(days=random.randint(1, 9))).date()


def _note(random: Random, habit: Habit, result: str) -> str:
    return random.choice(_NOTES[result]) if random.random() < habit.noted else ""
