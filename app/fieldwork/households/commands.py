"""Commands on households: add and amend."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.commune.accounts.access import MAX_DELAY
from app.commune.accounts.author import Author
from app.core.batch import Batch
from app.core.errors import (
    AlreadyExists,
    FieldConflict,
    HamletUnknown,
    HouseholdUnknown,
    LabelErased,
    OperationInvalid,
    PhoneInvalid,
)
from app.core.feed import Tombstone
from app.core.numbers.id_numbers import mask_id_numbers, stored_text
from app.core.numbers.phone import normalize_phone
from app.core.text import nfc
from app.core.types import Command, Id, Number, Uuid
from app.fieldwork.households import consents, versions
from app.fieldwork.households.consents import Consent
from app.fieldwork.households.models import (
    HOUSEHOLD_FACTS,
    FactValue,
    Household,
    HouseholdState,
    HouseholdValues,
    HouseholdVersion,
    HouseholdVersionValues,
)

NAME_LENGTH, HOUSE_NO_LENGTH, ALLEY_LENGTH = 120, 60, 160  # characters

Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]
HouseNo = Annotated[str, Field(max_length=HOUSE_NO_LENGTH)]
Alley = Annotated[str, Field(max_length=ALLEY_LENGTH)]
Phone = Annotated[str, Field(max_length=20)]


class AddHousehold(Command):
    """Data of `household.add`."""

    id: Uuid
    hamlet_id: Id
    head_name: Name
    house_no: HouseNo | None = None
    alley: Alley | None = None
    phone: Phone | None = None
    consent: Consent | None = None


class AmendHousehold(Command):
    """Data of `household.amend`: the fields that change, and the version that the author changed.

    An empty `phone` withdraws the household's consent.
    """

    id: Uuid
    base_version: Number
    head_name: Name | None = None
    house_no: HouseNo | None = None
    alley: Alley | None = None
    phone: Phone | None = None
    consent: Consent | None = None
    state: HouseholdState | None = None
    smart_device: FactValue | None = None
    business: FactValue | None = None


def add(batch: Batch, author: Author, command: AddHousehold) -> int:
    """Add a household; returns its version, 1.

    Raises `HamletUnknown`, `AlreadyExists`, `OperationInvalid`, `TextRefused`, `PhoneInvalid` and
    `LabelErased`.
    """
    hamlet_id = author.merged_hamlets.get(command.hamlet_id, command.hamlet_id)
    if hamlet_id not in author.hamlet_ids:
        raise HamletUnknown("hamlet_id")
    if batch.get(Household, command.id):
        raise AlreadyExists("id")
    written, phone = _written(command), _phone(command)
    if author.names_erased:
        raise LabelErased("head_name")
    label = (command.head_name, command.house_no or "", command.alley or "")
    row = new_household(command.id, hamlet_id, *label)
    batch.add(Household, row)
    versions.add_version(batch, author, command.id, 1, {"hamlet_id": hamlet_id, **written})
    if phone:
        consents.write_number(batch, author, row, (1, author.seq), phone, command.consent)
    return 1


def amend(batch: Batch, author: Author, command: AmendHousehold) -> int:
    """Change some fields; returns the version of the write.

    Nothing is applied and `FieldConflict` is raised if another phone has changed one of the fields since
    `base_version`, to another value. A field that was set by a newer write stays, in whatever order the
    writes arrive: of one phone's writes the one with the higher `seq` is newer; of two that are sent again
    after a restore, the one with the higher version, if its author had seen the other. If not, they conflict,
    as they would have before the restore. Of the telephone number the household's newest act decides.

    Also raises `HouseholdUnknown`, and what `add` raises for its fields.
    """
    row = resolve_household(batch, author, command.id)
    if row["id"] != command.id:
        return _amend_merged(batch, author, command, row)
    # After a restore phones may name versions that the server has lost, up to `version_floor`.
    if command.base_version > max(row["version"], author.version_floor):
        raise OperationInvalid("base_version")
    written, phone = _written(command), _phone(command)
    written_before = versions.of_household(batch, command.id)
    author = author.with_valid_acked_version(written_before)
    late = versions.fields_written_later(author, written_before, own=True) & written.keys()
    unseen = [one for one in written_before if versions.is_unseen(one, author, command.base_version)]
    versions.refuse_conflicts(row, {name: written[name] for name in written.keys() - late}, unseen)
    late |= versions.fields_written_later(author, written_before, own=False) & written.keys()
    applied = {name: value for name, value in written.items() if name not in late}
    in_order = author.acked_version or author.superseding_version(written_before)
    number = (
        in_order if author.acked_version or (late and not applied) else author.next_version(row["version"])
    )
    batch.change(Household, row, applied)["version"] = max(row["version"], number)
    versions.add_version(batch, author, command.id, number, written, command.base_version, late)
    if "phone" in command.model_fields_set:
        consents.write_number(batch, author, row, (number, author.seq), phone, command.consent)
    return in_order or number


def resolve_household(batch: Batch, author: Author, household_id: str) -> HouseholdValues:
    """The household, or its survivor if it was merged. Raises `HouseholdUnknown` if the author may not write
    there, or if it was erased."""
    row = batch.get(Household, household_id)
    if row is not None and row["merged_into"]:
        row = batch.get(Household, row["merged_into"])
    if row is None or row["erased_at"] or not may_write(batch, author, row):
        raise HouseholdUnknown("household_id")
    return row


def may_write(batch: Batch, author: Author, household: HouseholdValues) -> bool:
    """Whether the author is in charge of the household's hamlet.

    Also if the household, or one merged into it, was in a hamlet of the author within the last 90 days:
    phones still send what was written for it there.
    """
    if household["hamlet_id"] in author.hamlet_ids:
        return True
    return _has_left(batch, author, household) or any(
        row["merged_into"] == household["id"]
        and row["hamlet_id"] in author.hamlet_ids
        and _is_recent(row["merged_at"], author)
        for row in batch.rows(Household)
        if household["merged_at"]
    )


def _has_left(batch: Batch, author: Author, household: HouseholdValues) -> bool:
    """Whether a supervisor has moved the household from a hamlet of the author within the last 90 days."""
    return _is_recent(household["moved_at"], author) and any(
        batch.get(Tombstone, ("household", household["id"], hamlet_id)) is not None
        for hamlet_id in author.hamlet_ids
    )


def _is_recent(instant: datetime | None, author: Author) -> bool:
    return instant is not None and instant > author.received_at - MAX_DELAY


def new_household(
    household_id: str, hamlet_id: str, head_name: str, house_no: str, alley: str
) -> HouseholdValues:
    """The row of a new household, without a phone number, to which a list has no consent."""
    return {
        "id": household_id,
        "hamlet_id": hamlet_id,
        "head_name": stored_text(head_name, "head_name"),
        "house_no": nfc(house_no, "house_no"),
        "alley": nfc(alley, "alley"),
        "phone": None,
        "state": "active",
        "smart_device": None,
        "business": None,
        "version": 1,
        "merged_into": None,
        "merged_at": None,
        "moved_at": None,
        "erased_at": None,
    }


def add_imported(batch: Batch, household: HouseholdValues, received_at: datetime) -> None:
    """Add a row of `new_household` from an imported list, without an author.

    Its first version lets a later import recognise the household after its label was amended.
    """
    batch.add(Household, household)
    first: HouseholdVersionValues = {
        "household_id": household["id"],
        "version": 1,
        "base_version": 0,
        "fields": {
            "hamlet_id": household["hamlet_id"],
            "head_name": household["head_name"],
            "house_no": household["house_no"],
            "alley": household["alley"],
        },
        "late": [],
        "written_by": None,
        "device_id": None,
        "seq": 0,
        "received_at": received_at,
    }
    batch.add(HouseholdVersion, first)


def _amend_merged(batch: Batch, author: Author, command: AmendHousehold, household: HouseholdValues) -> int:
    """Apply a change of a merged household to its survivor, `household`.

    The merge decided the fields in which the two differ: changing one raises `FieldConflict`, unless the
    author's own phone has set it since. The state `mistake` is ignored, because every merged household has
    it.
    """
    merged = batch.get(Household, command.id)
    assert merged is not None, "the survivor was found through it"
    assert merged["merged_at"] is not None, "set by the merge"
    if command.base_version > max(merged["version"], author.version_floor):
        raise OperationInvalid("base_version")
    written, phone = _written(command), _phone(command)
    if written.get("state") == "mistake":
        del written["state"]
    before: dict[str, object] = {**merged, "state": "active"}
    now: dict[str, object] = {**household}
    own = versions.own_fields_since(
        merged["merged_at"], author, versions.of_household(batch, household["id"])
    )
    changed = {name: value for name, value in written.items() if value != now[name]}
    conflicts = sorted(name for name in changed if now[name] != before[name] and name not in own)
    if conflicts:
        raise FieldConflict(*conflicts)
    # A restore may undo the merge: the version must be above all versions of the merged household, too.
    version = max(household["version"], merged["version"])
    if changed or "phone" in command.model_fields_set:
        version = replace(author, acked_version=0).next_version(version)
        late = {name for name in changed if own.get(name, 0) > author.seq}
        applied = {name: value for name, value in changed.items() if name not in late}
        batch.change(Household, household, applied)["version"] = version
        versions.add_version(batch, author, household["id"], version, changed, 0, late)
    if "phone" in command.model_fields_set:
        consents.write_number(batch, author, household, (version, author.seq), phone, command.consent)
    return version


def _written(command: AddHousehold | AmendHousehold) -> dict[str, str | None]:
    """The fields that a command sets, normalized. Raises as `add` does."""
    written: dict[str, str | None] = {}
    for name in command.model_fields_set & {"head_name", "house_no", "alley"}:
        written[name] = nfc(getattr(command, name) or "", name)
    if "head_name" in written:
        written["head_name"] = mask_id_numbers(written["head_name"] or "")
        if not written["head_name"]:
            raise OperationInvalid("head_name")
    if isinstance(command, AmendHousehold):
        for name in command.model_fields_set & {"state", *HOUSEHOLD_FACTS}:
            written[name] = getattr(command, name)
            if written[name] is None:
                raise OperationInvalid(name)
    return written


def _phone(command: AddHousehold | AmendHousehold) -> str | None:
    """The number, which has a consent: one without was left out before. Raises `PhoneInvalid`."""
    if not command.phone:
        return None
    if not command.consent:
        raise OperationInvalid("consent")
    phone = normalize_phone(command.phone)
    if phone is None:
        raise PhoneInvalid("phone")
    return phone
