"""By when a request is answered and done, worked out by hand from article 5 of NĐ 356/2025/NĐ-CP and the
calendar."""

from datetime import date

from app.commune.calendar.workdays import Workdays
from app.review.citizen_requests.deadlines import KINDS, Kind, answer_by, done_by, extension_days
from tests.cases import cases


@cases(
    "received, answered",
    [
        ("2026-03-02", "2026-03-04"),  # Monday: Tuesday, Wednesday
        ("2026-03-04", "2026-03-06"),  # Wednesday: Thursday, Friday
        ("2026-03-05", "2026-03-09"),  # Thursday: Friday, Monday
        ("2026-03-06", "2026-03-10"),  # Friday: Monday, Tuesday
        ("2026-03-07", "2026-03-10"),  # Saturday
        ("2026-03-08", "2026-03-10"),  # Sunday
        ("2026-02-12", "2026-02-23"),  # Thursday before Tết, which is 16 to 20 February
        ("2026-02-13", "2026-02-24"),  # Friday before Tết
        ("2026-02-18", "2026-02-24"),  # in Tết
        ("2026-04-24", "2026-04-29"),  # Friday; the Kings' Day on Sunday has Monday in lieu
        ("2026-04-28", "2026-05-04"),  # Tuesday; Thursday and Friday are holidays
        ("2026-04-29", "2026-05-05"),  # Wednesday before the same
        ("2026-08-27", "2026-09-03"),  # Thursday; Monday to Wednesday are days off
        ("2026-08-28", "2026-09-04"),  # Friday before the same
        ("2026-11-23", "2026-11-26"),  # Monday; Tuesday is the Day of Culture
        ("2025-12-31", "2026-01-05"),  # Wednesday before New Year
    ],
)
def test_second_working_day(received: str, answered: str) -> None:
    assert answer_by(date.fromisoformat(received), Workdays()) == date.fromisoformat(answered)


def test_communes_own_days_off_are_no_working_days() -> None:
    own = Workdays({date(2026, 3, 4): "Hội làng"})
    assert answer_by(date(2026, 3, 2), own) == date(2026, 3, 5)


@cases(
    "kind, received, with_others, is_extended, done",
    [
        ("view", "2026-03-02", False, False, "2026-03-12"),
        ("view", "2026-03-02", True, False, "2026-03-17"),
        ("view", "2026-03-02", False, True, "2026-03-22"),
        ("view", "2026-03-02", True, True, "2026-03-27"),
        ("correct", "2026-02-10", False, False, "2026-02-20"),  # in Tết: calendar days, not moved
        ("copy", "2026-12-25", False, False, "2027-01-04"),
        ("withdraw", "2026-03-02", False, False, "2026-03-17"),
        ("withdraw", "2026-03-02", True, False, "2026-03-22"),
        ("withdraw", "2026-03-02", False, True, "2026-04-01"),
        ("withdraw", "2026-03-02", True, True, "2026-04-06"),
        ("restrict", "2026-02-14", False, False, "2026-03-01"),  # Sunday: not moved
        ("object", "2028-02-14", False, False, "2028-02-29"),  # a leap year
        ("protect", "2026-08-17", False, False, "2026-09-01"),  # National Day: not moved
        ("erase", "2026-03-02", False, False, "2026-03-22"),
        ("erase", "2026-03-02", True, False, "2026-04-01"),
        ("erase", "2026-03-02", False, True, "2026-04-11"),
        ("erase", "2026-03-02", True, True, "2026-04-21"),
    ],
)
def test_calendar_days_from_the_receipt(
    kind: Kind, received: str, with_others: bool, is_extended: bool, done: str
) -> None:
    last = done_by(kind, date.fromisoformat(received), with_others=with_others, is_extended=is_extended)
    assert last == date.fromisoformat(done)


def test_extensions() -> None:
    assert {kind: extension_days(kind) for kind in KINDS} == {
        "view": 10,
        "correct": 10,
        "copy": 10,
        "withdraw": 15,
        "restrict": 15,
        "object": 15,
        "protect": 15,
        "erase": 20,
    }
