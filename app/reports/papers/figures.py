"""What papers say of the commune and of the server: counted, or stated by who may state it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlmodel import Session, SQLModel, col, func

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.commune import commune_of
from app.commune.accounts.models import Account, Device
from app.commune.areas import Hamlet, Province
from app.commune.settings import settings_of
from app.fieldwork.households.models import Household
from app.reports.papers.filling import DOTS


@dataclass(frozen=True)
class CommuneFigures:
    """A commune at this moment: *xã Yên Bình*, *tỉnh Lạng Sơn*. `kind`, `place`: *xã*, its name; `numbers`:
    households with a telephone number; `members`: volunteers and leaders; `devices`: phones that may
    exchange; `silence_days`: after how many a silent phone lets its list go."""

    commune: str
    kind: str
    place: str
    province: str
    hamlets: int
    households: int
    numbers: int
    supervisors: int
    members: int
    devices: int
    silence_days: int


@dataclass(frozen=True)
class ServerFacts:
    """The server, as its settings say. `host`: who runs the machine, empty if nobody has said it;
    `is_encrypted`: whether data are encrypted at rest, *yes*, *no* or empty, and what was `seen` of it;
    `communes`: how many it serves; `backup_days`, `phone_days`, `log_years`: how long backups, visits on
    phones and the desk log stay.
    """

    address: str
    database: Literal["sqlite", "postgresql"]
    host: str
    is_encrypted: str
    seen: str
    has_backups: bool
    backup_days: int
    phone_days: int
    log_years: int
    communes: int
    factor: str


@dataclass(frozen=True)
class ListBasis:
    """On which ground of law the commune has its list of households: *consent*, or the *task* of a state
    body; who decided that, and when."""

    code: Literal["consent", "task"]
    decided_by: str
    decided_on: date


@dataclass(frozen=True)
class PaperFacts:
    """All that papers say of one commune. `basis`: None as long as the commune has not stated it."""

    commune: CommuneFigures
    server: ServerFacts
    basis: ListBasis | None
    made_by: str
    made_at: datetime


def commune_figures(session: Session, actor: Actor) -> CommuneFigures:
    """Count what the supervisor's commune has."""
    commune = commune_of(session, actor)
    province = session.get_one(Province, commune.province_code)
    has_number = col(Household.phone).is_not(None)
    roles = _roles(session, actor)
    return CommuneFigures(
        commune=commune.name_in_text,
        kind=commune.kind,
        place=commune.name,
        province=f"{province.kind} {province.name}",
        hamlets=_count(session, actor, Hamlet, col(Hamlet.merged_into).is_(None)),
        households=_count(session, actor, Household, col(Household.state) == "active"),
        numbers=_count(session, actor, Household, has_number),
        supervisors=roles.get("supervisor", 0),
        members=roles.get("volunteer", 0) + roles.get("leader", 0),
        devices=_count(session, actor, Device, col(Device.revoked_at).is_(None)),
        silence_days=settings_of(session, actor.commune_id).silence_days,
    )


def shared_figures(households: int, devices: int) -> CommuneFigures:
    """Of a server that communes share: whose it is, is written in by hand."""
    return CommuneFigures(
        commune=DOTS,
        kind="",
        place=DOTS[:6],
        province=DOTS,
        hamlets=0,
        households=households,
        numbers=0,
        supervisors=0,
        members=0,
        devices=devices,
        silence_days=0,
    )


def _count(session: Session, actor: Actor, model: type[SQLModel], *where: object) -> int:
    wanted = visible_to(actor, model).where(*where)  # type: ignore[arg-type]
    return int(session.execute(wanted.with_only_columns(func.count())).scalar_one())


def _roles(session: Session, actor: Actor) -> dict[str, int]:
    """How many people work in each role."""
    working = visible_to(actor, Account).where(col(Account.ended_at).is_(None))
    by_role = working.with_only_columns(col(Account.role), func.count()).group_by(col(Account.role))
    return {role: count for role, count in session.execute(by_role)}
