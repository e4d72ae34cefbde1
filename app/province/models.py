"""The table of signs of communes."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores


@stores(rows.FIGURE, {rows.FIGURE: "province_code oldest_build"})
class CommuneStatus(SQLModel, table=True):
    """Signs of a commune that has begun, as of `as_of`; they are counted every few minutes.

    A province's page reads those of all its communes in one statement: this is no table of communes, and its
    key does not begin with one.
    `head`: the number of the commune's newest change when its households were counted: how many there are,
    by its books or its list, and how many of them were met. `heard_at`: when a phone was last in contact,
    None if none ever was. `is_silent`: for some working days none was. `month_start_day`: as in its settings.
    `phones`: how many are in use; of these `behind` hold records that they have not sent for a day, `lost`
    have a loss that nobody settled, `full` have used their quota up, and `outdated` have an older release of
    the app than the server. `oldest_build`: the oldest of theirs, empty before the first contact.
    """

    __tablename__ = "commune_status"

    province_code: str = Field(primary_key=True, foreign_key="province.code")
    commune_id: str = Field(primary_key=True, foreign_key="commune.id")
    as_of: datetime = Field(sa_type=Instant)
    head: int = Field(sa_type=BigInteger)
    households: int
    met: int
    heard_at: datetime | None = Field(default=None, sa_type=Instant)
    is_silent: bool = False
    month_start_day: int = 1
    phones: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    behind: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lost: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    full: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    outdated: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    oldest_build: str = Field(default="", sa_column_kwargs={"server_default": ""})
