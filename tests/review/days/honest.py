"""Honest kinds of days: what people do who go from house to house."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from tests.review.days.records import (
    EVENING,
    Amendment,
    Days,
    NewHousehold,
    Record,
    Session,
    Visit,
    clock_time,
    visits,
    with_id,
)
from tests.review.days.street import House, Place, new_street, walk
from tests.review.days.walking import (
    USUAL,
    Habit,
    encounter,
    from_paper,
    outing,
    some_services,
    stretch,
)

VENUE = "Nhà văn hóa Thôn Đông"


def evening(random: Random, place: Place, day: date) -> Days:
    """An evening in an alley, when people are in."""
    return Days(
        [
            *outing(
                random,
                stretch(random, place.mine, 14),
                clock_time(day, 18, 10),
                until=clock_time(day, 20, 50),
            )
        ]
    )


def morning(random: Random, place: Place, day: date) -> Days:
    """A morning on a workday, when many are out."""
    return Days(
        [*outing(random, stretch(random, place.mine, 16), clock_time(day, 8), until=clock_time(day, 11, 15))]
    )


def whole_saturday(random: Random, place: Place, day: date) -> Days:
    """A Saturday from eight to five, with a rest at noon."""
    saturday, part = day + timedelta(days=5), stretch(random, place.mine, 50)
    first = outing(random, part[:22], clock_time(saturday, 7, 50), until=clock_time(saturday, 11, 20))
    then = outing(random, part[22:], clock_time(saturday, 14), until=clock_time(saturday, 17, 10))
    return Days([*first, *then])


def rain(random: Random, place: Place, day: date) -> Days:
    """They wait under a roof, and write there what they have not written on the way."""
    first = outing(random, stretch(random, place.mine[:6], 6), clock_time(day, 8, 20), Habit(together=0.7))
    then = outing(
        random,
        place.mine[6:11],
        first[-1].at + timedelta(minutes=random.randint(50, 90)),
        Habit(together=0.7),
    )
    return Days([*first, *then])


def after_work(random: Random, place: Place, day: date) -> Days:
    """Three or four neighbours on the way back from work."""
    return Days([*outing(random, place.mine[:4], clock_time(day, 17, 20), until=clock_time(day, 18, 50))])


def daytime_week(random: Random, place: Place, day: date) -> Days:
    """Each workday from half past eight to eleven, when many are out."""
    records: list[Record] = []
    for number in range(5):
        on, part = day + timedelta(days=number), place.mine[number * 14 : number * 14 + 14]
        records += outing(random, stretch(random, part, 14), clock_time(on, 8, 30), until=clock_time(on, 11))
    return Days(records)


def session_one_by_one(random: Random, place: Place, day: date) -> Days:
    """25 people come to a table between eight and ten; each is written as they leave it."""
    now, found = clock_time(day, 8, 15), list[Record]()
    for house in random.sample(list(place.mine[:60]), 25):
        now += timedelta(seconds=random.lognormvariate(5.2, 0.5))
        found.append(
            Visit(
                now, house, "helped", some_services(random, Habit(themes=("vneid_install", "vneid_activate")))
            )
        )
    return Days([*found, _session(now + timedelta(minutes=12), day, 25, place)])


def session_before_its_visits(random: Random, place: Place, day: date) -> Days:
    """The session is recorded first; the two who help write at the end, from the list of those who came."""
    people = random.sample(list(place.mine[:50]), 18)
    met = [Visit(clock_time(day, 15), house, "helped", some_services(random, USUAL)) for house in people]
    session = _session(clock_time(day, 16, 40), day, 22, place)
    return Days([session, *from_paper(random, met, clock_time(day, 16, 45), 45)])


def session_in_the_evening_list(random: Random, place: Place, day: date) -> Days:
    """A session in the afternoon, whose list is typed in the evening, after its record."""
    people = random.sample(list(place.mine[:50]), 20)
    met = [
        Visit(clock_time(day, 15), house, "helped", (("vneid_activate", "did_it", 1),)) for house in people
    ]
    session = _session(clock_time(day, 20, 5), day, 20, place)
    return Days([session, *from_paper(random, met, clock_time(day, 20, 10), 40)])


def session_by_taps(random: Random, place: Place, day: date) -> Days:
    """*Đã gặp* for each family that signs the list at the entrance; they come in waves."""
    now, found = clock_time(day, 19), list[Record]()
    for number, house in enumerate(random.sample(list(place.mine[:60]), 30)):
        now += timedelta(seconds=random.uniform(15, 60) if number % 6 else random.uniform(240, 600))
        found.append(Visit(now, house, "helped", (("scam_warning", "explained", 1),), quick=True))
    return Days([*found, _session(now + timedelta(minutes=50), day, 41, place)])


def noon_from_paper(random: Random, place: Place, day: date) -> Days:
    """A morning on paper, typed at noon."""
    met = outing(random, stretch(random, place.mine, 16), clock_time(day, 8), until=clock_time(day, 11, 20))
    return Days([*from_paper(random, met, clock_time(day, 12, 5))])


def evening_from_paper(random: Random, place: Place, day: date) -> Days:
    """An afternoon on paper, typed in the evening."""
    met = outing(random, stretch(random, place.mine, 30), clock_time(day, 14), until=clock_time(day, 18))
    return Days([*from_paper(random, met, clock_time(day, 20, 40))])


def next_morning_from_paper(random: Random, place: Place, day: date) -> Days:
    """An evening on paper, typed at half past six the next morning."""
    met = outing(random, stretch(random, place.mine, 14), clock_time(day, 18, 20), until=clock_time(day, 21))
    return Days([*from_paper(random, met, clock_time(day, 30, 20))])


def week_on_sunday(random: Random, place: Place, day: date) -> Days:
    """The phone was at the repairer's all week; on Sunday the notebook is typed."""
    met: list[Visit] = []
    for number, part in ((1, place.mine[:12]), (3, place.mine[12:24]), (5, place.mine[24:40])):
        on = day + timedelta(days=number)
        met += outing(random, stretch(random, part, 16), clock_time(on, 18), until=clock_time(on, 20, 40))
    notes = [replace(visit, note=visit.note or "theo sổ tay") for visit in met]
    return Days([*from_paper(random, notes, clock_time(day + timedelta(days=6), 15, 10), 90)])


