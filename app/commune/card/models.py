"""Tables of *Thẻ thành viên*."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, Date, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores


@stores(rows.TECHNICAL, {rows.TECHNICAL: "epoch", rows.SECRET: "secret"})
class CardKey(SQLModel, table=True):
    """The secret of a device for its owner's card, encrypted (`app/core/id_key/encryption.py`).

    `id` changes with the secret. `epoch`: of the commune when it was made; a secret of another epoch is not
    used, because a restored database may lack the one that the phone got since. `confirmed_at`: when the
    phone has said that it has stored it; before, nobody is asked by it.
    """

    __tablename__ = "card_key"
    __table_args__ = (ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),)

    commune_id: str = Field(primary_key=True)
    device_id: str = Field(primary_key=True)
    id: str
    secret: str
    epoch: str
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)


@stores(rows.CARD_CHECK, {rows.CARD_CHECK: "question recent", rows.DECIDED: "begun_by"})
class CardCheck(SQLModel, table=True):
    """The checks of a member's card: the open one, and what limits the next ones.

    `question`: the four digits that were read out, empty if no check is open; since when and by whom.
    `wrong`: wrong answers since the last right one, or since somebody called the member. `recent`: the
    questions before, the oldest first. `count`: the checks begun on `day`.
    """

    __tablename__ = "card_check"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True)
    question: str = ""
    begun_at: datetime | None = Field(default=None, sa_type=Instant)
    begun_by: str | None = None  # a supervisor's account
    wrong: int = Field(default=0, sa_type=BigInteger)
    recent: list[str] = Field(default_factory=list, sa_type=JSON)
    day: date | None = Field(default=None, sa_type=Date)
    count: int = Field(default=0, sa_type=BigInteger)
