"""Consent to a telephone number: a number is stored only with the household's own act, and never after it was
withdrawn (`docs/decisions/0149-a-number-needs-a-consent-that-can-be-shown.md`).

The newest act of a household decides, whatever the order in which acts arrive.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, NotRequired, TypedDict, cast

from pydantic import Field as Limits
from pydantic import ValidationError
from sqlalchemy import BigInteger, ForeignKeyConstraint, bindparam, select
from sqlmodel import AutoString, Field, Session, SQLModel

from app.commune.accounts.author import Author
from app.core.batch import Batch
from app.core.clock import Instant
from app.core.db import RowOf, table_of
from app.core.epoch import VersionNumber
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.prepared import Prepared, in_list
from app.core.types import Command, JsonObject, Moment
from app.fieldwork.households.models import Household, HouseholdValues

Way = Literal["device", "slip"]
ConsentKind = Literal["device", "slip", "withdrawn"]
IsOwn = Callable[[str], bool]  # whether a device is the phone that made the act
WITHDRAWN: Literal["withdrawn"] = "withdrawn"
WORDING_VERSION = 1
"""Of the text that a household agrees to today (`templates/field/_consent_wording.html`)."""
WITHOUT_CONSENT, CONSENT_WITHDRAWN = "phone_without_consent", "consent_withdrawn"
"""Codes of results: why the number of an operation was left out, the rest of which is applied."""
_TICKED = 1  # in this version the author ticked that the family agreed, which shows nothing


class Consent(Command):
    """How a household agreed that its number is stored. `at`: by the phone's clock. `way`: it held a button
    on the phone (`device`), or signed a printed slip. `wording_version`: of the text that it agreed to."""

    at: Moment
    way: Way
    wording_version: Annotated[int, Limits(strict=True, ge=1, le=9_999)]


class HouseholdConsentValues(TypedDict):
    commune_id: NotRequired[str]
    household_id: str
    version: int
    seq: int
    kind: ConsentKind
    wording_version: int
    happened_at: datetime
    received_at: datetime
    entered_by: str
    device_id: str | None


@stores(rows.CONSENT, {rows.CONSENT: "kind entered_by"})
class HouseholdConsent(SQLModel, RowOf[HouseholdConsentValues], table=True):
    """One act of a household: it agreed, or withdrew that (`withdrawn`). Rows are added and never changed.

    `version` and `seq` are those of the `HouseholdVersion` that came with it. `happened_at`: the phone's
    time, corrected by its clock offset. `entered_by`: the account that asked, on `device_id` (None: at the
    desk). `wording_version` is 0 for a withdrawal. The number itself is only in `Household.phone`.
    """

    __tablename__ = "household_consent"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
    )

    commune_id: str = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_type=VersionNumber)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    kind: ConsentKind = Field(sa_type=AutoString)
    wording_version: int = 0
    happened_at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    entered_by: str
    device_id: str | None = None


_TABLE = table_of(HouseholdConsent)
_FIND_CONSENTS = Prepared(
    select(_TABLE).where(
        _TABLE.c.commune_id == bindparam("commune_id"), in_list(_TABLE.c.household_id, "ids")
    )
)


def without_unproven_number(v: object, newest: int, data: JsonObject) -> JsonObject:
    """The data of an operation that may have a number without one that has no consent; the same object if it
    has none.

    `v`: its version; `newest`: the newest that is known. What a newer one says of consent is not known here.
    """
    is_read = type(v) is int and v <= newest
    if not is_read or not data.get("phone") or (v != _TICKED and _is_consent(data.get("consent"))):
        return data
    return {name: value for name, value in data.items() if name not in ("phone", "consent")}


def _is_consent(value: object) -> bool:
    try:
        Consent.model_validate(value)
    except ValidationError:
        return False
    return True


def write_number(
    batch: Batch,
    author: Author,
    household: HouseholdValues,
    place: tuple[int, int],
    phone: str | None,
    consent: Consent | None,
) -> None:
    """Add the act that came with a write, and let the number follow it if it is the household's newest one.

    `place`: version and `seq` of the write. Without a `phone` the consent is withdrawn, also for the
    households that were merged into this one.
    """
    act = _act(author, household["id"], place, consent)
    _add(batch, household, act, phone, author.is_own)


def enter_number(
    batch: Batch, account_id: str, household: HouseholdValues, phone: str | None, now: datetime
) -> None:
    """Add what a supervisor enters at the desk, with the household's version: a number with a signed slip, or
    without a `phone` that the household has withdrawn."""
    act: HouseholdConsentValues = {
        "household_id": household["id"],
        "version": household["version"],
        "seq": 0,
        "kind": "slip" if phone else WITHDRAWN,
        "wording_version": WORDING_VERSION if phone else 0,
        "happened_at": now,
        "received_at": now,
        "entered_by": account_id,
        "device_id": None,
    }
    _add(batch, household, act, phone, lambda _device_id: False)


def _add(
    batch: Batch, household: HouseholdValues, act: HouseholdConsentValues, phone: str | None, is_own: IsOwn
) -> None:
    if _is_newest(batch, household, act, is_own):
        for one in _with_merged(batch, household):
            if not phone or one is household:
                batch.change(Household, one)["phone"] = phone
    batch.add(HouseholdConsent, act)


def _is_newest(batch: Batch, household: HouseholdValues, act: HouseholdConsentValues, is_own: IsOwn) -> bool:
    """Whether no later act of the household is known. Of one phone's acts the one with the higher `seq` is
    later, of two phones' the one that happened later; a withdrawal comes after what happened with it."""
    ids = {one["id"] for one in _with_merged(batch, household)}
    return not any(
        _is_later(other, act, is_own)
        for other in batch.rows(HouseholdConsent)
        if other["household_id"] in ids and (act["kind"] != WITHDRAWN or other["kind"] != WITHDRAWN)
    )


