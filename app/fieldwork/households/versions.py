"""The versions of a household, and conflicts between a change and the versions before it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import itemgetter

from app.commune.accounts.author import Author
from app.core.batch import Batch
from app.core.errors import FieldConflict
from app.fieldwork.households.models import HouseholdValues, HouseholdVersion, HouseholdVersionValues


def of_household(batch: Batch, household_id: str) -> list[HouseholdVersionValues]:
    """The versions of one household that the batch has."""
    return [row for row in batch.rows(HouseholdVersion) if row["household_id"] == household_id]


def is_unseen(version: HouseholdVersionValues, author: Author, base_version: int) -> bool:
    """Whether `version`, another phone's write, and `author`'s write, based on `base_version`, were made
    without seeing each other.

    If `author`'s write is sent again after a restore, the other phone has seen it exactly if `version` is
    based on a version of the ended epoch that is not below `acked_version`; versions of the new epoch were
    shown without it. `version` itself must not be compared with `acked_version`: of two restores, the earlier
    one may have removed the other write.
    """
    if author.is_own(version["device_id"]):
        return False
    seen_by_other = (
        author.acked_version and author.acked_version <= version["base_version"] <= author.version_floor
    )
    return version["version"] > base_version and not seen_by_other


def fields_written_later(author: Author, versions: list[HouseholdVersionValues], *, own: bool) -> set[str]:
    """The fields that later writes of the author's phone set (`own`), or that later writes of other phones
    set and that were applied."""
    return {
        name
        for one in versions
        if author.is_own(one["device_id"]) is own and author.is_older_than(one)
        for name in one["fields"]
        if own or name not in one["late"]
    }


def own_fields_since(
    merged_at: datetime, author: Author, versions: list[HouseholdVersionValues]
) -> dict[str, int]:
    """The fields last set by a change that the author's phone addressed to the merged household, with its
    `seq`.

    Such a change is a version with `base_version` 0 that is not the first.
    """
    last: dict[str, HouseholdVersionValues] = {}
    for version in sorted(versions, key=itemgetter("version")):
        last |= dict.fromkeys(version["fields"].keys() - set(version["late"]), version)
    return {
        name: version["seq"]
        for name, version in last.items()
        if author.is_own(version["device_id"])
        and version["base_version"] == 0 < version["version"] - 1
        and version["received_at"] >= merged_at
    }


def refuse_conflicts(
    row: HouseholdValues, written: Mapping[str, str | None], others: list[HouseholdVersionValues]
) -> None:
    """Raises `FieldConflict` naming the `written` fields that `others` set, if the row has another value."""
    theirs = {name for version in others for name in version["fields"] if name not in version["late"]}
    values: Mapping[str, object] = row
    conflicts = sorted(name for name in written if name in theirs and written[name] != values[name])
    if conflicts:
        raise FieldConflict(*conflicts)


def add_version(
    batch: Batch,
    author: Author,
    household_id: str,
    version: int,
    fields: dict[str, str | None],
    base_version: int = 0,
    late: Iterable[str] = (),
) -> None:
    """Add a version for a write of `author`; the arguments are the columns of `HouseholdVersion`."""
    row: HouseholdVersionValues = {
        "household_id": household_id,
        "version": version,
        "base_version": base_version,
        "fields": fields,
        "late": sorted(late),
        "written_by": author.account_id,
        "device_id": author.device_id,
        "seq": author.seq,
        "received_at": author.received_at,
    }
    batch.add(HouseholdVersion, row)
