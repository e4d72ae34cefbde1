"""What templates/field/_visit_fields.html shows of an entry; on the phone visitForm.ts makes the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.commune.catalog.services import Service
from app.core.numbers.id_numbers import mask_id_numbers
from app.core.strings import _
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.labels import OUTCOMES, PILLARS, RESULTS
from app.web.desk.visits.paper.entry import PICK, UNKNOWN, Entry, follow_up_day, last_follow_up
from app.web.desk.visits.paper.needs import FRONT_SERVICES, NeedFields, need_fields
from app.web.rendering import day as format_day


@dataclass(frozen=True)
class ServiceChoice:
    """A service to tick, with its outcomes: the `first` ones are in sight."""

    code: str
    pillar: str
    label: str
    chosen: bool
    first: list[Option]
    others: list[Option]
    others_open: bool
    unit: str
    people: str
    error: str
    people_error: str


@dataclass(frozen=True)
class PillarChoice:
    """The services of a pillar that are not among the front ones."""

    label: str
    services: list[ServiceChoice]


@dataclass(frozen=True)
class FollowUpDay:
    """A day offered for the follow-up. Paper has none: the days that the phone offers count from today."""

    value: str
    label: str
    date: str
    chosen: bool


@dataclass(frozen=True)
class VisitFields(NeedFields):
    """The fields of a visit's form, by the names that the phone's template reads."""

    marked_field: str
    results: list[Option]
    result_error: str
    come_back: bool
    services: list[ServiceChoice]
    services_error: str
    pillars: list[PillarChoice]
    pillars_open: bool
    note: str
    note_digits: bool
    note_error: str
    follow_up_days: list[FollowUpDay]
    chosen_pick: bool
    chosen_unknown: bool
    chosen_none: bool
    follow_up_on: str
    follow_up_text: str
    follow_up_open: bool
    follow_up_min: str
    follow_up_max: str
    follow_up_error: str


def visit_fields(
    entry: Entry,
    catalog: dict[str, Service],
    visited_on: date,
    open_needs: Sequence[str],
    problems: dict[str, str],
) -> VisitFields:
    """The fields with what was entered; `open_needs`: what the household wanted before the visit, `problems`:
    sentences by field."""
    ordered = sorted(catalog.values(), key=lambda service: service.position)
    shown = [service for service in ordered if service.active or service.code in entry.services]
    front, rest = shown[:FRONT_SERVICES], shown[FRONT_SERVICES:]
    follow_up = follow_up_day(entry, visited_on)
    return VisitFields(
        marked_field="",
        results=[Option(value, label, value == entry.result) for value, label in RESULTS.items()],
        result_error=problems.get("result", ""),
        come_back=entry.result == "come_back",
        services=[_choice(service, entry, problems) for service in front],
        services_error=problems.get("services", ""),
        pillars=_pillars(rest, entry, problems),
        pillars_open=any(service.code in entry.services for service in rest),
        note=entry.note,
        note_digits=mask_id_numbers(entry.note) != entry.note,
        note_error=problems.get("note", ""),
        **vars(need_fields(entry, shown, catalog, open_needs)),
        follow_up_days=[],
        chosen_pick=entry.follow_up == PICK,
        chosen_unknown=entry.follow_up == UNKNOWN,
        chosen_none=entry.follow_up == "",
        follow_up_on=follow_up.isoformat() if follow_up else entry.follow_up_on,
        follow_up_text=format_day(follow_up) if follow_up else "",
        follow_up_open=entry.follow_up != "" or entry.result == "come_back",
        follow_up_min=visited_on.isoformat(),
        follow_up_max=last_follow_up(visited_on).isoformat(),
        follow_up_error=problems.get("follow_up", ""),
    )


def _pillars(rest: list[Service], entry: Entry, problems: dict[str, str]) -> list[PillarChoice]:
    pillars = [
        PillarChoice(label, [_choice(one, entry, problems) for one in rest if one.pillar == pillar])
        for pillar, label in PILLARS.items()
    ]
    return [pillar for pillar in pillars if pillar.services]


def _choice(service: Service, entry: Entry, problems: dict[str, str]) -> ServiceChoice:
    entered = entry.services.get(service.code)
    outcome = entered.outcome if entered else ""
    others = [value for value in service.outcomes if value not in service.first]
    return ServiceChoice(
        code=service.code,
        pillar=service.pillar,
        label=service.label,
        chosen=entered is not None,
        first=[Option(value, OUTCOMES[value], value == outcome) for value in service.first],
        others=[Option(value, OUTCOMES[value], value == outcome) for value in others],
        others_open=outcome in others,
        unit=_("Số hồ sơ") if service.unit == "applications" else _("Số người"),
        people=entered.people if entered else "1",
        error=problems.get(f"outcome-{service.code}", ""),
        people_error=problems.get(f"people-{service.code}", ""),
    )
