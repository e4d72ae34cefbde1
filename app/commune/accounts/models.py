"""Tables of people, phones and sign-ins. Secrets are stored as hashes only."""

from datetime import datetime
from typing import TypedDict

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.feed import FeedRow


class Team(SQLModel, table=True):
    """*Tổ công nghệ số cộng đồng*: in charge of one or more hamlets by `Assignment`."""

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
    """A person: volunteer, leader or supervisor of one commune. `phone` is in E.164; `team_id` is the current
    team, `Membership` has the earlier ones. `contact_phone`: the number that a supervisor wants to be called
    at, in E.164; empty if they took it back, None if they never had one."""

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
    contact_phone: str | None = None
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
    """A desk sign-in name, unique on the whole instance, and the argon2id hash of its password. An operator's
    name has no account."""

    __tablename__ = "sign_in_name"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
    )

    name: str = Field(primary_key=True)
    commune_id: str | None = None
    account_id: str | None = None
    password_hash: str


class OneTimeLink(SQLModel, table=True):
    """A link with which one person chooses the password of `sign_in_name`, once; using it deletes it.

    Without a name it is a new operator's, who chooses a name too. `token_hash`: SHA-256 of the token in the
    link's address. `reset_by`: the name of the supervisor or operator who resets a password by it; empty for
    the first password of somebody new.
    """

    __tablename__ = "one_time_link"

    token_hash: str = Field(primary_key=True)
    reset_by: str = ""
    sign_in_name: str | None = Field(default=None, foreign_key="sign_in_name.name", index=True)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)


class Invite(SQLModel, table=True):
    """An 8-digit code for one account, as an argon2id hash; one sign-in uses it up.

    `created_by`: the supervisor who issued it, None for an operator's command. `used_by`: `installation_id`
    of the phone that used it. `failures`: attempts with this account's phone
    number and a wrong code since the invite was made; too many make it void. `reusable` codes can be used any
    number of times, in demo mode only.
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
    failures: int = Field(default=0)
    created_by: str | None = None


class DeviceValues(TypedDict):
    """A row of `device`."""

    commune_id: str
    id: str
    account_id: str
    name: str
    installation_id: str | None
    enrolled_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    next_seq: int
    last_contact_at: datetime | None
    queue_count: int
    queue_oldest_at: datetime | None
    build: str
    clock_offset_ms: int
    settled_seq: int
    lost_count: int
    lost_at: datetime | None
    reinstalled_at: datetime | None
    lost_seqs: list[list[int]]
    abandoned_seqs: list[list[int]]
    full_since: datetime | None
    reused_count: int
    reused_at: datetime | None
    called_at: datetime | None
    called_by: str | None
    guide_seq: int
    public_key: str | None
    invited_by: str | None
    other_phone_at: datetime | None
    recorded_days: dict[str, list[int]]
    too_many_at: datetime | None


class Device(SQLModel, table=True):
    """One account on one phone. The `queue_…` columns hold what the phone last reported.

    `installation_id`: its browser storage at the last sign-in. `reinstalled_at`: when it signed in with
    another one, because the storage had been emptied. `settled_seq`: each lower sequence number is stored,
    refused or abandoned. `lost_count`: how many numbers below `next_seq` neither the phone nor the server
    has, first noticed at `lost_at`. `reused_count`: how many operations came under the number of another one,
    first at `reused_at`, because the storage was set back to an older state. A supervisor settles both
    (`SettledLoss`). `lost_seqs`, and `abandoned_seqs`, which are no longer looked for, are spans (first,
    last). `full_since`: since when it sends more than its quota of the quarantine. `called_at`: *Đã gọi*.
    `guide_seq`: it has all changes of guides up to this feed number, by its newest contact that was written.
    `revoked_at`: since then it may deliver its queue and gets no rows; `revoked_by` is empty if nobody
    decided so. `public_key`: with its private half the phone signs its export files. `invited_by`: the
    supervisor who issued the code with which it signed in last, None for an operator's. `other_phone_at`:
    when another phone signed in with this one's account last. `recorded_days`: how many visits and households
    it has added of each day; `too_many_at`: when it last sent more than the limit of one.
    """

    __tablename__ = "device"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    account_id: str
    name: str
    installation_id: str | None = None
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
    lost_count: int = Field(default=0, sa_type=BigInteger)
    lost_at: datetime | None = Field(default=None, sa_type=Instant)
    reinstalled_at: datetime | None = Field(default=None, sa_type=Instant)
    lost_seqs: list[list[int]] = Field(default_factory=list, sa_type=JSON)
    abandoned_seqs: list[list[int]] = Field(default_factory=list, sa_type=JSON)
    full_since: datetime | None = Field(default=None, sa_type=Instant)
    reused_count: int = Field(default=0, sa_type=BigInteger)
    reused_at: datetime | None = Field(default=None, sa_type=Instant)
    called_at: datetime | None = Field(default=None, sa_type=Instant)
    called_by: str | None = None
    guide_seq: int = Field(default=0, sa_type=BigInteger)
    public_key: str | None = None
    invited_by: str | None = None
    other_phone_at: datetime | None = Field(default=None, sa_type=Instant)
    recorded_days: dict[str, list[int]] = Field(default_factory=dict, sa_type=JSON)
    too_many_at: datetime | None = Field(default=None, sa_type=Instant)


class SettledLoss(SQLModel, table=True):
    """What a supervisor settled, and why: the lost numbers of a device as spans, its reinstallation, and how
    many numbers it had reused, as `Device` had them until `settled_at`."""

    __tablename__ = "settled_loss"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        ForeignKeyConstraint(["commune_id", "settled_by"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    device_id: str
    lost_seqs: list[list[int]] = Field(sa_type=JSON)
    lost_at: datetime | None = Field(default=None, sa_type=Instant)
    reinstalled_at: datetime | None = Field(default=None, sa_type=Instant)
    reused_count: int = Field(default=0, sa_type=BigInteger)
    settled_by: str
    settled_at: datetime = Field(sa_type=Instant)
    reason: str


class CallRecord(SQLModel, table=True):
    """*Đã gọi*: a supervisor called a person about a device, or without `device_id` about an invite that they
    had not used, with what was noted, which may be empty."""

    __tablename__ = "call_record"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
        ForeignKeyConstraint(["commune_id", "called_by"], ["account.commune_id", "account.id"]),
        Index("ix_call_record_device", "commune_id", "device_id", "called_at"),
        Index("ix_call_record_account", "commune_id", "account_id", "called_at"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    account_id: str
    device_id: str | None = None
    called_by: str
    called_at: datetime = Field(sa_type=Instant)
    note: str


class SignInSession(SQLModel, table=True):
    """A session. The cookie is `commune_id.secret`; only the secret's SHA-256 is stored. `device_id` is empty
    for a session at the desk; only these have `browser`, in words, and `last_used_at`, to some minutes."""

    __tablename__ = "sign_in_session"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    token_hash: str = Field(primary_key=True)
    account_id: str
    device_id: str | None = None
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    browser: str = ""
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