def apartments(random: Random, place: Place, day: date) -> Days:
    """A block in the evening, floor by floor: doors are close, and many flats need nothing."""
    habit = Habit(pace=0.6, skip=0.05, absent=0.3, themes=("scam_warning", "vneid_activate", "vietqr"))
    return Days([*outing(random, place.flats, clock_time(day, 18, 30), habit, clock_time(day, 21, 10))])


def absent_street_by_taps(random: Random, place: Place, day: date) -> Days:
    """Harvest: nobody is there. One tap at each gate."""
    habit = Habit(absent=0.93, quick=1.0, skip=0.05, together=0.0)
    return Days([*outing(random, stretch(random, place.mine, 18), clock_time(day, 8, 30), habit)])


def absent_street_by_form(random: Random, place: Place, day: date) -> Days:
    """A street at work: nobody is there, and the form is filled in for each."""
    habit = Habit(absent=0.93, quick=0.0, noted=0.7, skip=0.05, together=0.1)
    return Days([*outing(random, stretch(random, place.mine, 15), clock_time(day, 14, 30), habit)])


def market_before_dawn(random: Random, place: Place, day: date) -> Days:
    """Those who trade at the market are there from half past three to six."""
    habit = Habit(pace=0.7, absent=0.1, themes=("shop_qr", "vietqr", "scam_warning"))
    return Days([*outing(random, place.stalls, clock_time(day, 4, 5), habit, clock_time(day, 6, 10))])


def landing_place(random: Random, place: Place, day: date) -> Days:
    """Three mornings with the boats that come in before five."""
    records: list[Record] = []
    for number in (0, 2, 4):
        on, part = day + timedelta(days=number), random.sample(list(place.mine[:40]), 5)
        records += outing(random, part, clock_time(on, 4, 20), Habit(absent=0.0, skip=0.0), clock_time(on, 6))
    return Days(records)


def twelve_people(random: Random, place: Place, day: date) -> Days:
    """An anniversary: the whole family is there, and all twelve are helped."""
    found = outing(random, stretch(random, place.mine, 7), clock_time(day, 8, 30), until=clock_time(day, 10))
    at = (found[-1].at if found else clock_time(day, 9)) + timedelta(minutes=75)
    party = Visit(
        at,
        place.mine[9],
        "helped",
        (("vneid_install", "did_it", 12), ("scam_warning", "explained", 12)),
        "giỗ, cả nhà 12 người",
    )
    return Days([*found, party])


