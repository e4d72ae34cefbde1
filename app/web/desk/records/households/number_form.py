"""/desk/households/{id}/number: the slip that a household signs, and its number once it has."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import commune_of
from app.core.errors import NotFound, PhoneInvalid
from app.core.numbers.phone import display_phone
from app.core.strings import _
from app.fieldwork.visits.household_summary import household_summaries
from app.review.register.detail import ConsentLine, HouseholdDetail
from app.review.register.telephone_numbers import enter_signed_number, withdraw_number
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import HOUSEHOLDS, Frame, build_frame
from app.web.desk.page.labels import household_label
from app.web.rendering import html, moment

router = APIRouter()
TypedNumber = Annotated[str, Form()]


@dataclass(frozen=True)
class NumberPage:
    """What templates/desk/records/household_number.html shows: the slip to print, and the form."""

    title: str
    frame: Frame
    address: str
    commune: str
    household: str
    phone: str
    problem: str


@router.get("/desk/households/{household_id}/number")
def show_number_form(household_id: PathId, desk: Desk) -> Response:
    return _form(desk, household_id, "", "")


@router.post("/desk/households/{household_id}/number")
def enter_number(household_id: PathId, desk: Desk, phone: TypedNumber = "") -> Response:
    """*Lưu số, hộ đã ký giấy*."""
    try:
        desk.database.write(
            lambda session: enter_signed_number(session, desk.actor, household_id, phone, desk.now)
        )
    except PhoneInvalid:
        return _form(desk, household_id, phone, _("Số điện thoại chưa đúng. Xem lại các chữ số."))
    return RedirectResponse(f"/desk/households/{household_id}?done=number", 303)


@router.post("/desk/households/{household_id}/number/withdraw")
def withdraw(household_id: PathId, desk: Desk) -> Response:
    """*Hộ rút đồng ý: xóa số*."""
    desk.database.write(lambda session: withdraw_number(session, desk.actor, household_id, desk.now))
    return RedirectResponse(f"/desk/households/{household_id}?done=number_withdrawn", 303)


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


def _form(desk: DeskContext, household_id: str, phone: str, problem: str) -> Response:
    def load(session: Session) -> NumberPage:
        found = household_summaries(session, desk.actor, [household_id])
        if not found or found[0].household.merged_into or found[0].household.erased_at:
            raise NotFound
        return NumberPage(
            title=_("Số điện thoại của hộ"),
            frame=build_frame(session, desk.actor, HOUSEHOLDS),
            address=f"/desk/households/{household_id}",
            commune=commune_of(session, desk.actor).full_name,
            household=household_label(found[0].household),
            phone=phone,
            problem=problem,
        )

    page = desk.database.read(load)
    return html("desk/records/household_number.html", page, 422 if problem else 200)
