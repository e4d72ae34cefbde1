"""Tables of operators, who belong to no commune."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.core.clock import Instant


class Operator(SQLModel, table=True):
    """Somebody who begins communes and names their first supervisors, and sees nothing else of them.

    `disabled_at`: since when no password opens anything for them: they were ended, or a restore made it void.
    """

    __tablename__ = "operator"

    id: str = Field(primary_key=True)
    name: str
    sign_in_name: str = Field(foreign_key="sign_in_name.name", unique=True)
    created_at: datetime = Field(sa_type=Instant)
    disabled_at: datetime | None = Field(default=None, sa_type=Instant)


class OperatorSession(SQLModel, table=True):
    """A session of an operator. The cookie is `.secret`; only the secret's SHA-256 is stored."""

    __tablename__ = "operator_session"

    token_hash: str = Field(primary_key=True)
    operator_id: str = Field(foreign_key="operator.id", index=True)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