def same_note(random: Random, place: Place, day: date) -> Days:
    """The same appointment for eight families of an alley that are busy with the harvest."""
    saturday = day + timedelta(days=5)
    found = outing(
        random, stretch(random, place.mine, 16), clock_time(day, 17, 30), Habit(absent=0.0, skip=0.0)
    )
    note = "Hẹn tối thứ bảy ở nhà văn hóa"
    busy = partial(replace, result="come_back", services=(), note=note, follow_up_on=saturday)
    return Days([busy(visit) if number % 2 else visit for number, visit in enumerate(found)])


def couple_in_turns(random: Random, place: Place, day: date) -> Days:
    """Husband and wife are both members: each takes every second house of the street."""
    part, start = stretch(random, place.mine, 24), clock_time(day, 18)
    own = outing(random, part[::2], start, until=clock_time(day, 20, 45))
    beside = outing(random, part[1::2], start + timedelta(minutes=2), until=clock_time(day, 20, 45))
    return Days([*own], team={"mai": [*beside]})


def campaign_saturday(random: Random, place: Place, day: date) -> Days:
    """A day for which the loudspeaker has called: all are in, and the team walks from half past seven."""
    saturday = day + timedelta(days=5)
    habit = Habit(pace=0.8, absent=0.1, themes=("vneid_install", "vneid_activate"), noted=0.1)

    def walked(houses: Sequence[House]) -> list[Record]:
        part = stretch(random, houses, 70)
        first = outing(random, part[:32], clock_time(saturday, 7, 30), habit, clock_time(saturday, 11, 40))
        return [
            *first,
            *outing(random, part[32:], clock_time(saturday, 13, 15), habit, clock_time(saturday, 17, 15)),
        ]

    return Days(walked(place.mine), team=_all(place, walked))


def return_of_the_young(random: Random, place: Place, day: date) -> Days:
    """As at Tết: children are back from the cities, families are large and up until late, nobody is out."""
    records: list[Record] = []
    habit = Habit(absent=0.05, people=(1, 2, 2, 3, 3, 4, 5), noted=0.5)
    for number in range(3, 7):
        on, part = day + timedelta(days=number), place.mine[number * 18 : number * 18 + 18]
        records += outing(random, part[:9], clock_time(on, 9, 30), habit, clock_time(on, 11, 45))
        records += outing(random, part[9:], clock_time(on, 18, 40), habit, clock_time(on, 21, 30))
    return Days(records)


def no_network_for_a_week(random: Random, place: Place, day: date) -> Days:
    """A usual week in the hills, sent three days after it."""
    days = _evenings(random, place, day)
    return Days(days.records, timedelta(days=3))


def clock_hours_ahead(random: Random, place: Place, day: date) -> Days:
    """The phone came with another time zone: its clock is seven hours ahead, always."""
    return Days(evening(random, place, day).records, clock=timedelta(hours=7))


def clock_set_before_sending(random: Random, place: Place, day: date) -> Days:
    """An empty battery put the clock nine hours back; it is set right before anything is sent."""
    found = visits(morning(random, place, day).records)
    return Days([replace(visit, shown=visit.at - timedelta(hours=9)) for visit in found], EVENING)


def two_hamlets(random: Random, place: Place, day: date) -> Days:
    """A morning in two hamlets, twelve minutes by motorbike from each other."""
    first = outing(random, stretch(random, place.mine, 12), clock_time(day, 8), until=clock_time(day, 10))
    then = outing(random, place.other[30:42], clock_time(day, 10, 25), until=clock_time(day, 11, 50))
    return Days([*first, *then])


def newcomer(random: Random, place: Place, day: date) -> Days:
    """The first week: slow, with corrections a few minutes later."""
    habit, records = Habit(pace=1.6, quick=0.0, together=0.0), list[Record]()
    for number in (1, 3, 5):
        on, part = day + timedelta(days=number), place.mine[number * 8 : number * 8 + 8]
        found = outing(random, part, clock_time(on, 18, 30), habit, clock_time(on, 20, 50))
        found = [with_id(random, visit) for visit in found]
        records += found
        for visit in found[::3]:
            note = visit.note or "ghi lại cho rõ"
            records.append(
                Amendment(visit.at + timedelta(minutes=random.randint(2, 6)), replace(visit, note=note))
            )
    return Days(records)


def very_good_week(random: Random, place: Place, day: date) -> Days:
    """Twenty and more each day from Monday to Saturday, mornings and evenings."""
    habit, records = Habit(pace=0.7, quick=0.6, noted=0.25, together=0.2), list[Record]()
    for number in range(6):
        on, part = day + timedelta(days=number), place.mine[number * 40 : number * 40 + 40] or place.mine[:40]
        records += outing(
            random, stretch(random, part[:20], 20), clock_time(on, 8), habit, clock_time(on, 11, 15)
        )
        records += outing(random, part[20:], clock_time(on, 18, 10), habit, clock_time(on, 20, 55))
    return Days(records)


