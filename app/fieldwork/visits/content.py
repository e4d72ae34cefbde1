"""The content of a visit: the fields that its author writes, their rules, and their form in a version."""

from datetime import timedelta
from typing import Annotated, cast

from pydantic import Field

from app.commune.accounts.author import Author
from app.commune.catalog.services import Outcome, Service
from app.core.batch import Batch
from app.core.errors import (
    DuplicateService,
    FollowUpInvalid,
    OutcomeNotAllowed,
    ServiceRequired,
    ServicesNotAllowed,
    ServiceUnknown,
)
from app.core.numbers.id_numbers import stored_text
from app.core.types import Command, Day, Uuid
from app.fieldwork.households.models import HouseholdValues
from app.fieldwork.visits.codes import WITHOUT_NEEDS, WITHOUT_SERVICES, Result
from app.fieldwork.visits.models import (
    VersionContent,
    VersionService,
    VisitContentValues,
    VisitService,
    VisitValues,
)

MAX_FOLLOW_UP_DELAY = timedelta(days=366)
MAX_SERVICES, MAX_PEOPLE, MAX_NOTE_LENGTH = 40, 20, 500

Code = Annotated[str, Field(max_length=64)]
Codes = Annotated[list[Code], Field(max_length=MAX_SERVICES)]


class ServiceEntry(Command):
    """One service in a visit; `people` counts persons, or applications where the catalog says so."""

    code: Code
    outcome: Code
    people: Annotated[int, Field(strict=True, ge=1, le=MAX_PEOPLE)] = 1

    @property
    def allowed_outcome(self) -> Outcome:
        """The outcome, after `check_content` has found it among those of its service."""
        return cast(Outcome, self.outcome)


class VisitContent(Command):
    """The fields of a visit that a volunteer writes.

    `needs`: services that the household still wants after the visit; `dropped_needs`: those that it does not
    want any more.
    """

    id: Uuid
    household_id: Uuid
    result: Result
    services: list[ServiceEntry] = Field(default_factory=list, max_length=MAX_SERVICES)
    note: Annotated[str, Field(max_length=MAX_NOTE_LENGTH)] | None = None
    follow_up_on: Day | None = None
    needs: Codes | None = None
    dropped_needs: Codes | None = None


def check_content(
    batch: Batch, author: Author, command: VisitContent, household: HouseholdValues
) -> VisitContentValues:
    """The content that the author wrote, for `household`, checked against the rules and the catalog.

    Raises `ServiceRequired`, `ServicesNotAllowed`, `DuplicateService`, `ServiceUnknown`, `OutcomeNotAllowed`,
    `FollowUpInvalid`, and `TextRefused` for the note.
    """
    _check_services(batch, command)
    _check_needs(batch, command)
    if command.follow_up_on and command.follow_up_on > author.counted_on + MAX_FOLLOW_UP_DELAY:
        raise FollowUpInvalid("follow_up_on")
    return {
        "household_id": household["id"],
        "result": command.result,
        "note": stored_text(command.note or "", "note"),
        "follow_up_on": command.follow_up_on,
        "needs": command.needs or None,
        "dropped_needs": command.dropped_needs or None,
    }


def _check_services(batch: Batch, command: VisitContent) -> None:
    if command.result == "helped" and not command.services:
        raise ServiceRequired("services")
    if command.result in WITHOUT_SERVICES and command.services:
        raise ServicesNotAllowed("services")
    if len({entry.code for entry in command.services}) != len(command.services):
        raise DuplicateService("services")
    for entry in command.services:
        # Services that are switched off are accepted: they were on when the volunteer chose them.
        service = batch.get(Service, entry.code)
        if service is None:
            raise ServiceUnknown("services")
        if entry.outcome not in service["outcomes"]:
            raise OutcomeNotAllowed("services")


def _check_needs(batch: Batch, command: VisitContent) -> None:
    codes = [*(command.needs or ()), *(command.dropped_needs or ())]
    if command.result in WITHOUT_NEEDS and codes:
        raise ServicesNotAllowed("needs")
    if len(set(codes)) != len(codes):
        raise DuplicateService("needs")
    if any(batch.get(Service, code) is None for code in codes):
        raise ServiceUnknown("needs")


def current_content(batch: Batch, row: VisitValues) -> VersionContent:
    """The content that a visit has now, its services in their order."""
    rows = [service for service in batch.rows(VisitService) if service["visit_id"] == row["id"]]
    rows.sort(key=lambda service: service["position"])
    services: list[VersionService] = [
        {"code": service["code"], "outcome": service["outcome"], "people": service["people"]}
        for service in rows
    ]
    return _version_content(row, services)


def submitted_content(content: VisitContentValues, command: VisitContent) -> VersionContent:
    """The content that a command brings; `content`: what `check_content` returned for it."""
    services: list[VersionService] = [
        {"code": entry.code, "outcome": entry.allowed_outcome, "people": entry.people}
        for entry in command.services
    ]
    return _version_content(content, services)


def _version_content(content: VisitContentValues, services: list[VersionService]) -> VersionContent:
    day = content["follow_up_on"]
    version: VersionContent = {
        "household_id": content["household_id"],
        "result": content["result"],
        "note": content["note"],
        "follow_up_on": day.isoformat() if day else None,
        "services": services,
    }
    if content["needs"]:
        version["needs"] = content["needs"]
    if content["dropped_needs"]:
        version["dropped_needs"] = content["dropped_needs"]
    return version
