"""What can be done to households: add one, amend one."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.accounts.access import LATE
from app.accounts.author import Author
from app.accounts.sign_in import normal_phone
from app.core.batch import Batch, Row
from app.core.errors import (
    AlreadyExists,
    FieldConflict,
    HamletUnknown,
    HouseholdUnknown,
    OperationInvalid,
    PhoneInvalid,
    PhoneWithoutConsent,
)
from app.core.shapes import Command, Number, Token, Uuid
from app.core.text import nfc
from app.households import versions
from app.households.models import Household, HouseholdVersion

NAME_LENGTH, HOUSE_NO_LENGTH, ALLEY_LENGTH = 120, 60, 160  # characters

# What every household begins with.
_NEW: Row = {"state": "active", "version": 1, "merged_into": None, "merged_at": None}

Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]
HouseNo = Annotated[str, Field(max_length=HOUSE_NO_LENGTH)]
Alley = Annotated[str, Field(max_length=ALLEY_LENGTH)]
Phone = Annotated[str, Field(max_length=20)]
HouseholdState = Literal["active", "moved", "empty", "mistake"]


class AddHousehold(Command):
    """Data of `household.add`."""

    id: Uuid
    hamlet_id: Token
    head_name: Name
    house_no: HouseNo | None = None
    alley: Alley | None = None
    phone: Phone | None = None
    phone_consent: bool = False


class AmendHousehold(Command):
    """Data of `household.amend`: only the fields that change, and the version they were written upon."""

    id: Uuid
    base_version: Number
    head_name: Name | None = None
    house_no: HouseNo | None = None
    alley: Alley | None = None
    phone: Phone | None = None
    phone_consent: bool = False
    state: HouseholdState | None = None


def add(batch: Batch, author: Author, command: AddHousehold) -> int:
    """A household the list did not have. Raises `HamletUnknown`, `AlreadyExists`, text and phone faults."""
    if command.hamlet_id not in author.hamlet_ids:
        raise HamletUnknown("hamlet_id")
    if batch.get(Household, command.id):
        raise AlreadyExists("id")
    written = _written(command)
    row = {"id": command.id, "hamlet_id": command.hamlet_id, **_NEW, **written}
    batch.add(Household, {"house_no": "", "alley": "", "phone": None, **row})
    versions.keep(batch, author, command.id, 1, {"hamlet_id": command.hamlet_id, **written})
    return 1


def amend(batch: Batch, author: Author, command: AmendHousehold) -> int:
    """Change some fields. Fields that nobody else changed since `base_version` merge; a field somebody
    else changed meanwhile raises `FieldConflict` and nothing is applied.

    Older never beats newer: a field that this phone wrote later stays, though that arrived earlier; so does,
    when a write comes again after a restore, one whose version is higher than the one it had, if its author
    had seen this write. If not, the two conflict as they would have, whichever comes back first.
    """
    row = known_household(batch, author, command.id)
    if row["id"] != command.id:
        return _amend_merged(batch, author, command, row)
    # A restore takes versions away that phones have built upon.
    if command.base_version > max(row["version"], author.floor):
        raise OperationInvalid("base_version")
    written = _written(command)
    written_before = versions.of_household(batch, command.id)
    author = author.upon(written_before)
    late = versions.later_fields(author, written_before, own=True) & written.keys()
    unseen = [one for one in written_before if versions.is_unseen(one, author, command.base_version)]
    versions.refuse_conflicts(row, {name: written[name] for name in written.keys() - late}, unseen)
    late |= versions.later_fields(author, written_before, own=False) & written.keys()
    applied = {name: value for name, value in written.items() if name not in late}
    in_order = author.had or author.newer_number(written_before)
    number = in_order if author.had or (late and not applied) else author.next_version(row["version"])
    batch.change(Household, row, version=max(row["version"], number), **applied)
    versions.keep(batch, author, command.id, number, written, command.base_version, late)
    return in_order or number


def known_household(batch: Batch, author: Author, household_id: str) -> Row:
    """The household, or the one it was merged into, if the author may write there.

    Raises `HouseholdUnknown`.
    """
    row = batch.get(Household, household_id)
    if row is not None and row["merged_into"]:
        row = batch.get(Household, row["merged_into"])
    if row is None or not may_write(batch, author, row):
        raise HouseholdUnknown("household_id")
    return row


def may_write(batch: Batch, author: Author, home: Row) -> bool:
    """Whether one of the author's hamlets is the household's, or was that of one merged into it within the
    last 90 days: what their phones still hold of it lands here."""
    if home["hamlet_id"] in author.hamlet_ids:
        return True
    return home["merged_at"] is not None and any(
        row["merged_into"] == home["id"]
        and row["hamlet_id"] in author.hamlet_ids
        and row["merged_at"] > author.received_at - LATE
        for row in batch.rows(Household)
    )


def imported(household_id: str, hamlet_id: str, head_name: str, house_no: str, alley: str) -> Row:
    """A household's row from a list: no phone number, because a list carries no consent."""
    label = {
        "head_name": nfc(head_name, "head_name"),
        "house_no": nfc(house_no, "house_no"),
        "alley": nfc(alley, "alley"),
    }
    return {
        "id": household_id,
        "hamlet_id": hamlet_id,
        "phone": None,
        **_NEW,
        **label,
    }