def takes_over_number(session: Session, commune_id: str, losing_id: str, surviving_id: str) -> bool:
    """Whether of two households that are merged the newest act is that the losing one agreed."""
    found = _FIND_CONSENTS.rows(session, commune_id=commune_id, ids=[losing_id, surviving_id])
    consents = cast(list[HouseholdConsentValues], found)
    newest = max(consents, key=lambda act: (act["happened_at"], act["kind"] == WITHDRAWN), default=None)
    return newest is not None and newest["kind"] != WITHDRAWN and newest["household_id"] == losing_id


def _is_later(other: HouseholdConsentValues, act: HouseholdConsentValues, is_own: IsOwn) -> bool:
    if other["device_id"] is not None and is_own(other["device_id"]):
        return other["seq"] > act["seq"]
    if other["kind"] == WITHDRAWN:
        return other["happened_at"] >= act["happened_at"]
    return other["happened_at"] > act["happened_at"]


def _act(
    author: Author, household_id: str, place: tuple[int, int], consent: Consent | None
) -> HouseholdConsentValues:
    # However long ago it was: a consent that arrives late is not to seem later than a withdrawal.
    claimed_at = (consent.at if consent else author.occurred_at) + author.clock_offset
    return {
        "household_id": household_id,
        "version": place[0],
        "seq": place[1],
        "kind": consent.way if consent else WITHDRAWN,
        "wording_version": consent.wording_version if consent else 0,
        "happened_at": min(claimed_at, author.received_at),
        "received_at": author.received_at,
        "entered_by": author.account_id,
        "device_id": author.device_id,
    }


def _with_merged(batch: Batch, household: HouseholdValues) -> list[HouseholdValues]:
    """The household, and those of the batch that were merged into it."""
    merged = [one for one in batch.rows(Household) if one["merged_into"] == household["id"]]
    return [household, *merged]
