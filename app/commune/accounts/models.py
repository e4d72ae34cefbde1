"""Tables of people, phones and sign-ins. Secrets are stored as hashes only.

Telephone numbers are in E.164. `since` and `until` are the moments between which something holds; without an
`until` it still does.
"""

from datetime import datetime
from typing import Final, Literal, TypedDict

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index
from sqlmodel import AutoString, Field, SQLModel

from app.commune.phone_communes import PhoneOwner
from app.core.clock import Instant
from app.core.feed import FeedRow
from app.core.personal_data import rows
from app.core.personal_data.columns import stores

FieldRole = Literal["volunteer", "leader"]  # of those who go from house to house
Role = Literal[FieldRole, "supervisor", "anonymous"]
ANONYMOUS: Final = "anonymous"
"""The id of the commune's anonymous account, whose role it is too (`app/upkeep/retention/anonymous.py`)."""


@stores(rows.PUBLIC, {rows.PUBLIC: "name"})
class Team(SQLModel, table=True):
    """*Tổ công nghệ số cộng đồng*: `Assignment` has its hamlets, `Membership` its people."""

    __tablename__ = "team"
    __table_args__ = (ForeignKeyConstraint(["commune_id"], ["commune.id"]),)

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str


@stores(rows.TECHNICAL)
class Assignment(SQLModel, table=True):
    """That a team was, or is, in charge of a hamlet."""

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


@stores(
    rows.MEMBERSHIP,
    {
        rows.MEMBER_NAME: "name",
        rows.MEMBERSHIP: "role",
        rows.MEMBER_PHONE: "phone",
        rows.CONTACT_PHONE: "contact_phone",
    },
)
class Account(FeedRow, PhoneOwner, table=True):
    """A person of one commune."""

    __tablename__ = "account"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        ForeignKeyConstraint(["commune_id", "team_id"], ["team.commune_id", "team.id"]),
        Index("ix_account_phone", "commune_id", "phone"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    role: Role = Field(sa_type=AutoString)
    phone: str | None = None  # with which volunteers and leaders sign in
    contact_phone: str | None = None  # where a supervisor wants to be called; empty if they took it back
    team_id: str | None = None  # of today; `Membership` has the earlier ones
    ended_at: datetime | None = Field(default=None, sa_type=Instant)  # since then nobody can sign in with it
    erased_at: datetime | None = Field(default=None, sa_type=Instant)  # since then without name and number


@stores(rows.MEMBERSHIP)
class Membership(SQLModel, table=True):
    """That a person was, or is, in a team."""

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


@stores(rows.DESK_ACCOUNT, {rows.DESK_ACCOUNT: "name", rows.SECRET: "password_hash"})
class SignInName(SQLModel, table=True):
    """A name to sign in with at the desk, unique on the whole instance."""

    __tablename__ = "sign_in_name"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
    )

    name: str = Field(primary_key=True)
    commune_id: str | None = None  # an operator's name has no commune
    account_id: str | None = None  # and no account
    password_hash: str  # argon2id
    # The last sign-in; of a name older than this column, when the column came. None: not yet.
    idle_since: datetime | None = Field(default=None, sa_type=Instant)


@stores(rows.LINK, {rows.LINK: "token_hash reset_by sign_in_name"})
class OneTimeLink(SQLModel, table=True):
    """A link with which one person chooses a password. Using it deletes it."""

    __tablename__ = "one_time_link"

    token_hash: str = Field(primary_key=True)  # SHA-256 of the token in the link's address
    reset_by: str = ""  # name of who made it to replace a password; empty for a first password
    reset_by_id: str = ""  # and the id
    # Whose password it is; a new operator, who has no name yet, chooses one too.
    sign_in_name: str | None = Field(default=None, foreign_key="sign_in_name.name", index=True)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)


