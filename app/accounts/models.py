"""Tables of people and phones. Secrets are kept as hashes only."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.db import FeedRow


class Team(SQLModel, table=True):
    """Tổ công nghệ số cộng đồng: covers one or more hamlets by `Assignment`."""

    __tablename__ = "team"
    __table_args__ = (ForeignKeyConstraint(["commune_id"], ["commune.id"]),)

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str


class Assignment(SQLModel, table=True):
    """A team's charge of a hamlet, from `since` until `until` (None: still)."""

    __tablename__ = "assignment"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "team_id"], ["team.commune_id", "team.id"]),
        ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
    )

    commune_id: str = Field(primary_key=True)
    team_id: str = Field(primary_key=True)
    hamlet_id: str = Field(primary_key=True)
    since: datetime = Field(primary_key=True, sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant)


class Account(FeedRow, table=True):
    """A person: volunteer, leader or supervisor of one commune. `phone` is E.164; `team_id` is the team
    now, `Membership` its history."""

    __tablename__ = "account"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        ForeignKeyConstraint(["commune_id", "team_id"], ["team.commune_id", "team.id"]),
        Index("ix_account_phone", "phone"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    role: str
    phone: str | None = None
    team_id: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Membership(SQLModel, table=True):
    """An account's time in a team, from `since` until `until` (None: still)."""

    __tablename__ = "membership"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
        ForeignKeyConstraint(["commune_id", "team_id"], ["team.commune_id", "team.id"]),
    )

    commune_id: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True)
    team_id: str = Field(primary_key=True)
    since: datetime = Field(primary_key=True, sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant)


class SignInName(SQLModel, table=True):
    """A desk sign-in name, unique on the whole instance, and its argon2id hash."""

    __tablename__ = "sign_in_name"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
    )

    name: str = Field(primary_key=True)
    commune_id: str
    account_id: str
    password_hash: str


class Invite(SQLModel, table=True):
    """An 8-digit code for one account, as an argon2id hash; used up at the first sign-in.

    `used_by` is the storage (`life`) of the phone that used it. `failures` are wrong codes given with this
    account's number since; too many void the invite. `reusable` codes work again and again, in demo mode
    only.
    """

    __tablename__ = "invite"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
        Index("ix_invite_account", "commune_id", "account_id"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    account_id: str
    code_hash: str
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    used_by: str | None = None
    reusable: bool = False
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Device(SQLModel, table=True):
    """One account on one phone. The queue figures are what the phone last said of itself.

    `settled_seq`: every number below it was committed or refused. `lost`: how many numbers the phone once
    gave out that are neither here nor there, noticed at `lost_at`. `new_life_at`: when this known phone came
    back with an emptied storage. `reused`: how many records came under the number of another one, first at
    `reused_at`: its storage was set back. All until somebody settles it. Numbers are kept as spans, first and
    last: `lost_numbers`, and those `given_up`, that are sought no more. `full_since`: since
    when it brings what finds no room. `called_at`: *Đã gọi*. `revoked_at`: since when a supervisor has it
    deliver only.
    """

    __tablename__ = "device"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    account_id: str
    name: str
    life: str | None = None
    enrolled_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_by: str | None = None
    next_seq: int = Field(default=1, sa_type=BigInteger)
    last_contact_at: datetime | None = Field(default=None, sa_type=Instant)
    queue_count: int = Field(default=0, sa_type=BigInteger)
    queue_oldest_at: datetime | None = Field(default=None, sa_type=Instant)
    build: str = ""
    clock_offset_ms: int = Field(default=0, sa_type=BigInteger)
    settled_seq: int = Field(default=1, sa_type=BigInteger)
    lost: int = Field(default=0, sa_type=BigInteger)
    lost_at: datetime | None = Field(default=None, sa_type=Instant)
    new_life_at: datetime | None = Field(default=None, sa_type=Instant)
    lost_numbers: list[list[int]] = Field(default_factory=list, sa_type=JSON)
    given_up: list[list[int]] = Field(default_factory=list, sa_type=JSON)
    full_since: datetime | None = Field(default=None, sa_type=Instant)
    reused: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    reused_at: datetime | None = Field(default=None, sa_type=Instant)
    called_at: datetime | None = Field(default=None, sa_type=Instant)
    called_by: str | None = None


class SettledLoss(SQLModel, table=True):
    """What a phone had lost when a supervisor closed the alarm: the numbers, and since when it was known;
    how many numbers it had used again."""

    __tablename__ = "settled_loss"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        ForeignKeyConstraint(["commune_id", "settled_by"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    device_id: str
    numbers: list[list[int]] = Field(sa_type=JSON)
    lost_at: datetime | None = Field(default=None, sa_type=Instant)
    new_life_at: datetime | None = Field(default=None, sa_type=Instant)
    reused: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    settled_by: str
    settled_at: datetime = Field(sa_type=Instant)


class SignedIn(SQLModel, table=True):
    """A session. The cookie is `commune_id.secret`; only the secret's SHA-256 is kept."""

    __tablename__ = "signed_in"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    token_hash: str = Field(primary_key=True)
    account_id: str
    device_id: str | None = None
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)


class SignInFailure(SQLModel, table=True):
    """Failed sign-ins of one kind in a window of five minutes that began at `since` (`throttle`).

    `key` is a hash of the name or number, the network address, or the known browser: what was typed is
    not kept.
    """

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_since", "since"),)

    key: str = Field(primary_key=True)
    count: int
    since: datetime = Field(sa_type=Instant)


class KnownBrowser(SQLModel, table=True):
    """A browser that signed in by a name or number, last at `seen_at`; hashes of its cookie and the name."""

    __tablename__ = "known_browser"

    token_hash: str = Field(primary_key=True)
    subject_hash: str = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=Instant)
