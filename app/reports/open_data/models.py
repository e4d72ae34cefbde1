"""The table of tokens with which other programs read figures."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores


@stores(
    rows.TECHNICAL,
    {
        rows.SECRET: "token_hash",
        rows.SETTING: "label province_code",
        rows.DECIDED: "made_by",
    },
)
class ApiToken(SQLModel, table=True):
    """A token of one commune or of one province; only its SHA-256 is stored. `label`: what its maker calls
    the program; `made_by`: the maker's name at that time. `last_used_at`, to some minutes."""

    __tablename__ = "api_token"

    token_hash: str = Field(primary_key=True)
    id: str = Field(unique=True)
    commune_id: str | None = Field(default=None, foreign_key="commune.id", index=True)
    province_code: str | None = Field(default=None, foreign_key="province.code", index=True)
    label: str
    made_by: str
    made_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
