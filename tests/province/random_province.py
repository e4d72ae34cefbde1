"""Random provinces: communes with random histories, which close, adjust and reopen what they like."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from app.commune.accounts import people
from app.commune.accounts.access import Actor
from app.commune.areas import Commune, Province, add_hamlet, start_commune
from app.commune.calendar.period import PeriodKind
from app.commune.catalog.services import add_default_services
from app.core.batch import Batch
from app.fieldwork.households.commands import new_household
from app.fieldwork.households.models import Household, HouseholdVersion
from app.reports.closing import close_period, reopen_period
from tests.phone import new_id
from tests.reports import random_commune
from tests.reports.random_commune import binh
from tests.reports.test_adjustments import Calendar
from tests.world import World

PROVINCE = "20"
KIND_NAMES = ("xã", "phường")
# The kinds of periods that its communes close; seldom weeks, of which each has twenty.
MONTHS = (PeriodKind.MONTH, PeriodKind.QUARTER)
KINDS = (MONTHS, MONTHS, MONTHS, (PeriodKind.QUARTER, PeriodKind.WEEK))


@dataclass(frozen=True)
class RandomCommune:
    """A commune of the province as its supervisor sees it; `closed`: the codes that are closed, `reopened`
    those that were and are not."""

    world: World
    closed: set[str]
    reopened: set[str]

    def supervisor(self, session: Session) -> Actor:
        """The commune's supervisor."""
        return binh(session, self.world)


def build(session: Session, dice: random.Random, now: datetime) -> list[RandomCommune]:
    """A province with one to three communes that have begun and one that has not, beside another province."""
    for code, name in ((PROVINCE, "Lạng Sơn"), ("01", "Hà Nội")):
        session.add(Province(code=code, name=name, kind="tỉnh"))
    session.flush()
    count = dice.choice((1, 2, 2, 3))
    communes = [_begin(session, dice, number, now) for number in range(count)]
    session.add(_commune(count, "chưa bắt đầu"))
    session.add(Commune(id="khac", code="00004", name="Ba Đình", kind="phường", province_code="01"))
    session.flush()
    kinds = dice.choice(KINDS)
    for commune in communes:
        _work(session, commune, kinds, dice)
    return communes


def _commune(number: int, name: str) -> Commune:
    kind = KIND_NAMES[number % 2]
    return Commune(id=f"c{number}", code=f"0{6000 + number}", name=name, kind=kind, province_code=PROVINCE)


def _begin(session: Session, dice: random.Random, number: int, now: datetime) -> RandomCommune:
    added = _commune(number, f"Thử {number}")
    session.add(added)
    session.flush()
    start_commune(session, added.code, lambda: now)
    add_default_services(session, added.id)
    since = now - timedelta(days=300)
    hamlets = [add_hamlet(session, added.id, f"thon-{end}", f"Thôn {end}") for end in ("dong", "tay")]
    members = [
        people.add_member(
            session,
            people.add_team(session, [hamlet], f"Tổ {hamlet.name}", since),
            "Vi Văn Thử",
            phone,
            since,
        )
        for hamlet, phone in zip(hamlets, ("0900000001", "0900000002"), strict=True)
    ]
    supervisor = people.add_supervisor(session, added.id, "Hoàng Văn Bình", f"binh.{number}")
    households = {hamlet.id: _add_households(session, added.id, hamlet.id, dice) for hamlet in hamlets}
    dong, tay = (hamlet.id for hamlet in hamlets)
    lan, nam = (member.id for member in members)
    world = World(added.id, "", dong, tay, lan, nam, supervisor.id, "", households)
    return RandomCommune(world, set(), set())


def _add_households(session: Session, commune_id: str, hamlet_id: str, dice: random.Random) -> list[str]:
    batch = Batch(commune_id)
    ids = [new_id() for _household in range(dice.randrange(1, 5))]
    for id in ids:
        batch.add(Household, new_household(id, hamlet_id, "Nông Thị Thử", "1", ""))
    batch.write(session, (Household, HouseholdVersion))
    return ids


def _work(
    session: Session, commune: RandomCommune, kinds: tuple[PeriodKind, ...], dice: random.Random
) -> None:
    """A history in which the commune closes some periods of each kind in order, and reopens some."""
    calendar, diligence = Calendar(), dice.choice((0.4, 0.9, 1.0))
    for at in random_commune.history(session, commune.world, dice):
        actor = commune.supervisor(session)
        for kind in kinds:
            if calendar.closed[kind] and dice.random() < 0.3:
                calendar.open[kind] = calendar.closed[kind].pop()
                reopen_period(session, actor, calendar.open[kind].code, "Nhập thiếu", at)
                commune.closed.discard(calendar.open[kind].code)
                commune.reopened.add(calendar.open[kind].code)
            while calendar.open[kind].last < at.date() and dice.random() < diligence:
                period = calendar.open[kind]
                close_period(session, actor, period.code, "Vẫn chốt", at)
                calendar.close(kind)
                commune.closed.add(period.code)
                commune.reopened.discard(period.code)