def add_listed(batch: Batch, home: Row, received_at: datetime) -> None:
    """A household from a list, a row of `imported`; no account and no phone wrote it.

    Its first version is kept, so that the same list is known again after somebody mended the label.
    """
    batch.add(Household, home)
    label = {name: home[name] for name in ("hamlet_id", "head_name", "house_no", "alley")}
    nobody: Row = {"written_by": None, "device_id": None, "seq": 0, "received_at": received_at}
    first = {"household_id": home["id"], "version": 1, "base_version": 0, "fields": label, "late": []}
    batch.add(HouseholdVersion, first | nobody)


def _amend_merged(batch: Batch, author: Author, command: AmendHousehold, home: Row) -> int:
    """A change of a household that was merged lands on the one it turned out to be.

    A field that both had alike changes; one in which they differed was decided by the merging, and raises
    `FieldConflict`, unless the author's own phone has changed it so since. That it was a mistake, the merging
    has said.
    """
    merged = batch.get(Household, command.id)
    assert merged is not None, "its survivor was found through it"
    if command.base_version > max(merged["version"], author.floor):
        raise OperationInvalid("base_version")
    written = _written(command)
    if written.get("state") == "mistake":
        del written["state"]
    before = merged | {"state": "active"}
    own = versions.own_fields_since(merged["merged_at"], author, versions.of_household(batch, home["id"]))
    changed = {name: value for name, value in written.items() if value != home[name]}
    conflicts = sorted(name for name in changed if home[name] != before[name] and name not in own)
    if conflicts:
        raise FieldConflict(*conflicts)
    # A restore may undo the merging: then this number must be above all that the merged household has had.
    version: int = max(home["version"], merged["version"])
    if changed:
        version = replace(author, had=0).next_version(version)
        late = {name for name in changed if own.get(name, 0) > author.seq}
        applied = {name: value for name, value in changed.items() if name not in late}
        batch.change(Household, home, version=version, **applied)
        versions.keep(batch, author, home["id"], version, changed, 0, late)
    return version


def _written(command: AddHousehold | AmendHousehold) -> dict[str, Any]:
    """The fields a command sets, cleaned."""
    written: dict[str, Any] = {}
    for name in command.model_fields_set & {"head_name", "house_no", "alley"}:
        written[name] = nfc(getattr(command, name) or "", name)
    if "head_name" in command.model_fields_set and not written["head_name"]:
        raise OperationInvalid("head_name")
    if "phone" in command.model_fields_set:
        written["phone"] = _consented_phone(command)
    if isinstance(command, AmendHousehold) and "state" in command.model_fields_set:
        if command.state is None:
            raise OperationInvalid("state")
        written["state"] = command.state
    return written


def _consented_phone(command: AddHousehold | AmendHousehold) -> str | None:
    if not command.phone:
        return None
    if not command.phone_consent:
        raise PhoneWithoutConsent("phone")
    phone = normal_phone(command.phone)
    if phone is None:
        raise PhoneInvalid("phone")
    return phone
