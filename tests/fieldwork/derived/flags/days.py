"""Invented and honest days of work, made by chance: what the rules of flags are measured with.

Written before the rules about windows of a day, and not changed since: `test_days.py` holds the file to its
checksum. Whoever finds a way of inventing visits that is not here writes a second file.

Six of the twelve kinds of invention (`HELD_OUT`) were drawn by a seed before any rule was written: no rule is
tuned with them, they are measured only.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from app.core.clock import VIETNAM

DAY = date(2026, 11, 20)
DRAWN_WITH = 20261130
SHORT_NOTES = ("", "", "", "", "Đã cài xong", "Hẹn tối", "Máy cũ", "Bà đi chợ", "con giúp thêm")
LONG_NOTES = (
    "Máy hết dung lượng, đã giúp xóa bớt ảnh", "Quên mật khẩu, hẹn lên công an xã",
    "Bác muốn học chuyển khoản cho con", "Cả nhà xem hướng dẫn, hai người tự làm được",
)  # fmt: skip


@dataclass(frozen=True)
class Recorded:
    """One visit as it was saved.

    `saved_at`: when, by a right clock. `clock`: by how much the phone's clock was wrong then, `clock_sent`:
    by how much when the visit was sent. `people`: the most helped with one service. `added`: its author added
    the household that day, in a hamlet with a list. `invented`: nobody was there.
    """

    person: str
    household: str
    saved_at: datetime
    result: str = "helped"
    note: str = ""
    people: int = 1
    quick: bool = False
    paper: bool = False
    clock: timedelta = timedelta()
    clock_sent: timedelta = timedelta()
    added: bool = False
    invented: bool = False


Days = list[Recorded]
Maker = Callable[[random.Random], Days]


def _at(dice: random.Random, first: float, last: float, day: date = DAY) -> datetime:
    """A time of the day from `first` to `last`, in hours."""
    start = datetime.combine(day, time(), VIETNAM)
    return start + timedelta(seconds=dice.uniform(first * 3600, last * 3600))


def _seconds(dice: random.Random, least: float, most: float) -> timedelta:
    return timedelta(seconds=dice.uniform(least, most))


def _note(dice: random.Random, at: datetime) -> str:
    return dice.choice(SHORT_NOTES) if dice.random() < 0.85 else f"{dice.choice(LONG_NOTES)}, {at:%H:%M}"


def _visit(
    dice: random.Random, household: str, at: datetime, absent: float = 0.25, person: str = "thang"
) -> Recorded:
    """A visit with what visits usually say; `absent`: the share of households where nobody is in."""
    if dice.random() < absent:
        return Recorded(person, household, at, "not_home", dice.choice(("", "", "Vắng nhà", "Hẹn mai")), 0)
    result = dice.choice(("helped", "helped", "helped", "come_back", "not_needed"))
    people = dice.choice((1, 1, 2, 2, 3, 4)) if result == "helped" else 0
    return Recorded(person, household, at, result, _note(dice, at), people)


def _row(
    dice: random.Random, count: int, start: datetime, least: float, most: float, absent: float = 0.25
) -> Days:
    """`count` visits, each `least` to `most` seconds after the one before."""
    made, at = [], start
    for number in range(count):
        made.append(_visit(dice, f"h{number}", at, absent))
        at += _seconds(dice, least, most)
    return made


def _invented(visits: Days) -> Days:
    return [replace(visit, invented=True) for visit in visits]


# Honest days.


def ordinary(dice: random.Random) -> Days:
    """Up to 20 households, minutes from one to the next; who was out is visited again in the evening."""
    visits = _row(dice, dice.randint(3, 20), _at(dice, 7, 9), 150, 1200, 0.3)
    out = [visit for visit in visits if visit.result == "not_home"][:6]
    at = max(visits[-1].saved_at + timedelta(minutes=10), _at(dice, 17.5, 18.5))
    again = [_visit(dice, visit.household, at + number * timedelta(minutes=6), 0.2)
             for number, visit in enumerate(out)]  # fmt: skip
    return visits + again


def street_of_absences(dice: random.Random) -> Days:
    """A street where most are at work: one tap of *Ghi nhanh* after the other, and some who are in."""
    made, at = [], _at(dice, 7.5, 15)
    for number in range(dice.randint(15, 45)):
        if dice.random() < 0.88:
            at += _seconds(dice, 10, 90)
            made.append(Recorded("thang", f"h{number}", at, "not_home", quick=True, people=0))
        else:
            at += _seconds(dice, 180, 480)
            made.append(Recorded("thang", f"h{number}", at, "helped", quick=True, people=1))
    return made


def apartment_house(dice: random.Random) -> Days:
    """One staircase: the next bell is seconds away, and half of them do not answer."""
    made, at = [], _at(dice, 8, 18)
    for number in range(dice.randint(15, 35)):
        is_out = dice.random() < 0.5
        at += _seconds(dice, 15, 45) if is_out else _seconds(dice, 180, 540)
        made.append(_visit(dice, f"p{number}", at, 1.0 if is_out else 0.0))
    return made


def two_together(dice: random.Random) -> Days:
    """Two members go together; both record most households, some minutes from each other."""
    made, at = [], _at(dice, 7.5, 14)
    for number in range(dice.randint(6, 15)):
        visit = _visit(dice, f"h{number}", at, 0.2)
        made.append(visit)
        if dice.random() < 0.7:
            later = visit.saved_at + _seconds(dice, 5, 300)
            made.append(replace(visit, person="sen", saved_at=later, note=dice.choice(SHORT_NOTES)))
        at += _seconds(dice, 360, 900)
    swapped = {"thang": "sen", "sen": "thang"}
    first = [replace(visit, person=swapped[visit.person]) for visit in made]
    return first if dice.random() < 0.5 else made


def evening_write_up(dice: random.Random) -> Days:
    """A day on foot with a sheet of paper, typed after the evening meal."""
    return _row(dice, dice.randint(8, 25), _at(dice, 17.5, 21), 30, 150)


def wrong_clock(dice: random.Random) -> Days:
    """The clock of the phone is wrong by hours or days; or its battery was empty, so that it began in 2015
    and found the right time with the network."""
    visits = ordinary(dice)
    if dice.random() < 0.7:
        wrong = timedelta(minutes=dice.choice((-1, 1)) * dice.choice((15, 60, 420, 720, 1440, 4320, 525600)))
        return [replace(visit, clock=wrong, clock_sent=wrong) for visit in visits]
    wrong = datetime(2015, 1, 1, tzinfo=VIETNAM) - (visits[0].saved_at - timedelta(hours=1))
    return [replace(visit, clock=wrong) for visit in visits]


def paper(dice: random.Random) -> Days:
    """A supervisor types a sheet of visits: none has a time of day."""
    visits = _row(dice, dice.randint(8, 30), _at(dice, 8, 9), 60, 600)
    noon = datetime.combine(DAY, time(12), VIETNAM)
    return [replace(visit, saved_at=noon, paper=True) for visit in visits]


HONEST: dict[str, Maker] = {
    make.__name__: make
    for make in (
        ordinary, street_of_absences, apartment_house, two_together, evening_write_up, wrong_clock, paper,
    )
}  # fmt: skip


# Invented days.


def forty_in_an_hour(dice: random.Random) -> Days:
    """About forty visits, a minute and a half from each other, at any time of the day."""
    return _invented(_row(dice, dice.randint(36, 44), _at(dice, 7, 20), 80, 100, 0.1))


def twenty_in_minutes(dice: random.Random) -> Days:
    """About twenty visits, each saved half a minute after the one before."""
    return _invented(_row(dice, dice.randint(18, 24), _at(dice, 7, 21), 21, 32, 0.1))


def absences_in_a_row(dice: random.Random) -> Days:
    """*Vắng nhà*, typed in the form again and again, after some visits that were made."""
    real = _row(dice, dice.randint(0, 5), _at(dice, 7.5, 9), 300, 900)
    start = max(_at(dice, 9.5, 18), real[-1].saved_at + timedelta(minutes=10) if real else _at(dice, 7, 9))
    row = _row(dice, dice.randint(15, 25), start, 15, 90, 1.0)
    return real + _invented([replace(visit, household=f"x{visit.household}") for visit in row])


def at_night(dice: random.Random) -> Days:
    """A day's visits, minutes from each other, with the times of the small hours."""
    return _invented(_row(dice, dice.randint(8, 20), _at(dice, 0.25, 2.5), 120, 480))


