"""/desk/households/{id}: everything about one household, and what one click changes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.core.audit import views
from app.core.errors import Invalid, NotFound, StaleDecision, UndoTooLate
from app.core.numbers.phone import display_phone
from app.core.strings import _, lazy
from app.fieldwork.households.models import HOUSEHOLD_FACTS, Household
from app.intake.household_import.runs.queries import rows_of_household
from app.reports.extras.models import wanted_extras
from app.review.deduplication.undoing import recent_merges, undo_merge
from app.review.register.commands import set_fact, set_state
from app.review.register.detail import ConsentLine, HouseholdChange, HouseholdDetail, household_detail
from app.review.register.telephone_numbers import withdraw_number
from app.upkeep.erasure.commands import erasure_requests
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.frame import HOUSEHOLDS
from app.web.desk.page.labels import RESULTS, badge, service_texts
from app.web.desk.records.quarantine.labels import (
    EMPTY,
    FACT_VALUES,
    HOUSEHOLD_FIELDS,
    HOUSEHOLD_STATES,
    UNKNOWN_FACT,
    household_value,
)
from app.web.rendering import moment
from app.web.screens import screen

router = APIRouter()
_PATH = "/desk/households/{household_id}"
Typed = Annotated[str, Form(max_length=40)]
_DONE = {
    "added": lazy("Đã thêm hộ. Máy của tổ nhận ở lần liên lạc sau."),
    "edited": lazy("Đã sửa thông tin hộ."),
    "state": lazy("Đã đổi tình trạng của hộ."),
    "unmerged": lazy("Đã hoàn tác gộp. Hai hộ, lượt thăm và lời hẹn trở lại như trước."),
    "merged": lazy("Đã gộp. Lượt thăm và lời hẹn đã chuyển sang hộ này."),
    "number": lazy("Đã ghi số điện thoại. Máy của tổ nhận khi hộ có lời hẹn."),
    "number_withdrawn": lazy("Đã xóa số điện thoại. Máy của tổ xóa ở lần liên lạc sau."),
    "erased": lazy("Đã xóa dữ liệu của hộ. Máy của các tổ xóa ở lần liên lạc sau."),
    "refused": lazy("Đã ghi việc từ chối xóa."),
    "moved": lazy("Đã chuyển thôn. Máy của hai thôn nhận ở lần liên lạc sau; lượt chưa gửi vẫn được tính."),
}


@dataclass(frozen=True)
class FactLine:
    """A fact that the household has said of itself; `said`: by what write, None if that is not stored any
    more."""

    name: str
    value: str
    said: HouseholdChange | None


@router.get(_PATH)
def show_household(household_id: PathId, desk: Desk, done: str = "") -> Response:
    """The page; `done` names what was just done."""
    return household_page(desk, household_id, done)


@router.post(f"{_PATH}/state")
def change_state(household_id: PathId, desk: Desk, version: FormVersion, state: Typed = "") -> Response:
    """*Hộ đã chuyển đi*, *Nhà trống*, *Thêm nhầm*, *Đưa lại vào danh sách*."""
    try:
        desk.database.write(
            lambda session: set_state(session, desk.actor, household_id, version, state, desk.now)
        )
    except StaleDecision:
        return household_page(desk, household_id, seen=version)
    except Invalid as error:
        raise NotFound from error
    return _done(household_id, "state")


@router.post(f"{_PATH}/facts")
def change_fact(
    household_id: PathId, desk: Desk, version: FormVersion, fact: Typed = "", value: Typed = ""
) -> Response:
    """*Có*, *Không*, *Chưa biết*."""
    try:
        desk.database.write(
            lambda session: set_fact(session, desk.actor, household_id, version, (fact, value), desk.now)
        )
    except StaleDecision:
        return household_page(desk, household_id, seen=version)
    except Invalid as error:
        raise NotFound from error
    return _done(household_id, "edited")


@router.post(f"{_PATH}/number/withdraw")
def withdraw(household_id: PathId, desk: Desk) -> Response:
    """*Hộ rút đồng ý: xóa số*."""
    desk.database.write(lambda session: withdraw_number(session, desk.actor, household_id, desk.now))
    return _done(household_id, "number_withdrawn")


@router.post(f"{_PATH}/unmerge")
def unmerge(household_id: PathId, desk: Desk) -> Response:
    """*Hoàn tác gộp* of the household that was merged into another. If it cannot be undone, the page of the
    survivor says why."""
    try:
        desk.database.write(lambda session: undo_merge(session, desk.actor, household_id, desk.now))
    except (StaleDecision, UndoTooLate):
        return _done(household_id, "stands")
    return _done(household_id, "unmerged")


def household_page(
    desk: DeskContext, household_id: str, done: str = "", *, seen: int | None = None
) -> Response:
    """The page of a household. `seen`: the version that a change was made from and refused for, because it is
    not the newest. Raises `NotFound`."""

    def load(session: Session) -> Mapping[str, Any]:
        detail = household_detail(session, desk.actor, household_id)
        household = detail.household
        first = next((change for change in detail.changes if change.version == 1), None)
        return {
            "detail": detail,
            "one": household,
            "first": first,
            "done": _DONE.get(done, ""),
            "problem": done == "stands",
            "missed": [] if seen is None else _missed(detail, seen),
            "states": HOUSEHOLD_STATES,
            "phone": phone_text(detail),
            "consents": [consent_text(one) for one in detail.consents],
            "facts": fact_lines(session, desk.actor, detail),
            "fact_values": {**FACT_VALUES, "": UNKNOWN_FACT},
            "fields": HOUSEHOLD_FIELDS,
            "listed_as": _listed_as(first, household),
            "lists": rows_of_household(session, desk.actor, household_id),
            "recent": recent_merges(session, desk.actor, household_id, desk.now),
            "requests": erasure_requests(session, desk.actor, household_id),
            "results": RESULTS,
            "visits": [(one, badge(one.visit), service_texts(one.services)) for one in detail.visits],
            "changes": [
                (change, change_text(change), change_details(change, detail))
                for change in reversed(detail.changes)
                if change.version > 1 and change.fields
            ],
        }

    answer = screen(desk, "desk/records/household.html", HOUSEHOLDS, load, 200 if seen is None else 409)
    desk.note_view(views.HOUSEHOLD, household_id)
    return answer


def changes_since(session: Session, actor: Actor, household_id: str, seen: int) -> list[str]:
    """What was written after the version `seen`, in a sentence each. Raises `NotFound`."""
    return _missed(household_detail(session, actor, household_id), seen)


def fact_lines(session: Session, actor: Actor, detail: HouseholdDetail) -> list[FactLine]:
    """The facts that the commune wants, and those that are stored: they can be corrected when nobody asks
    any more."""
    wanted, household = wanted_extras(session, actor), detail.household
    shown = [name for name in HOUSEHOLD_FACTS if name in wanted or getattr(household, name)]
    lines = []
    for name in [] if household.erased_at else shown:
        value: str = getattr(household, name) or ""
        said = [one for one in detail.changes if one.fields.get(name) == value and name not in one.late]
        lines.append(FactLine(name, value, said[-1] if said and value else None))
    return lines


def _listed_as(first: HouseholdChange | None, household: Household) -> str:
    """The label that an imported list has, if it is another one by now."""
    names = ("house_no", "head_name", "alley")
    if first is None or first.writer or all(first.fields.get(n, "") == getattr(household, n) for n in names):
        return ""
    return " · ".join(part for name in names if (part := first.fields.get(name)))


def consent_text(line: ConsentLine, *, with_writer: bool = True) -> str:
    """One act of a household about its number, in a sentence; `with_writer`: also who asked for it."""
    consent = line.consent
    what = {
        "device": _("Đồng ý trên máy"),
        "slip": _("Đồng ý, đã ký giấy"),
        "withdrawn": _("Rút đồng ý"),
    }[consent.kind]
    who = line.writer.name if line.writer and with_writer else ""
    parts = [what, moment(consent.happened_at), who]
    if consent.wording_version:
        parts.append(_("lời văn số %(version)s", version=consent.wording_version))
    return ", ".join(part for part in parts if part)


def phone_text(detail: HouseholdDetail) -> str:
    """The number of a household, while somebody is to come; else only that there is one."""
    if not detail.household.phone or detail.expects_somebody:
        return display_phone(detail.household.phone)
    return _("có, không hiện vì không còn lời hẹn")


def change_text(change: HouseholdChange) -> str:
    """*Sửa thông tin hộ*, *Gộp vào hộ khác*, *Hoàn tác gộp*."""
    if "merged_into" not in change.fields:
        return _("Sửa thông tin hộ")
    return _("Gộp vào hộ khác") if change.fields["merged_into"] else _("Hoàn tác gộp")


def change_details(change: HouseholdChange, detail: HouseholdDetail) -> list[str]:
    """What was written, in a sentence for each field."""
    return [] if "merged_into" in change.fields else list(_details(change, detail))


def _details(change: HouseholdChange, detail: HouseholdDetail) -> Iterator[str]:
    for name, value in change.fields.items():
        if name in HOUSEHOLD_FIELDS:
            label, text = HOUSEHOLD_FIELDS[name], household_value(name, value)
        elif name == "hamlet_id":
            label, text = _("Thôn"), detail.hamlets.get(value or "", EMPTY)
        else:
            continue
        late = " " + _("(đến muộn, không dùng)") if name in change.late else ""
        yield _("%(field)s: %(value)s", field=label, value=text) + late


def _missed(detail: HouseholdDetail, seen: int) -> list[str]:
    return [
        _(
            "%(who)s lúc %(when)s: %(what)s",
            who=change.writer.name if change.writer else _("Danh sách"),
            when=moment(change.at),
            what="; ".join(change_details(change, detail)) or change_text(change),
        )
        for change in detail.changes
        if change.version > seen
    ]


def _done(household_id: str, what: str) -> Response:
    return RedirectResponse(f"/desk/households/{household_id}?done={what}", 303)
