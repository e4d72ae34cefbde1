"""Where people live: province → commune → hamlet. The commune is the tenant."""

import csv
from datetime import datetime
from pathlib import Path

from sqlalchemy import ForeignKeyConstraint, Index, and_
from sqlmodel import Field, Session, SQLModel, col, func, select

from app.core.clock import Clock, Instant
from app.core.errors import CodedError
from app.core.feed import CommuneMoved, CommuneOff, FeedCounter, FeedRow, feed
from app.core.id_key.derived import Ids
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.text import nfc

AREAS_FILE = Path(__file__).parent / "areas.csv"


@stores(rows.PUBLIC, {rows.PUBLIC: "code name kind"})
class Province(SQLModel, table=True):
    """Tỉnh, thành phố: 34 since 1 July 2025; `code` is the official 2-digit one."""

    __tablename__ = "province"

    code: str = Field(primary_key=True)
    name: str
    kind: str

    @property
    def full_name(self) -> str:
        """*Tỉnh Lạng Sơn*."""
        return f"{self.kind[:1].upper()}{self.kind[1:]} {self.name}"


class ProvinceRow(SQLModel):
    """A row of a commune that the viewers of its province may see, unless it has a `reopened_at`."""


@stores(rows.PUBLIC, {rows.PUBLIC: "code name kind province_code host moved_to"})
class Commune(SQLModel, table=True):
    """Xã, phường, đặc khu: 3,321 since 1 July 2025.

    `id` is ours, opaque and immutable; the official 5-digit `code` is an attribute that may change.
    `started_at` is set when the commune starts to use the app; `off_at` while an operator has it switched
    off. `host`: the name of its own under which its people open the app; None: that of the instance.
    `moved_at`: since when it is at another instance, at the address `moved_to`.
    """

    __tablename__ = "commune"
    __table_args__ = (Index("ix_commune_host", "host", unique=True),)

    id: str = Field(primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: str
    province_code: str = Field(foreign_key="province.code", index=True)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    off_at: datetime | None = Field(default=None, sa_type=Instant)
    host: str | None = None
    moved_at: datetime | None = Field(default=None, sa_type=Instant)
    moved_to: str | None = None

    @property
    def full_name(self) -> str:
        """*Xã Yên Bình*."""
        return f"{self.kind[:1].upper()}{self.kind[1:]} {self.name}"

    @property
    def name_in_text(self) -> str:
        """*xã Yên Bình*, within a sentence."""
        return f"{self.kind} {self.name}"


@stores(rows.PUBLIC, {rows.PUBLIC: "name merged_into"})
class Hamlet(FeedRow, table=True):
    """Thôn, bản, tổ dân phố: has no national code. `position`: its place in the commune's order, from 0.

    `known_households`: how many households the commune says it has, None if it has not said. A hamlet that
    was merged into another as of `merged_at` has no households any more; `merged_into` names the one that has
    them, which is never merged itself; `joined_id` the one that it was merged into then, which may have been
    merged since. What was recorded in it stays there.
    """

    __tablename__ = "hamlet"
    __table_args__ = (ForeignKeyConstraint(["commune_id"], ["commune.id"]),)

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    position: int = 0
    known_households: int | None = None
    merged_into: str | None = None
    joined_id: str | None = None
    merged_at: datetime | None = Field(default=None, sa_type=Instant)


def load_areas(session: Session, file: Path = AREAS_FILE) -> tuple[int, int]:
    """Add the provinces and communes of `file` that are missing; update names and kinds of the others.

    Returns how many provinces and communes the file has. Rows are matched by official code.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    ids, used = Ids(session, "commune", ""), set(session.exec(select(Commune.id)))
    provinces = {row["province_code"]: row for row in rows}
    known_provinces = {province.code: province for province in session.exec(select(Province))}
    known_communes = {commune.code: commune for commune in session.exec(select(Commune))}
    for code, row in provinces.items():
        province = known_provinces.get(code) or Province(code=code, name="", kind="")
        province.name, province.kind = row["province"], row["province_kind"]
        session.add(province)
    session.flush()
    for row in rows:
        code = row["commune_code"]
        commune = known_communes.get(code) or Commune(
            id=ids.token(code, used=used), code=code, name="", kind="", province_code=""
        )
        commune.name, commune.kind = row["commune"], row["commune_kind"]
        commune.province_code = row["province_code"]
        session.add(commune)
    session.flush()
    return len(provinces), len(rows)


def ensure_areas(session: Session) -> None:
    """Load the provinces and communes into a database that has none."""
    if not session.exec(select(Commune.id)).first():
        load_areas(session)
        session.flush()


def all_provinces(session: Session) -> list[Province]:
    """All provinces, by official code."""
    return list(session.exec(select(Province).order_by(Province.code)))


def place_names(session: Session, commune_id: str) -> list[str]:
    """The names of a commune, its province and its hamlets; none if there is no such commune."""
    commune = session.get(Commune, commune_id)
    if commune is None:
        return []
    province = session.get_one(Province, commune.province_code)
    hamlets = session.exec(select(Hamlet.name).where(Hamlet.commune_id == commune_id))
    return [commune.full_name, province.full_name, *hamlets]


def start_commune(session: Session, code: str, clock: Clock) -> Commune | None:
    """The commune with the official `code`, started if it was not yet. None if there is no such code. Raises
    `CommuneOff` for one whose import has not ended."""
    commune = session.exec(select(Commune).where(Commune.code == code)).first()
    if commune and commune.started_at is None:
        if session.get(FeedCounter, commune.id) is not None:
            raise CommuneOff
        commune.started_at = clock()
        session.add(commune)
        session.add(FeedCounter(commune_id=commune.id, head=0))
        session.flush()
    return commune


class OtherAddress(CodedError):  # noqa: N818 - a fact, as in core/errors.py
    """The commune has a name of its own, `host`, and this is another one: what a browser stores belongs to
    the name."""

    code = "other_address"

    def __init__(self, host: str) -> None:
        super().__init__()
        self.host = host


def host_of(session: Session, commune_id: str) -> str | None:
    """The commune's own name, if it has one."""
    found = session.get(Commune, commune_id)
    return found.host if found else None


def refuse_other_host(session: Session, commune_id: str, host: str | None) -> None:
    """Raises `OtherAddress` if the commune has a name of its own and `host` is another one."""
    own = host_of(session, commune_id)
    if own and own != (host or "").lower().removesuffix("."):
        raise OtherAddress(own)


def refuse_off(session: Session, commune_id: str) -> None:
    """Raises `CommuneOff` if the commune is switched off, has moved, or is being moved here."""
    found = session.get(Commune, commune_id)
    if found is not None:
        refuse_state(found.started_at, found.off_at, found.moved_at, found.moved_to)


def refuse_state(
    started_at: datetime | None, off_at: datetime | None, moved_at: datetime | None, moved_to: str | None
) -> None:
    """What `refuse_off` does, with the columns of the commune."""
    if moved_at is not None:
        raise CommuneMoved(moved_to or "")
    if off_at is not None or started_at is None:
        raise CommuneOff


IS_SERVED = and_(col(Commune.started_at).is_not(None), col(Commune.moved_at).is_(None))
"""Whether a commune is at work on this instance, or switched off for some time."""


def count_served(session: Session) -> int:
    """How many communes are at work on this instance."""
    return session.exec(select(func.count(col(Commune.id))).where(IS_SERVED)).one()


def merged_hamlets(session: Session, commune_id: str) -> dict[str, str]:
    """For each merged hamlet the one that has its households."""
    hamlets = select(Hamlet.id, Hamlet.merged_into).where(Hamlet.commune_id == commune_id)
    return {id: merged_into for id, merged_into in session.exec(hamlets) if merged_into}


def new_hamlet_id(session: Session, commune_id: str, name: str) -> str:
    """The id of a new hamlet, derived from its name; it does not change when the hamlet is renamed."""
    used = set(session.exec(select(Hamlet.id).where(Hamlet.commune_id == commune_id)))
    return Ids(session, "hamlet", commune_id).token(nfc(name).casefold(), used=used)


def add_hamlet(session: Session, commune_id: str, hamlet_id: str, name: str) -> Hamlet:
    """Add a hamlet, last in its commune's order."""
    position = len(session.exec(select(Hamlet.id).where(Hamlet.commune_id == commune_id)).all())
    hamlet = Hamlet(commune_id=commune_id, id=hamlet_id, name=name, position=position, feed_seq=0)
    feed(session, commune_id, [hamlet])
    session.add(hamlet)
    session.flush()
    return hamlet