def more_than_a_day(dice: random.Random) -> Days:
    """Visits from morning to night, more than anybody can make."""
    return _invented(_row(dice, dice.randint(48, 70), _at(dice, 6.5, 7.5), 420, 760, 0.1))


def one_note(dice: random.Random) -> Days:
    """Plausible times, and one long note for most of them."""
    note = dice.choice(LONG_NOTES)
    visits = _row(dice, dice.randint(8, 18), _at(dice, 7.5, 12), 240, 900, 0.0)
    return _invented([replace(visit, note=note) if dice.random() < 0.7 else visit for visit in visits])


def households_of_a_colleague(dice: random.Random) -> Days:
    """Sen visits; Thắng writes visits at the same households some hours later."""
    real = [replace(visit, person="sen")
            for visit in _row(dice, dice.randint(6, 15), _at(dice, 7.5, 9), 300, 900, 0.1)]  # fmt: skip
    start = real[-1].saved_at + _seconds(dice, 3600, 4 * 3600)
    chosen = [visit.household for visit in real if dice.random() < 0.8] or [real[0].household]
    copied = _row(dice, len(chosen), start, 240, 600, 0.0)
    again = [replace(one, household=at) for one, at in zip(copied, chosen, strict=True)]
    return real + _invented(again)


def households_that_nobody_lists(dice: random.Random) -> Days:
    """Households that Thắng adds himself, each with a visit."""
    visits = _row(dice, dice.randint(4, 12), _at(dice, 8, 14), 300, 1200, 0.0)
    return _invented([replace(visit, added=True) for visit in visits])


