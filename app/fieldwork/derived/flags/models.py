"""Tables of flags: why a visit is worth a look (`app/fieldwork/derived/flags` computes them)."""

from datetime import date

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.core.personal_data import rows
from app.core.personal_data.columns import stores

# As SQLAlchemy writes the condition for each database: SQLite reads a partial index only for the same words.
_UNDECIDED, _UNDECIDED_IN_SQLITE = text("undecided"), text("undecided = 1")
PERSON, HOUSEHOLD = "person", "household"


class VisitFlagValues(TypedDict):
    commune_id: str
    visit_id: str
    rule: str
    recorded_by: str
    counted_on: date
    undecided: bool
    numbers: dict[str, int]
    since: int
    notice: bool
    first_visit_id: str | None


@stores(rows.FLAG, {rows.FLAG: "rule recorded_by numbers"})
class VisitFlag(SQLModel, table=True):
    """One rule that holds for one visit that counts.

    `numbers` are those of the rule's sentence; empty for a rule about a person's day, whose numbers are in
    the `DayFlag`. `recorded_by` and `counted_on` repeat the visit's row, so that flags are counted and
    grouped without it. `notice`: it holds up no decision. `undecided`: it does, and the visit waits for one.
    `first_visit_id`: the visit that was at the household before, for a rule about a household's day.
    `since`: the head of the commune's feed when the rule began to hold, so that a page that was drawn from an
    earlier one did not show it.

    Written only while the commune's feed is locked. A column of `visit` would have to be changed in rows that
    the transaction did not lock before, and two transactions could wait for each other.
    """

    __tablename__ = "visit_flag"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commune_id", "visit_id"], ["visit.commune_id", "visit.id"], ondelete="CASCADE"
        ),
        Index(
            "ix_visit_flag_undecided",
            "commune_id",
            "counted_on",
            "recorded_by",
            "rule",
            "visit_id",
            sqlite_where=_UNDECIDED_IN_SQLITE,
            postgresql_where=_UNDECIDED,
        ),
    )

    commune_id: str = Field(primary_key=True)
    visit_id: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    recorded_by: str
    counted_on: date
    undecided: bool
    numbers: dict[str, int] = Field(sa_type=JSON)
    since: int = Field(default=0, sa_type=BigInteger)
    notice: bool = False
    first_visit_id: str | None = None


@stores(rows.TECHNICAL)
class FlagRules(SQLModel, table=True):
    """With which version of the rules the flags of a commune's last 60 days were computed."""

    __tablename__ = "flag_rules"

    commune_id: str = Field(primary_key=True, foreign_key="commune.id")
    version: int


class DayFlagValues(TypedDict):
    commune_id: str
    recorded_by: str
    counted_on: date
    rule: str
    numbers: dict[str, int]


@stores(rows.FLAG, {rows.FLAG: "recorded_by rule numbers"})
class DayFlag(SQLModel, table=True):
    """The numbers of a rule about one person's day; the visits that it holds for are `VisitFlag` rows.

    Apart from those rows, because each visit that arrives changes the day's number of visits.
    """

    __tablename__ = "day_flag"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "recorded_by"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    recorded_by: str = Field(primary_key=True)
    counted_on: date = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    numbers: dict[str, int] = Field(sa_type=JSON)


@stores(rows.TECHNICAL, {rows.TECHNICAL: "kind"})
class UnevaluatedDay(SQLModel, table=True):
    """A day of a person or of a household whose flags are not computed since `visits` of them changed; of a
    household's day 0, because these visits are counted with their authors' days.

    Written in the transaction that changes visits, and deleted in the one that computes the flags, both while
    the commune's feed is locked. `kind`: `PERSON` or `HOUSEHOLD`; `id`: of the account or the household.
    """

    __tablename__ = "unevaluated_day"

    commune_id: str = Field(primary_key=True)  # no foreign key: a push would have to lock the commune
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    visits: int
