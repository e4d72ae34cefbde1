"""Tables of second factors. They belong to a sign-in name, as its password does: a supervisor's, an
operator's or a province viewer's. A `FactorLoss` is of a supervisor: a commune sees it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores

APP, PASSKEY = "app", "passkey"  # kinds of factors


@stores(rows.FACTOR, {rows.FACTOR: "sign_in_name kind name public_key", rows.SECRET: "secret"})
class SecondFactor(SQLModel, table=True):
    """An authenticator app (`app`) or a passkey (`passkey`) of a person.

    An app's `secret` is encrypted (`encryption.py`); `last_step` is the number of the half minute whose code
    was used last. A passkey's `public_key` and `credential_id` are in base64url; `sign_count`: as it said
    last.
    """

    __tablename__ = "second_factor"

    id: str = Field(primary_key=True)
    sign_in_name: str = Field(foreign_key="sign_in_name.name", index=True)
    kind: str
    name: str
    secret: str = ""
    last_step: int = Field(default=0, sa_type=BigInteger)
    credential_id: str | None = Field(default=None, unique=True)
    public_key: str = ""
    sign_count: int = Field(default=0, sa_type=BigInteger)
    added_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)


@stores(rows.FACTOR, {rows.FACTOR: "sign_in_name", rows.SECRET: "code_hash"})
class RecoveryCode(SQLModel, table=True):
    """One of ten codes that each stand in for a factor once. `code_hash`: argon2id."""

    __tablename__ = "recovery_code"

    id: str = Field(primary_key=True)
    sign_in_name: str = Field(foreign_key="sign_in_name.name", index=True)
    code_hash: str
    used_at: datetime | None = Field(default=None, sa_type=Instant)


@stores(rows.LOST_FACTOR, {rows.LOST_FACTOR: "browser session_hash operator confirmed_by stopped_by"})
class FactorLoss(SQLModel, table=True):
    """That a supervisor has neither factor nor recovery codes any more, and what became of it.

    Asked by the person, in the session with the hash `session_hash` that the password has opened, for which a
    colleague or operator may confirm it; or by an operator (`operator`: the name). It opens nothing before
    `due_at`. The person, an operator and any supervisor of the commune may stop it. `done_at`: when a new
    factor replaced the old ones. `confirmed_by`, `stopped_by`: an account's or operator's id.
    """

    __tablename__ = "factor_loss"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
        Index("ix_factor_loss_account", "commune_id", "account_id"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    account_id: str
    asked_at: datetime = Field(sa_type=Instant)
    browser: str = ""  # in words; of the person's session
    session_hash: str = ""
    operator: str = ""
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    confirmed_by: str | None = None
    stopped_at: datetime | None = Field(default=None, sa_type=Instant)
    stopped_by: str | None = None
    done_at: datetime | None = Field(default=None, sa_type=Instant)