def crowds(dice: random.Random) -> Days:
    """One household, a dozen people helped with one service."""
    visits = _row(dice, dice.randint(5, 15), _at(dice, 8, 14), 300, 1200, 0.0)
    return _invented([replace(visit, result="helped", people=dice.randint(9, 20)) for visit in visits])


def taps(dice: random.Random) -> Days:
    """*Ghi nhanh*: *Đã đến* for a whole street, as fast as one can tap, in daylight."""
    made, at = [], _at(dice, 7.5, 16)
    for number in range(dice.randint(25, 50)):
        at += _seconds(dice, 1, 6)
        made.append(Recorded("thang", f"h{number}", at, "helped", quick=True, people=1, invented=True))
    return made


def metronome(dice: random.Random) -> Days:
    """Every few minutes one, to the second, the whole forenoon."""
    step = dice.choice((300, 360, 420, 480))
    return _invented(_row(dice, dice.randint(20, 32), _at(dice, 7.5, 9), step - 4, step + 4, 0.1))


def yesterdays_round_again(dice: random.Random) -> Days:
    """The households of the day before in the same order, with times that are plausible."""
    yesterday = DAY - timedelta(days=1)
    real = _row(dice, dice.randint(8, 18), _at(dice, 7.5, 9, yesterday), 240, 900)
    again = _row(dice, len(real), _at(dice, 7.5, 9), 240, 900)
    return real + _invented(again)


INVENTED: dict[str, Maker] = {
    make.__name__: make
    for make in (
        forty_in_an_hour, twenty_in_minutes, absences_in_a_row, at_night, more_than_a_day, one_note,
        households_of_a_colleague, households_that_nobody_lists, crowds, taps, metronome,
        yesterdays_round_again,
    )
}  # fmt: skip
HELD_OUT = frozenset(random.Random(DRAWN_WITH).sample(sorted(INVENTED), 6))
