"""The people and places of the tests, all invented."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from app.commune.accounts import people
from app.commune.accounts.models import Account, Assignment
from app.commune.areas import Commune, Province, add_hamlet, start_commune
from app.commune.catalog.services import add_default_services
from app.core.batch import Batch
from app.core.db import Database
from app.fieldwork.households.commands import new_household
from app.fieldwork.households.models import Household, HouseholdVersion

LAN = ("0900000001", "10000001")
NAM = ("0900000002", "10000002")
LY = ("0900000009", "10000009")  # of the next commune, after `add_next_door`


@dataclass(frozen=True)
class World:
    """Ids of the people and places. `households`: those of each hamlet, in the order of creation."""

    commune_id: str
    neighbour_id: str
    dong: str
    tay: str
    lan: str
    nam: str
    binh: str
    hoa: str
    households: dict[str, list[str]]

    @property
    def duc(self) -> str:
        """12 · Nguyễn Văn Đức, Thôn Đông."""
        return self.households[self.dong][0]

    @property
    def mai(self) -> str:
        """14 · Trần Thị Mai, Thôn Đông."""
        return self.households[self.dong][1]

    @property
    def anh(self) -> str:
        """3 · Lê Thị Ánh, Thôn Tây."""
        return self.households[self.tay][0]


def build(database: Database, now: datetime) -> World:
    """Two communes; the first has two hamlets with a volunteer each."""
    return database.write(lambda session: _build(session, now))


def _build(session: Session, now: datetime) -> World:
    session.add(Province(code="20", name="Lạng Sơn", kind="tỉnh"))
    session.flush()
    ours = _commune(session, "06391", "Yên Bình", now)
    theirs = _commune(session, "06400", "Hữu Lũng", now)
    dong = add_hamlet(session, ours.id, "thon-dong", "Thôn Đông")
    tay = add_hamlet(session, ours.id, "thon-tay", "Thôn Tây")
    long_ago = now - timedelta(days=300)
    lan = people.add_member(
        session,
        people.add_team(session, [dong], "Tổ Thôn Đông", long_ago),
        "Nguyễn Thị Lan",
        LAN[0],
        long_ago,
    )
    nam = people.add_member(
        session, people.add_team(session, [tay], "Tổ Thôn Tây", long_ago), "Trần Văn Nam", NAM[0], long_ago
    )
    for account, (_phone, code) in ((lan, LAN), (nam, NAM)):
        people.invite(session, account, now, code, reusable=True)
    binh = people.add_supervisor(session, ours.id, "Hoàng Văn Bình", "binh", "mat-khau-binh")
    hoa = people.add_supervisor(session, theirs.id, "Vi Thị Hoa", "hoa", "mat-khau-hoa")
    labels = {
        dong.id: [
            ("Nguyễn Văn Đức", "12", "Ngõ 3"),
            ("Trần Thị Mai", "14", "Ngõ 3"),
            ("Đặng Thị Ước", "5", ""),
        ],
        tay.id: [("Lê Thị Ánh", "3", "Cạnh nhà văn hóa"), ("Vi Văn Điệp", "7", "")],
    }
    households = {hamlet: _add_households(session, ours.id, hamlet, rows) for hamlet, rows in labels.items()}
    return World(ours.id, theirs.id, dong.id, tay.id, lan.id, nam.id, binh.id, hoa.id, households)


def _commune(session: Session, code: str, name: str, now: datetime) -> Commune:
    session.add(Commune(id=f"c{code}", code=code, name=name, kind="xã", province_code="20"))
    session.flush()
    commune = start_commune(session, code, lambda: now)
    assert commune is not None
    add_default_services(session, commune.id)
    return commune


def _add_households(
    session: Session, commune_id: str, hamlet_id: str, rows: list[tuple[str, str, str]]
) -> list[str]:
    batch = Batch(commune_id)
    ids = [str(uuid.uuid5(uuid.NAMESPACE_URL, f"{hamlet_id}/{name}")) for name, _, _ in rows]
    for id, (name, house_no, alley) in zip(ids, rows, strict=True):
        batch.add(Household, new_household(id, hamlet_id, name, house_no, alley))
    batch.write(session, (Household, HouseholdVersion))
    return ids


def add_households(database: Database, world: World, count: int) -> list[str]:
    """Add households to Thôn Đông; returns their ids."""
    rows = [(f"Nguyễn Văn Thử {n}", str(100 + n), "Ngõ 9") for n in range(count)]
    return database.write(lambda session: _add_households(session, world.commune_id, world.dong, rows))


def add_next_door(database: Database, world: World, now: datetime) -> list[str]:
    """Add a hamlet with its volunteer Lý to the next commune; returns the ids of its two households."""

    def work(session: Session) -> list[str]:
        bac = add_hamlet(session, world.neighbour_id, "thon-bac", "Thôn Bắc")
        team = people.add_team(session, [bac], "Tổ Thôn Bắc", now)
        ly = people.add_member(session, team, "Vi Thị Lý", LY[0], now)
        people.invite(session, ly, now, LY[1], reusable=True)
        labels = [("Hoàng Văn Páo", "1", ""), ("Mông Thị Sim", "2", "")]
        return _add_households(session, world.neighbour_id, bac.id, labels)

    return database.write(work)


def give_lan_both_hamlets(database: Database, world: World) -> None:
    """Lan's team takes on Thôn Tây as well."""

    def work(session: Session) -> None:
        lan = session.get(Account, (world.commune_id, world.lan))
        assert lan is not None
        assert lan.team_id is not None
        since = datetime(2026, 1, 1, tzinfo=UTC)
        session.add(
            Assignment(commune_id=world.commune_id, team_id=lan.team_id, hamlet_id=world.tay, since=since)
        )

    database.write(work)
