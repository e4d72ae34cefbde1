"""The versions of a household: what a patch is judged by."""

from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter
from typing import Any

from app.accounts.author import Author
from app.core.batch import Batch, Row
from app.core.errors import FieldConflict
from app.households.models import HouseholdVersion


def of_household(batch: Batch, household_id: str) -> list[Row]:
    """The versions of one household that the batch knows."""
    return [row for row in batch.rows(HouseholdVersion) if row["household_id"] == household_id]


def is_unseen(version: Row, author: Author, base_version: int) -> bool:
    """Whether this version is another phone's, and its author and that of a write upon `base_version` had not
    seen each other's.

    A write that comes again after a restore was there, as the number it `had`, for those who wrote upon a
    version from that one on; not for those who wrote upon what the restored server has shown since. That it
    had the higher number says nothing: between two restores the other one may not have been there.
    """
    if author.is_own(version["device_id"]):
        return False
    had_seen_it = author.had and author.had <= version["base_version"] <= author.floor
    return version["version"] > base_version and not had_seen_it


def later_fields(author: Author, versions: list[Row], *, own: bool) -> set[str]:
    """The fields that a later write of the author's phone, or of others, has set. What another phone wrote
    late has set nothing."""
    return {
        name
        for one in versions
        if author.is_own(one["device_id"]) is own
        and author.is_before(one["device_id"], one["seq"], one["version"])
        for name in one["fields"]
        if own or name not in one["late"]
    }


def own_fields_since(merged_at: datetime, author: Author, versions: list[Row]) -> dict[str, int]:
    """The fields that a change from the author's phone of the merged household set last, each with the number
    of that change."""
    last: dict[str, Row] = {}
    for version in sorted(versions, key=itemgetter("version")):
        last |= dict.fromkeys(version["fields"].keys() - set(version["late"]), version)
    return {
        name: version["seq"]
        for name, version in last.items()
        if author.is_own(version["device_id"])
        and version["base_version"] == 0 < version["version"] - 1
        and version["received_at"] >= merged_at
    }


def refuse_conflicts(row: Row, written: dict[str, Any], others: list[Row]) -> None:
    """Raises `FieldConflict` over the `written` fields that others set, and to another value."""
    theirs = {name for version in others for name in version["fields"] if name not in version["late"]}
    conflicts = sorted(name for name in written if name in theirs and written[name] != row[name])
    if conflicts:
        raise FieldConflict(*conflicts)


def keep(
    batch: Batch,
    author: Author,
    household_id: str,
    version: int,
    fields: Row,
    base_version: int = 0,
    late: Iterable[str] = (),
) -> None:
    """A new version: what the author wrote; `base_version` and `late` as `HouseholdVersion` has them."""
    row = {"household_id": household_id, "version": version, "base_version": base_version, "fields": fields}
    writer = {"written_by": author.account_id, "device_id": author.device_id, "seq": author.seq}
    batch.add(HouseholdVersion, row | writer | {"late": sorted(late), "received_at": author.received_at})
