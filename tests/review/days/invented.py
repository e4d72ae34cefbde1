"""Invented days: records of households at which nobody was. `table` has what is odd about each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from tests.review.days.honest import morning
from tests.review.days.records import (
    EVENING,
    Amendment,
    Days,
    Record,
    Service,
    Visit,
    clock_time,
    visits,
    with_id,
)
from tests.review.days.street import House, Place
from tests.review.days.walking import Habit, encounter, outing, some_services, stretch

INSTALLED: tuple[Service, ...] = (("vneid_install", "did_it", 1),)
ACTIVATED: tuple[Service, ...] = (("vneid_activate", "did_it", 1),)
Gap = Callable[[Random], float]  # seconds until the next record
Content = Callable[[Random, House, datetime], Visit]


def helped(_random: Random, house: House, at: datetime) -> Visit:
    return Visit(at, house, "helped", INSTALLED, invented=True)


def tapped(_random: Random, house: House, at: datetime) -> Visit:
    return Visit(at, house, "helped", ACTIVATED, quick=True, invented=True)


def absent(_random: Random, house: House, at: datetime) -> Visit:
    return Visit(at, house, "not_home", quick=True, invented=True)


def varied(random: Random, house: House, at: datetime) -> Visit:
    """As an honest visit reads, absences and all."""
    visit, _spent = encounter(random, house, at, Habit(absent=0.25))
    return replace(visit, invented=True)


def always_met(random: Random, house: House, at: datetime) -> Visit:
    """Somebody who was always in, with varied services."""
    services = some_services(random, Habit(people=(1, 1, 2)))
    return Visit(at, house, "helped", services, invented=True)


def typed(
    random: Random, houses: Iterable[House], start: datetime, gap: Gap, content: Content = helped
) -> list[Visit]:
    """A record for each house, each a gap after the one before."""
    now, written = start, []
    for house in houses:
        written.append(content(random, house, now))
        now += timedelta(seconds=gap(random))
    return written


def about(seconds: float, spread: float) -> Gap:
    return lambda random: random.uniform(seconds - spread, seconds + spread)


def scattered(seconds: float, sigma: float = 0.5) -> Gap:
    """Gaps as those of people are, but without the way."""
    return lambda random: max(15.0, random.lognormvariate(0, sigma) * seconds)


def somewhere(random: Random, day: date, spans: Sequence[tuple[float, float]], count: int) -> list[datetime]:
    """So many times at random within these hours."""
    hours = sorted(random.uniform(*random.choice(spans)) for _ in range(count))
    return [clock_time(day, 0, 0, int(hour * 3600)) for hour in hours]


def sixty_in_ten_minutes(random: Random, place: Place, day: date) -> Days:
    """Sixty in ten minutes, at noon."""
    return Days([*typed(random, place.mine[:60], clock_time(day, 12, 10), about(10, 3))])


def twenty_five_by_form(random: Random, place: Place, day: date) -> Days:
    """Twenty-five by form in a quarter of an hour, in the evening, varied services."""
    return Days([*typed(random, place.mine[:25], clock_time(day, 20, 15), about(35, 8), always_met)])


def forty_by_taps(random: Random, place: Place, day: date) -> Days:
    """Forty by *Ghi nhanh*, one each minute and a half, in an afternoon."""
    return Days([*typed(random, place.mine[:40], clock_time(day, 14), about(90, 20), tapped)])


def metronome(random: Random, place: Place, day: date) -> Days:
    """One each five minutes, to twenty seconds, from eight until half past ten."""
    return Days([*typed(random, place.mine[:30], clock_time(day, 8), about(300, 20))])


def thirty_eight_a_day(random: Random, place: Place, day: date) -> Days:
    """Thirty-eight in a day, one each four minutes and twenty seconds."""
    return Days([*typed(random, place.mine[:38], clock_time(day, 14), about(260, 40))])


def absences_by_taps(random: Random, place: Place, day: date) -> Days:
    """Eleven times *Vắng* in a row by *Ghi nhanh*, one a minute, in an evening when people are in."""
    return Days([*typed(random, place.mine[:11], clock_time(day, 19), about(60, 15), absent)])


def absences_by_form(random: Random, place: Place, day: date) -> Days:
    """Eleven *Vắng nhà* in a row by form, two minutes each, on three evenings."""

    def content(random: Random, house: House, at: datetime) -> Visit:
        return Visit(at, house, "not_home", invented=True)

    records: list[Record] = []
    for number in (0, 2, 4):
        part = place.mine[number * 6 : number * 6 + 11]
        records += typed(random, part, clock_time(day + timedelta(days=number), 19), about(120, 25), content)
    return Days(records)


def two_at_two(random: Random, place: Place, day: date) -> Days:
    """A usual morning, and two more at two in the night."""
    usual = visits(morning(random, place, day).records)
    return Days(
        [*usual, *typed(random, place.mine[20:22], clock_time(day, 26, 4), about(400, 60), always_met)]
    )


def night(random: Random, place: Place, day: date) -> Days:
    """Fifteen from eleven in the evening until half past midnight."""
    return Days([*typed(random, place.mine[:15], clock_time(day, 23, 5), scattered(330), varied)])


def before_dawn(random: Random, place: Place, day: date) -> Days:
    """Twelve in an alley of houses from ten past three in the night on, half of them with two services."""
    return Days([*typed(random, place.mine[:12], clock_time(day, 3, 10), scattered(170), always_met)])


def last_weeks_list(random: Random, place: Place, day: date) -> Days:
    """The households of the weeks before in the same order again, with the same answer."""
    return Days([*typed(random, place.before[-24:], clock_time(day, 18, 30), scattered(260), helped)])


def exactly_twelve(random: Random, place: Place, day: date) -> Days:
    """Exactly twelve on each of eighteen workdays, at times spread over the day."""
    records: list[Record] = []
    for number in range(21):
        on = day + timedelta(days=number)
        if on.weekday() == 6:
            continue
        part = [place.hamlet[(number * 12 + step) % len(place.hamlet)] for step in range(12)]
        times = somewhere(random, on, ((8, 11.5), (14, 17), (18.5, 20.5)), 12)
        records += [varied(random, house, at) for house, at in zip(part, times, strict=True)]
    return Days(records)


def all_the_same(random: Random, place: Place, day: date) -> Days:
    """Twenty a day for a week, all with the same service, outcome and number of people."""
    return Days(_week(random, place, day, 20, scattered(420), helped))


def in_list_order(random: Random, place: Place, day: date) -> Days:
    """Thirty in the order of the list, not one missing, seven minutes each, varied answers, nobody out."""
    return Days([*typed(random, place.mine[:30], clock_time(day, 8, 5), scattered(420, 0.3), always_met)])


def round_numbers(random: Random, place: Place, day: date) -> Days:
    """Fourteen visits with five or ten people each."""

    def content(random: Random, house: House, at: datetime) -> Visit:
        services = (("vneid_install", "did_it", random.choice((5, 5, 10))),)
        return Visit(at, house, "helped", services, invented=True)

    return Days(
        [*typed(random, stretch(random, place.mine, 14), clock_time(day, 14), scattered(600), content)]
    )


def twelve_everywhere(random: Random, place: Place, day: date) -> Days:
    """Twelve people at each of ten visits."""

    def content(random: Random, house: House, at: datetime) -> Visit:
        return Visit(at, house, "helped", (("scam_warning", "explained", 12),), invented=True)

    return Days(
        [*typed(random, stretch(random, place.mine, 10), clock_time(day, 18), scattered(700), content)]
    )


def three_notes_in_turn(random: Random, place: Place, day: date) -> Days:
    """Sixteen visits with three long notes in turn."""
    notes = (
        "Đã hướng dẫn gia đình cài đặt và sử dụng VNeID thành thạo",
        "Gia đình phấn khởi, đã biết quét mã VietQR để thanh toán",
        "Đã tuyên truyền phòng chống lừa đảo trên không gian mạng",
    )
    part = stretch(random, place.mine, 16)
    met = typed(random, part, clock_time(day, 14), scattered(480), always_met)
    return Days([replace(visit, note=notes[number % 3]) for number, visit in enumerate(met)])


def one_note_everywhere(random: Random, place: Place, day: date) -> Days:
    """A week of fourteen visits a day, all with the same sentence as a note."""

    def content(random: Random, house: House, at: datetime) -> Visit:
        return replace(always_met(random, house, at), note="Đã hướng dẫn bà con cài đặt ứng dụng")

    return Days(_week(random, place, day, 14, scattered(500), content))


def month_on_its_last_evening(random: Random, place: Place, day: date) -> Days:
    """The days of a month, all typed on one evening: the phone's clock is put back day by day, and right
    again before it sends."""
    last, now, records = day, clock_time(day, 20, 10), list[Record]()
    for number in range(24, 0, -2):
        on = last - timedelta(days=number)
        part = place.mine[number * 4 : number * 4 + 8] or place.mine[:8]
        shown = clock_time(on, 8, random.randint(0, 40))
        for house in part:
            now += timedelta(seconds=random.uniform(18, 40))
            shown += timedelta(seconds=random.uniform(200, 900))
            records.append(replace(helped(random, house, now), shown=shown))
    return Days(records, EVENING)


def only_without_number(random: Random, place: Place, day: date) -> Days:
    """Twenty-two in a day, all households that nobody can call."""
    houses = [house for house in place.mine if not house.number][:22]
    return Days([*typed(random, houses, clock_time(day, 14), scattered(420), always_met)])


def absent_then_helped(random: Random, place: Place, day: date) -> Days:
    """Fifteen absences tapped in a quarter of an hour, all changed into help late in the evening."""
    first = typed(random, place.mine[:15], clock_time(day, 9), about(60, 12), absent)
    first = [with_id(random, visit) for visit in first]
    now, later = clock_time(day, 22, 5), list[Record]()
    for visit in first:
        now += timedelta(seconds=random.uniform(12, 25))
        later.append(Amendment(now, replace(visit, result="helped", services=INSTALLED)))
    return Days([*first, *later])


def lunch_break(random: Random, place: Place, day: date) -> Days:
    """Thirty in a lunch break of an hour, in list order, varied."""
    return Days([*typed(random, place.mine[:30], clock_time(day, 11, 40), scattered(115, 0.4), varied)])


def between_other_work(random: Random, place: Place, day: date) -> Days:
    """Five at each full hour, forty seconds each, seven times."""
    records: list[Record] = []
    for number, hour in enumerate((8, 9, 10, 11, 14, 15, 16)):
        part = place.mine[number * 5 : number * 5 + 5]
        records += typed(random, part, clock_time(day, hour, random.randint(0, 4)), about(40, 12), always_met)
    return Days(records)


def two_hamlets_at_once(random: Random, place: Place, day: date) -> Days:
    """Two hamlets in turn, three minutes from one to the other."""
    houses = [house for pair in zip(place.mine[:9], place.other[:9], strict=True) for house in pair]
    return Days([*typed(random, houses, clock_time(day, 14), about(190, 50), always_met)])


def from_end_to_end(random: Random, place: Place, day: date) -> Days:
    """Twenty-four households all over the hamlet, four minutes each: no time for the way."""
    houses = random.sample(list(place.hamlet), 24)
    return Days([*typed(random, houses, clock_time(day, 14), scattered(240, 0.35), always_met)])


def week_on_sunday_evening(random: Random, place: Place, day: date) -> Days:
    """Forty on Sunday evening in an hour and a quarter, without an outing in the week, all in list order."""
    sunday = day + timedelta(days=6)
    return Days([*typed(random, place.mine[:40], clock_time(sunday, 20), scattered(110, 0.4), always_met)])


def much_in_little_time(random: Random, place: Place, day: date) -> Days:
    """Four services at each of eighteen visits, three minutes each."""
    services = (("vneid_install", "did_it", 1), ("vneid_activate", "did_it", 1), ("vietqr", "did_it", 1))

    def content(random: Random, house: House, at: datetime) -> Visit:
        return Visit(at, house, "helped", (*services, ("vssid", "did_it", 1)), invented=True)

    return Days([*typed(random, place.mine[:18], clock_time(day, 18), scattered(180, 0.35), content)])


def in_turns(random: Random, place: Place, day: date) -> Days:
    """Helped, out, helped, out, twenty-eight times, five minutes each."""
    content = (helped, absent)
    found = [
        content[number % 2](random, visit.house, visit.at)
        for number, visit in enumerate(
            typed(random, place.mine[:28], clock_time(day, 14), scattered(300, 0.3))
        )
    ]
    return Days([*found])


def padding_at_the_end_of_the_month(random: Random, place: Place, day: date) -> Days:
    """After quiet weeks forty-five a day on three days, spread from eight until nine in the evening."""
    records: list[Record] = []
    for number in range(3):
        on = day + timedelta(days=number)
        part = [place.hamlet[(number * 45 + step) % len(place.hamlet)] for step in range(45)]
        times = somewhere(random, on, ((8, 11.5), (13.5, 21)), 45)
        records += [always_met(random, house, at) for house, at in zip(part, times, strict=True)]
    return Days(records)


def more_behind_an_outing(random: Random, place: Place, day: date) -> Days:
    """An honest evening, and twelve more of the next alley in nine minutes at its end."""
    part = stretch(random, place.mine, 12)
    met = outing(random, part, clock_time(day, 18, 10), until=clock_time(day, 20, 30))
    start = (met[-1].at if met else clock_time(day, 20)) + timedelta(minutes=3)
    return Days([*met, *typed(random, place.mine[14:26], start, about(45, 12), always_met)])


def same_households_daily(random: Random, place: Place, day: date) -> Days:
    """The same eight households on each day of a week."""
    records: list[Record] = []
    for number in range(6):
        on = day + timedelta(days=number)
        records += typed(random, place.mine[:8], clock_time(on, 18, random.randint(0, 30)), scattered(600))
    return Days(records)


def to_the_second(random: Random, place: Place, day: date) -> Days:
    """A script: a record each ten minutes, to the second, from eight until five."""
    first = typed(random, place.mine[:20], clock_time(day, 8), lambda _random: 600.0, always_met)
    return Days(
        [*first, *typed(random, place.mine[20:38], clock_time(day, 14), lambda _random: 600.0, always_met)]
    )


def from_a_chair(random: Random, place: Place, day: date) -> Days:
    """A careful week: eighteen a day at human gaps of nine minutes, all met, list order, the same service."""
    return Days(_week(random, place, day, 18, scattered(540), helped))


def from_a_chair_varied(random: Random, place: Place, day: date) -> Days:
    """The most careful week: sixteen a day, varied answers and absences, but gaps that know of no
    work: as long after an absence as after three services."""
    return Days(_week(random, place, day, 16, scattered(480, 0.35), varied))


def nobody_ever_out(random: Random, place: Place, day: date) -> Days:
    """Workday mornings for a week, sixteen each, varied services, and never a household without anybody."""
    return Days(_week(random, place, day, 16, scattered(560, 0.4), always_met, hour=8))


def session_that_was_not(random: Random, place: Place, day: date) -> Days:
    """Forty in half an hour in the evening, as from a list of a session that nobody has recorded."""
    part = random.sample(list(place.hamlet), 40)
    return Days([*typed(random, part, clock_time(day, 20, 30), scattered(42, 0.3), helped)])


def always_explained(random: Random, place: Place, day: date) -> Days:
    """Fifty in list order by *Ghi nhanh* for a warning, two minutes each, nobody out."""

    def content(random: Random, house: House, at: datetime) -> Visit:
        return Visit(at, house, "helped", (("scam_warning", "explained", 1),), quick=True, invented=True)

    return Days([*typed(random, place.mine[:50], clock_time(day, 14), about(120, 25), content)])


def set_back_clock(random: Random, place: Place, day: date) -> Days:
    """Twenty typed in ten minutes in the evening with the clock moved on between them, so that they seem ten
    minutes long."""
    now, shown, records = clock_time(day, 20, 45), clock_time(day, 14), list[Record]()
    for house in place.mine[:20]:
        now += timedelta(seconds=random.uniform(20, 40))
        shown += timedelta(seconds=random.uniform(540, 660))
        records.append(replace(helped(random, house, now), shown=shown))
    return Days(records, EVENING)


def two_weeks_like_one(random: Random, place: Place, day: date) -> Days:
    """Two weeks of ten a day, whose second has the same households, answers and times as the first."""
    first = visits(_week(random, place, day, 10, scattered(600), varied))
    second = [
        replace(visit, at=visit.at + timedelta(days=7, seconds=random.randint(0, 50))) for visit in first
    ]
    return Days([*first, *second])


def only_absent_week(random: Random, place: Place, day: date) -> Days:
    """A week of absences alone, twelve each evening, at human gaps."""
    return Days(_week(random, place, day, 12, scattered(150), absent, hour=19))


def _week(
    random: Random, place: Place, day: date, count: int, gap: Gap, content: Content, hour: int = 14
) -> list[Record]:
    """Monday to Friday, so many each day, from about that hour on, through the list."""
    records: list[Record] = []
    for number in range(5):
        start = clock_time(day + timedelta(days=number), hour, random.randint(0, 25))
        part = [place.mine[(number * count + step) % len(place.mine)] for step in range(count)]
        records += typed(random, part, start, gap, content)
    return records