@stores(rows.INVITE, {rows.INVITE: "used_by", rows.SECRET: "code_hash", rows.DECIDED: "created_by"})
class Invite(SQLModel, table=True):
    """A code of 8 digits, with which a person signs in on a phone once."""

    __tablename__ = "invite"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
        Index("ix_invite_account", "commune_id", "account_id"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    account_id: str
    code_hash: str  # argon2id
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    used_by: str | None = None  # `Device.installation_id` of the phone
    reusable: bool = False  # any number of times; in demo mode only
    failures: int = Field(default=0)  # wrong codes with this number since then; too many make it void
    created_by: str | None = None  # a supervisor's account; None for an operator's command


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


@stores(
    rows.PHONE,
    {
        rows.PHONE: "name recorded_days",
        rows.DECIDED: "revoked_by called_by invited_by",
        rows.TECHNICAL: "build lost_seqs abandoned_seqs public_key",
    },
)
class Device(SQLModel, table=True):
    """One account on one phone.

    A phone numbers its operations (`seq`). Ranges of numbers are pairs of the first and the last one.
    """

    __tablename__ = "device"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    account_id: str
    name: str  # kind of phone and browser, in words
    installation_id: str | None = None  # of the browser's storage at the last sign-in
    enrolled_at: datetime = Field(sa_type=Instant)  # first sign-in
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)  # it may send, and gets no rows
    revoked_by: str | None = None  # a supervisor's account; None if nobody decided it, as after a restore
    # The first number that no operation of this phone has, as far as the phone and the server know.
    next_seq: int = Field(default=1, sa_type=BigInteger)
    last_contact_at: datetime | None = Field(default=None, sa_type=Instant)
    queue_count: int = Field(default=0, sa_type=BigInteger)  # operations not sent yet, as the phone last said
    queue_oldest_at: datetime | None = Field(default=None, sa_type=Instant)  # and the time of the oldest
    build: str = ""  # version of the app on the phone
    clock_offset_ms: int = Field(default=0, sa_type=BigInteger)  # of the server's clock from the phone's
    settled_seq: int = Field(default=1, sa_type=BigInteger)  # all below are stored, refused or abandoned
    lost_count: int = Field(default=0, sa_type=BigInteger)  # numbers that neither phone nor server has
    lost_at: datetime | None = Field(default=None, sa_type=Instant)  # when the first of them was noticed
    # Signed in with another `installation_id`: the storage had been emptied.
    reinstalled_at: datetime | None = Field(default=None, sa_type=Instant)
    lost_seqs: list[list[int]] = Field(default_factory=list, sa_type=JSON)  # ranges; `lost_count` in all
    # Ranges of lost numbers that a supervisor has settled (`SettledLoss`): not looked for any more.
    abandoned_seqs: list[list[int]] = Field(default_factory=list, sa_type=JSON)
    full_since: datetime | None = Field(default=None, sa_type=Instant)  # its part of the quarantine is full
    # Operations that came with the number of another one: the storage was set back to an older state.
    reused_count: int = Field(default=0, sa_type=BigInteger)
    reused_at: datetime | None = Field(default=None, sa_type=Instant)  # the first of them
    called_at: datetime | None = Field(default=None, sa_type=Instant)  # *Đã gọi*, the latest
    called_by: str | None = None
    guide_seq: int = Field(default=0, sa_type=BigInteger)  # it has the guides up to this number of the feed
    public_key: str | None = None  # checks the signatures of its export files
    invited_by: str | None = None  # who issued its last code: a supervisor's account, None for an operator
    # Another phone signed in with this account, the latest time.
    other_phone_at: datetime | None = Field(default=None, sa_type=Instant)
    # For each day, how many visits and how many households of that day it has added.
    recorded_days: dict[str, list[int]] = Field(default_factory=dict, sa_type=JSON)
    too_many_at: datetime | None = Field(default=None, sa_type=Instant)  # above the limit of a day, last


class DeskSession(SQLModel):
    """What a session at the desk has, whoever it is of.

    `pending`: what has to be shown before it opens anything: `code` (a code or passkey), `setup` (a first
    factor is set up), or empty. `confirmed_at`: when a factor was last shown in it; None if the person had
    none. `locks`: whether it locks when nobody uses it. `challenge`: what a passkey has to sign next.
    """

    browser: str = ""  # in words
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)  # to a minute or some
    pending: str = ""
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    locks: bool = False
    challenge: str = ""


@stores(rows.SESSION, {rows.SESSION: "browser pending challenge token_hash"})
class SignInSession(DeskSession, table=True):
    """A session of a person. Its cookie is `commune_id.secret`."""

    __tablename__ = "sign_in_session"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    token_hash: str = Field(primary_key=True)  # SHA-256 of the secret
    account_id: str
    device_id: str | None = None  # None: at the desk
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