def slow_week(random: Random, place: Place, day: date) -> Days:
    """An old member: three or four visits on a morning, forty minutes each."""
    habit, records = Habit(pace=2.4, quick=0.0, noted=0.7, together=0.0), list[Record]()
    for number in (0, 2, 4):
        on = day + timedelta(days=number)
        records += outing(
            random,
            place.mine[number * 4 : number * 4 + 5],
            clock_time(on, 8, 30),
            habit,
            clock_time(on, 11, 10),
        )
    return Days(records)


def one_service(random: Random, place: Place, day: date) -> Days:
    """The leader has shared out the work: this member does VNeID, for a week."""
    return _evenings(random, place, day, Habit(themes=("vneid_activate",), people=(1, 1, 1, 2)))


def leaflets(random: Random, place: Place, day: date) -> Days:
    """A warning of a wave of scams: the team brings a leaflet to each house, two minutes each."""

    def walked(houses: Sequence[House]) -> list[Record]:
        now, found, last = clock_time(day, 17, 30), list[Record](), houses[0]
        for house in stretch(random, houses, 34):
            now += timedelta(seconds=walk(last, house) + 15 + random.lognormvariate(4.7, 0.4))
            people, is_out = random.choice((1, 1, 2)), random.random() < 0.16
            warned = () if is_out else (("scam_warning", "explained", people),)
            is_quick = is_out or (people == 1 and random.random() < 0.9)  # one tap says one person
            result = "not_home" if is_out else "helped"
            found.append(Visit(now, house, result, warned, quick=is_quick))
            last = house
        return found

    return Days(walked(place.mine), team=_all(place, walked))


def couples(random: Random, place: Place, day: date) -> Days:
    """Retired couples: two people at nearly each visit."""
    return _evenings(random, place, day, Habit(people=(2, 2, 2, 1)))


def follow_ups(random: Random, place: Place, day: date) -> Days:
    """Back to those who were out in earlier weeks, all over the hamlet, when they are in."""
    houses = random.sample(list(dict.fromkeys(place.before)), min(10, len(place.before)))
    return Days(
        [*outing(random, houses, clock_time(day, 18, 15), Habit(absent=0.2, skip=0.0), clock_time(day, 21))]
    )


def shops(random: Random, place: Place, day: date) -> Days:
    """An afternoon with the shops of the market, all for their QR codes."""
    habit = Habit(pace=0.8, absent=0.15, themes=("shop_qr", "vietqr"), skip=0.1)
    return Days([*outing(random, place.stalls, clock_time(day, 13, 40), habit, clock_time(day, 17))])


def late_shift(random: Random, place: Place, day: date) -> Days:
    """A street of workers who are in from half past nine in the evening on."""
    habit = Habit(absent=0.15, skip=0.1)
    return Days([*outing(random, place.mine[:9], clock_time(day, 21, 20), habit, clock_time(day, 22, 50))])


def completed_in_the_evening(random: Random, place: Place, day: date) -> Days:
    """At the gate only the result; the services of the second person and the notes follow at the table."""
    found = [with_id(random, visit) for visit in visits(morning(random, place, day).records)]
    now, later = clock_time(day, 20, 30), list[Record]()
    for visit in found:
        if visit.result == "helped":
            now += timedelta(seconds=random.uniform(50, 150))
            services = tuple((code, outcome, n + 1) for code, outcome, n in visit.services)
            later.append(Amendment(now, replace(visit, services=services, note="cả con dâu nữa")))
    return Days([*found, *later])


def end_of_month(random: Random, place: Place, day: date) -> Days:
    """The report is due: the whole team walks twice as much as usual on three days."""

    def walked(houses: Sequence[House]) -> list[Record]:
        records: list[Record] = []
        for number in range(3):
            on, part = day + timedelta(days=number), houses[number * 34 : number * 34 + 34]
            records += outing(random, part[:16], clock_time(on, 14), Habit(pace=0.9), clock_time(on, 17, 15))
            records += outing(random, part[16:], clock_time(on, 18, 20), Habit(pace=0.9), clock_time(on, 21))
        return records

    return Days(walked(place.mine), team=_all(place, walked))


