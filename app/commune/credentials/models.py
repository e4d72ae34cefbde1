"""Tables of people who belong to no commune, operators and province viewers, and of passwords that others
have reset."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from app.commune.accounts.models import DeskSession
from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores


class InstancePerson(SQLModel):
    """Somebody who signs in with a name and belongs to no commune.

    `disabled_at`: since when no password opens anything for them: they were ended, or a restore made it void.
    """

    id: str = Field(primary_key=True)
    name: str
    sign_in_name: str = Field(foreign_key="sign_in_name.name", unique=True)
    created_at: datetime = Field(sa_type=Instant)
    disabled_at: datetime | None = Field(default=None, sa_type=Instant)


class InstanceSession(DeskSession):
    """A session of such a person. The cookie is `.secret`; only the secret's SHA-256 is stored."""

    token_hash: str = Field(primary_key=True)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)


@stores(rows.DESK_ACCOUNT, {rows.DESK_ACCOUNT: "name sign_in_name"})
class Operator(InstancePerson, table=True):
    """Somebody who begins communes and names their first supervisors, and sees nothing else of them."""

    __tablename__ = "operator"


@stores(rows.SESSION, {rows.SESSION: "browser pending challenge token_hash"})
class OperatorSession(InstanceSession, table=True):
    """A session of an operator."""

    __tablename__ = "operator_session"

    operator_id: str = Field(foreign_key="operator.id", index=True)


@stores(rows.DESK_ACCOUNT, {rows.DESK_ACCOUNT: "name sign_in_name province_code"})
class ProvinceViewer(InstancePerson, table=True):
    """Somebody of a province, who sees what its communes have closed or shared, and signs of the others."""

    __tablename__ = "province_viewer"

    province_code: str = Field(foreign_key="province.code", index=True)


@stores(rows.SESSION, {rows.SESSION: "browser pending challenge token_hash"})
class ProvinceViewerSession(InstanceSession, table=True):
    """A session of a province viewer."""

    __tablename__ = "province_viewer_session"

    viewer_id: str = Field(foreign_key="province_viewer.id", index=True)


@stores(rows.RESET, {rows.RESET: "reset_by"})
class PasswordReset(SQLModel, table=True):
    """A supervisor's password that was set by somebody else's doing: by the link of a colleague or
    operator, or by a command on the server (`reset_by`, a name, and `reset_by_id` empty). `seen_at`: when its
    owner signed in with a password next.
    """

    __tablename__ = "password_reset"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
        Index("ix_password_reset_commune", "commune_id", "reset_at"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    account_id: str
    reset_at: datetime = Field(sa_type=Instant)
    reset_by: str = ""
    reset_by_id: str = ""
    seen_at: datetime | None = Field(default=None, sa_type=Instant)
