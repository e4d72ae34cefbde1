"""/desk/households/new and /desk/households/{id}/…: a household's label, its number, its hamlet, its erasure,
and the search for the one to merge it with."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Form as FormField
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from app.commune.accounts import access
from app.commune.accounts.commune import commune_of
from app.commune.teams.hamlets import list_hamlets
from app.core.errors import NotFound, StaleDecision
from app.core.strings import lazy
from app.core.text import fold
from app.core.types import Uuid
from app.fieldwork.households.commands import ALLEY_LENGTH, HOUSE_NO_LENGTH, NAME_LENGTH
from app.fieldwork.households.erased import find_erased_labels
from app.fieldwork.households.models import Household
from app.fieldwork.visits.household_summary import HouseholdSummary, household_summaries
from app.intake.household_import.runs import files
from app.review.register.commands import HouseholdLabel, add_household, edit_household
from app.review.register.listing import HouseholdFilters, list_households
from app.review.register.moving import move_household
from app.review.register.similar import similar_households
from app.review.register.telephone_numbers import enter_signed_number
from app.sync.quarantine.retry import retry_quarantined
from app.upkeep.erasure.commands import MAX_REASON, erase_household, refuse_erasure
from app.web.deps import Config
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import HOUSEHOLDS
from app.web.desk.records.households.household import changes_since
from app.web.forms import At, Filled, Form, Id, Sent, Text, Values, Version, submit
from app.web.reading import RecentFactor
from app.web.screens import screen

router = APIRouter()
_MAX_SHOWN = 400  # characters of the ids of the similar households that a form has shown
_MAX_WORDS = 80  # characters
_MAX_FOUND = 20
_UUID = TypeAdapter(Uuid)
_NO_HAMLET = lazy("Chọn một thôn.")
_TOO_LONG = lazy("Ghi ngắn hơn %(most)s ký tự, không có ký tự lạ.", most=MAX_REASON)


def _label_field(name: str, label: str, most: int, missing: str = "") -> Text:
    return Text(
        name,
        label,
        maxlength=most,
        most=most,
        shown=4 * most,
        missing=missing,
        long=lazy("Viết trên một dòng, nhiều nhất %(limit)s ký tự.", limit=most),
        odd=lazy("Có ký tự không dùng được. Hãy gõ lại."),
    )


_LABEL = (
    _label_field("head_name", lazy("Chủ hộ"), NAME_LENGTH, lazy("Nhập họ và tên chủ hộ.")),
    _label_field("house_no", lazy("Số nhà"), HOUSE_NO_LENGTH),
    _label_field("alley", lazy("Ngõ hoặc chỗ dễ nhận"), ALLEY_LENGTH),
)
ADD = Form(
    Id("hamlet", lazy("Thôn"), wrong=_NO_HAMLET, empty=lazy("Chọn thôn")),
    *_LABEL,
    Text("id"),
    Text("shown"),
    refusals={NotFound: At("hamlet", _NO_HAMLET)},
)
EDIT = Form(*_LABEL, Version(), refusals={StaleDecision: ""})
NUMBER = Form(
    Text(
        "phone",
        lazy("Số điện thoại của hộ"),
        wrong=lazy("Số điện thoại chưa đúng. Xem lại các chữ số."),
        maxlength=20,
        type="tel",
        inputmode="tel",
    )
)
MOVE = Form(
    Id("hamlet", lazy("Sang thôn"), wrong=_NO_HAMLET, empty=lazy("Chọn thôn")),
    Version(),
    refusals={NotFound: At("hamlet", _NO_HAMLET), StaleDecision: ""},
)
ERASE = Form(
    Text("reference", lazy("Số văn bản hoặc sổ tiếp nhận (nếu có). Không ghi tên."), maxlength=MAX_REASON),
    Version(),
    refusals={"reason": At("reference", _TOO_LONG), StaleDecision: ""},
)
REFUSE = Form(
    Text(
        "reason",
        lazy("Lý do, để trả lời người yêu cầu. Không ghi tên."),
        lines=3,
        most=MAX_REASON,
        missing=lazy("Ghi lý do từ chối."),
        long=_TOO_LONG,
        odd=_TOO_LONG,
    )
)


@dataclass(frozen=True)
class Before:
    """What is shown before a household is added: those that are `similar`, and when one with its label was
    erased."""

    similar: list[HouseholdSummary]
    erased_on: date | None

    @property
    def ids(self) -> set[str]:
        erased = {self.erased_on.isoformat()} if self.erased_on else set()
        return {one.household.id for one in self.similar} | erased


@router.get("/desk/households/new")
def show_new_household(desk: Desk, hamlet: str = "") -> Response:
    return _add_page(desk, ADD.blank(hamlet=hamlet))


@router.post("/desk/households/new")
def add(desk: Desk, sent: Sent) -> Response:
    """Add it; if others are similar and were not shown yet, they are shown first."""
    form = ADD.read(sent, desk.now)
    if not form.problems:
        before = desk.read(lambda session: _find_before(session, desk.actor, form.values))
        if not before.ids <= set(form["shown"].text[:_MAX_SHOWN].split(".")):
            return _add_page(desk, form, before)

    def write(session: Session, typed: Values) -> str:
        household_id = _id_of(typed["id"])
        add_household(session, desk.actor, household_id, typed["hamlet"], _label_of(typed), desk.now)
        return _address(household_id, "added")

    return submit(desk, ADD, sent, write, str, partial(_add_page, desk))


@router.get("/desk/households/{household_id}/edit")
def show_edit_form(household_id: PathId, desk: Desk) -> Response:
    household = desk.read(lambda session: access.find(session, desk.actor, Household, household_id))
    return _page(desk, "form", household_id, EDIT.of(household))


@router.post("/desk/households/{household_id}/edit")
def edit(household_id: PathId, desk: Desk, sent: Sent) -> Response:
    """Change the label. If somebody changed the household meanwhile, the form comes back and says so."""

    def write(session: Session, typed: Values) -> str:
        edit_household(session, desk.actor, household_id, typed["version"], _label_of(typed), desk.now)
        return _address(household_id, "edited")

    return submit(desk, EDIT, sent, write, str, partial(_page, desk, "form", household_id))


@router.get("/desk/households/{household_id}/number")
def show_number_form(household_id: PathId, desk: Desk) -> Response:
    """The slip that a household signs, and its number once it has."""
    return _page(desk, "number", household_id, NUMBER.blank())


@router.post("/desk/households/{household_id}/number")
def enter_number(household_id: PathId, desk: Desk, sent: Sent) -> Response:
    """*Lưu số, hộ đã ký giấy*."""

    def write(session: Session, typed: Values) -> str:
        enter_signed_number(session, desk.actor, household_id, typed["phone"], desk.now)
        return _address(household_id, "number")

    return submit(desk, NUMBER, sent, write, str, partial(_page, desk, "number", household_id))


@router.get("/desk/households/{household_id}/move")
def show_move_form(household_id: PathId, desk: Desk) -> Response:
    return _page(desk, "move", household_id, MOVE.blank())


@router.post("/desk/households/{household_id}/move")
def move(household_id: PathId, desk: Desk, sent: Sent) -> Response:
    """*Chuyển thôn*; then what waited for it to be in that hamlet is applied."""

    def write(session: Session, typed: Values) -> None:
        move_household(session, desk.actor, household_id, typed["hamlet"], typed["version"], desk.now)

    def moved(_: None) -> str:
        retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
        return _address(household_id, "moved")

    return submit(desk, MOVE, sent, write, moved, partial(_page, desk, "move", household_id))


@router.get("/desk/households/{household_id}/erase")
def show_erase_form(household_id: PathId, desk: Desk) -> Response:
    """*Xóa theo yêu cầu*, asked once with its consequences; or the refusal, with a reason."""
    return _page(desk, "erase", household_id, ERASE.blank())


@router.post("/desk/households/{household_id}/erase", dependencies=[RecentFactor])
def erase(household_id: PathId, desk: Desk, settings: Config, sent: Sent) -> Response:
    """*Xóa dữ liệu của hộ*; files of lists that waited to be imported go too."""

    def write(session: Session, typed: Values) -> list[tuple[str, str]]:
        seen, reference = typed["version"], typed["reference"]
        return erase_household(session, desk.actor, household_id, seen, reference, desk.now)

    def erased(dropped: list[tuple[str, str]]) -> str:
        for import_id, suffix in dropped:
            files.remove(files.folder_of(settings.data_dir), import_id, suffix)
        desk.database.rewrite_log()
        return _address(household_id, "erased")

    return submit(desk, ERASE, sent, write, erased, partial(_page, desk, "erase", household_id))


@router.post("/desk/households/{household_id}/refuse-erasure")
def refuse(household_id: PathId, desk: Desk, sent: Sent) -> Response:
    """*Ghi việc từ chối*, which needs a reason."""

    def write(session: Session, typed: Values) -> str:
        refuse_erasure(session, desk.actor, household_id, typed["reason"], desk.now)
        return _address(household_id, "refused")

    def again(form: Filled) -> Response:
        return _page(desk, "erase", household_id, ERASE.blank(), refusal=form)

    return submit(desk, REFUSE, sent, write, str, again)


@router.get("/desk/households/{household_id}/merge")
def show_similar(household_id: PathId, desk: Desk) -> Response:
    return search(household_id, desk)


@router.post("/desk/households/{household_id}/merge")
def search(household_id: PathId, desk: Desk, q: Annotated[str, FormField()] = "") -> Response:
    """*Gộp với hộ khác*: the households that the words match, without words those that are similar. A form
    sent by GET would show the words in the address."""
    words = q[:_MAX_WORDS]

    def load(session: Session) -> Mapping[str, Any]:
        household = _find(session, desk, household_id).household
        if fold(words):
            hamlets = list_hamlets(session, desk.actor)
            matches = list_households(session, desk.actor, hamlets, HouseholdFilters(words=words)).households
            found = [one for one in matches if one.household.id != household_id]
        else:
            label = HouseholdLabel(household.head_name, household.house_no, household.alley)
            found = similar_households(session, desk.actor, household.hamlet_id, label, but=household_id)
        return {
            "one": household,
            "q": words,
            "found": found[:_MAX_FOUND],
            "has_more": len(found) > _MAX_FOUND,
        }

    return screen(desk, "desk/records/merge_search.html", HOUSEHOLDS, load)


def _add_page(desk: DeskContext, form: Filled, before: Before | None = None) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        hamlets = [(one.id, one.name) for one in list_hamlets(session, desk.actor)]
        return {
            "one": None,
            "form": form,
            "hamlets": hamlets,
            "id": _id_of(form["id"].text),
            "before": before or Before([], None),
            "missed": [],
        }

    return screen(desk, "desk/records/household_form.html", HOUSEHOLDS, load, form.status)


def _page(
    desk: DeskContext, name: str, household_id: str, form: Filled, *, refusal: Filled | None = None
) -> Response:
    """One of the pages that change a household, with `form`; raises `NotFound` for one that was merged or
    erased. `refusal`: the form of *Từ chối xóa*, if that was sent."""

    def load(session: Session) -> Mapping[str, Any]:
        found = _find(session, desk, household_id)
        seen = form.values["version"] if form.is_stale else None
        return {
            "found": found,
            "one": found.household,
            "form": form,
            "refusal": refusal or REFUSE.blank(),
            "hamlets": [
                (one.id, one.name)
                for one in list_hamlets(session, desk.actor)
                if one.id != found.household.hamlet_id
            ],
            "commune": commune_of(session, desk.actor),
            "missed": [] if seen is None else changes_since(session, desk.actor, household_id, seen),
        }

    status = refusal.status if refusal else form.status
    return screen(desk, f"desk/records/household_{name}.html", HOUSEHOLDS, load, status)


def _find(session: Session, desk: DeskContext, household_id: str) -> HouseholdSummary:
    found = household_summaries(session, desk.actor, [household_id])
    if not found or found[0].household.merged_into or found[0].household.erased_at:
        raise NotFound
    return found[0]


def _find_before(session: Session, actor: access.Actor, typed: Values) -> Before:
    label = _label_of(typed)
    named = (typed["hamlet"], label.head_name, label.house_no, label.alley)
    erased = find_erased_labels(session, actor.commune_id, [named])
    return Before(similar_households(session, actor, typed["hamlet"], label), erased.get(named))


def _label_of(typed: Values) -> HouseholdLabel:
    return HouseholdLabel(typed["head_name"], typed["house_no"], typed["alley"])


def _id_of(text: str) -> str:
    """The id that the form was made with, or a new one if it is none."""
    try:
        return _UUID.validate_python(text)
    except ValidationError:
        return str(uuid.uuid4())


def _address(household_id: str, done: str) -> str:
    return f"/desk/households/{household_id}?done={done}"