def young_helpers(random: Random, place: Place, day: date) -> Days:
    """A student who runs from gate to gate and does one thing at each."""
    habit = Habit(pace=0.5, themes=("vneid_activate", "vietqr"), noted=0.05, quick=0.8, absent=0.25)
    return Days(
        [
            *outing(
                random, stretch(random, place.mine, 26), clock_time(day, 15), habit, clock_time(day, 17, 20)
            )
        ]
    )


def whole_alley_in_order(random: Random, place: Place, day: date) -> Days:
    """Sunday evening, a street with houses on one side: number after number, and all are in."""
    habit = Habit(absent=0.04, skip=0.0, together=0.05)
    sunday = day + timedelta(days=6)
    return Days([*outing(random, place.mine[:13], clock_time(sunday, 18), habit, clock_time(sunday, 21))])


def new_houses(random: Random, place: Place, day: date) -> Days:
    """A street that no list has: each household is added, then visited."""
    records: list[Record] = []
    for visit in outing(
        random, new_street(random, 12), clock_time(day, 16), Habit(skip=0.0), clock_time(day, 20)
    ):
        records += [NewHousehold(visit.at - timedelta(seconds=random.uniform(60, 150)), visit.house), visit]
    return Days(records)


def empty_battery(random: Random, place: Place, day: date) -> Days:
    """The phone is off from the third house on; at a socket the next six are written from memory."""
    found = visits(morning(random, place, day).records)
    lost = from_paper(random, found[3:9], max(found[min(8, len(found) - 1)].at, clock_time(day, 11, 20)), 60)
    return Days([*found[:3], *lost])


def all_are_expected(random: Random, place: Place, day: date) -> Days:
    """The head of the hamlet has called each family: all are in, all are helped."""
    now, found = clock_time(day, 18), list[Record]()
    for house in place.mine[:11]:
        visit, spent = encounter(
            random, house, now, Habit(absent=0.0, themes=("vneid_install", "vneid_activate"))
        )
        if visit.result != "helped":
            visit = replace(visit, result="helped", services=some_services(random, USUAL), follow_up_on=None)
        now += max(spent, timedelta(minutes=8)) + timedelta(minutes=1)
        found.append(replace(visit, at=now))
    return Days(found)


def nobody_talks(random: Random, place: Place, day: date) -> Days:
    """After a fraud in the news: seven of ten say no at the gate."""
    found = outing(random, stretch(random, place.mine, 16), clock_time(day, 17, 40), Habit(absent=0.1))
    now, records = clock_time(day, 17, 40), list[Record]()
    say_no = partial(replace, result="refused", services=(), follow_up_on=None, note="sợ lừa đảo")
    for visit in found:
        said = say_no(visit) if visit.result != "not_home" and random.random() < 0.7 else visit
        stayed = 700 if said.result == "helped" else 0
        now += timedelta(seconds=random.lognormvariate(5.0, 0.5) + stayed)
        records.append(replace(said, at=now))
    return Days(records)


def paper_week(random: Random, place: Place, day: date) -> Days:
    """Without a phone at the gate: each outing is typed in the same evening, week after week."""
    records: list[Record] = []
    for number in (1, 3, 5):
        on, part = day + timedelta(days=number), place.mine[number * 12 : number * 12 + 12]
        met = outing(random, stretch(random, part, 12), clock_time(on, 16), until=clock_time(on, 18, 40))
        records += from_paper(random, met, clock_time(on, 20, random.randint(0, 50)))
    return Days(records)


def _evenings(random: Random, place: Place, day: date, habit: Habit = USUAL) -> Days:
    """Tuesday, Thursday and Saturday of a usual week."""
    records: list[Record] = []
    for number in (1, 3, 5):
        on, part = day + timedelta(days=number), place.mine[number * 14 : number * 14 + 14]
        records += outing(
            random, stretch(random, part, 14), clock_time(on, 18, 15), habit, clock_time(on, 20, 50)
        )
    return Days(records)


def usual_week(random: Random, place: Place, day: date) -> Days:
    """A usual week: three outings."""
    return _evenings(random, place, day)


def _all(place: Place, walked: Callable[[Sequence[House]], list[Record]]) -> dict[str, list[Record]]:
    """What the colleagues do who go as well, each in their part."""
    return {name: walked(houses) for name, houses in place.colleagues.items()}


def _session(at: datetime, day: date, people: int, place: Place) -> Session:
    return Session(at, place.mine[0].hamlet, VENUE, day, ("vneid_install", "vneid_activate"), people)
