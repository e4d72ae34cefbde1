"""/desk/households/{id}/data-sheet: what is stored of one household, to print and hand over."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.commune import commune_of
from app.core.strings import _
from app.fieldwork.households.models import HOUSEHOLD_FACTS
from app.fieldwork.visits.models import VisitVersion
from app.intake.household_import.runs.queries import rows_of_household
from app.review.citizen_requests.household_data import HouseholdData, household_data
from app.review.visit_list.queries import VisitSummary
from app.web.desk.page.context import Desk, PathId
from app.web.desk.page.frame import REQUESTS
from app.web.desk.page.labels import RESULTS, badge, service_text, service_texts
from app.web.desk.records.households.household import consent_text, phone_text
from app.web.desk.records.quarantine.labels import EMPTY, HOUSEHOLD_FIELDS, household_value
from app.web.rendering import day, moment
from app.web.screens import screen

router = APIRouter()


@router.get("/desk/households/{household_id}/data-sheet")
def show_data_sheet(household_id: PathId, desk: Desk) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        data = household_data(session, desk.actor, household_id)
        lists = [
            (
                _("%(file)s, dòng %(row)s", file=run.file_name, row=row.row),
                " · ".join(part for part in (row.house_no, row.head_name, row.alley) if part),
            )
            for run, row in rows_of_household(session, desk.actor, household_id)
        ]
        return {
            "household": data.detail.household,
            "commune": commune_of(session, desk.actor),
            "facts": [*_facts(data), *lists],
            "changes": _changes(data),
            "visits": [_visit(one, data) for one in data.visits],
            "follow_ups": [
                _("%(day)s, đã quay lại", day=day(one.due_on)) if one.closed_by else day(one.due_on)
                for one in data.detail.follow_ups
            ],
        }

    return screen(desk, "desk/records/data_sheet.html", REQUESTS, load)


def _facts(data: HouseholdData) -> list[tuple[str, str]]:
    """The household's fields with their labels, its consents, its hamlet."""
    detail = data.detail
    fields = [
        (label, household_value(name, getattr(detail.household, name)))
        for name, label in HOUSEHOLD_FIELDS.items()
        if name != "phone" and (name not in HOUSEHOLD_FACTS or getattr(detail.household, name))
    ]
    consents = [
        (_("Đồng ý cho số điện thoại"), consent_text(one, with_writer=False)) for one in detail.consents
    ]
    phone = (HOUSEHOLD_FIELDS["phone"], phone_text(detail) or EMPTY)
    return [*fields, phone, *consents, (_("Thôn"), detail.hamlet)]


def _changes(data: HouseholdData) -> list[str]:
    """What each write of the household's fields has stored."""
    sentences = []
    for change in data.detail.changes:
        values = [
            _("%(field)s: %(value)s", field=HOUSEHOLD_FIELDS[name], value=household_value(name, value))
            for name, value in change.fields.items()
            if name in HOUSEHOLD_FIELDS
        ]
        if values:
            sentences.append(f"{moment(change.at)}: {'; '.join(values)}")
    return sentences


def _visit(summary: VisitSummary, data: HouseholdData) -> dict[str, Any]:
    """A visit with what was stored of it; `earlier`: what it said before it was amended."""
    visit = summary.visit
    facts = {
        _("Ghi chú"): visit.note,
        _("Hẹn quay lại"): day(visit.follow_up_on) if visit.follow_up_on else "",
        _("Còn cần"): _services(visit.needs, data),
        _("Không cần nữa"): _services(visit.dropped_needs, data),
        _("Cán bộ ghi"): visit.review_note,
        _("Người ghi trả lời"): "; ".join(answer["text"] for answer in visit.answers or ()),
    }
    return {
        "when": visit.happened_at,
        "result": RESULTS[visit.result],
        "services": service_texts(summary.services),
        "facts": [(label, value) for label, value in facts.items() if value],
        "state": badge(visit).text,
        "earlier": [_earlier(version, data) for version in data.earlier.get(visit.id, [])],
    }


def _earlier(version: VisitVersion, data: HouseholdData) -> str:
    content = version.content
    services = [
        service_text(one["outcome"], one["people"], data.catalog.get(one["code"], one["code"]), "person")
        for one in content["services"]
    ]
    due = content["follow_up_on"]
    parts = [
        RESULTS[content["result"]],
        *services,
        content["note"],
        _("Hẹn quay lại %(day)s", day=day(date.fromisoformat(due))) if due else "",
        _services(content.get("needs"), data),
        _services(content.get("dropped_needs"), data),
    ]
    return "; ".join(part for part in parts if part)


def _services(codes: list[str] | None, data: HouseholdData) -> str:
    return ", ".join(data.catalog.get(code, code) for code in codes or [])
