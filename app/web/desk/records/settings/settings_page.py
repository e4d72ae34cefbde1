"""/desk/settings: *Cài đặt*, in sections with a form each, and the commune's own days off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.calendar.period import PeriodKind, period_label, period_of
from app.commune.calendar.workdays import public_holidays
from app.commune.legal_basis import BASES, DUTIES, basis_text, legal_basis
from app.commune.settings import SETTINGS, settings_of
from app.core.clock import local_date
from app.core.errors import NotFound, StaleDecision
from app.core.numbers.phone import display_phone
from app.core.strings import _, lazy
from app.review import settings
from app.review.settings import EARLIEST, LATEST, MAX_DAYS_AT_ONCE, MAX_DAYS_OFF
from app.web.desk.page import frame
from app.web.desk.page.context import Desk, DeskContext
from app.web.forms import (
    At,
    Code,
    Codes,
    Day,
    Field,
    Filled,
    Form,
    Number,
    Refusals,
    Sent,
    Text,
    Values,
    name_field,
    submit,
)
from app.web.rendering import day as format_day
from app.web.screens import screen

router = APIRouter()
PATH = "/desk/settings"
_HOLIDAYS_SHOWN = timedelta(days=366)
_WEEKDAYS = (
    lazy("thứ hai"), lazy("thứ ba"), lazy("thứ tư"), lazy("thứ năm"), lazy("thứ sáu"),
    lazy("thứ bảy"), lazy("Chủ nhật"),
)  # fmt: skip
_CLOSED = lazy(
    "Chưa đổi được: có kỳ đã chốt theo ngày cũ. Mở lại các kỳ đó ở Báo cáo, đổi ngày, rồi chốt lại."
)


class Seen(Field):
    """The settings that a form was made from, in their order."""

    def read(self, texts: Any, _today: date) -> list[str]:
        return list(texts)


@dataclass(frozen=True)
class Section:
    """Settings that are saved together: their fields by the names in `SETTINGS`, their form, and what is said
    once they are."""

    fields: Mapping[str, Field]
    form: Form
    done: str


def _section(name: str, what: str, done: str, *others: Field, check: Any = None) -> Section:
    """`what`: how the notice that a colleague has changed them calls them."""
    of_section = [one for one, setting in SETTINGS.items() if setting.section == name]
    fields = {one: _FIELDS.get(one) or _number(one) for one in of_section}
    stale = lazy(
        "%(what)s vừa được người khác đổi. Ô dưới đây là số bây giờ; muốn đổi thì ghi lại rồi bấm Lưu.",
        what=what,
    )
    refusals: Refusals = {"closed": At("month_start_day", _CLOSED), StaleDecision: stale}
    form = Form(*fields.values(), *others, Seen("seen"), refusals=refusals, check=check)
    return Section(fields, form, done)


def _number(name: str) -> Number:
    setting = SETTINGS[name]
    least, most = (setting.allowed or [0])[0], (setting.allowed or [0])[-1]
    hint = lazy("Từ %(least)s đến %(most)s.", least=least, most=most)
    return Number(
        name, setting.label, hint, least=least, most=most, maxlength=3, shown=12, inputmode="numeric"
    )


def _duties_missing(typed: Values) -> Mapping[str, str]:
    is_complete = typed["basis"] != "public_task" or set(typed["duty"]) == set(DUTIES)
    return {} if is_complete else {"basis": _("Đánh dấu đủ bốn việc đã có, hoặc chọn căn cứ khác.")}


_FIELDS = {
    "silence_days": Code(
        "silence_days",
        SETTINGS["silence_days"].label,
        wrong=lazy("Chọn 30, 60 hoặc 90 ngày."),
        options={str(n): lazy("%(n)s ngày", n=n) for n in SETTINGS["silence_days"].allowed or ()},
    ),
    "card_phone": Text(
        "card_phone",
        SETTINGS["card_phone"].label,
        wrong=lazy("Số điện thoại chưa đúng."),
        maxlength=40,
        shown=40,
        type="tel",
    ),
    "legal_basis": Code(
        "basis", SETTINGS["legal_basis"].label, wrong=lazy("Chọn một căn cứ."), options=BASES
    ),
}
SECTIONS = {
    "month": _section("month", lazy("Ngày đầu tháng"), lazy("Đã lưu ngày đầu tháng.")),
    "thresholds": _section("thresholds", lazy("Ngưỡng"), lazy("Đã lưu các ngưỡng.")),
    "silence": _section(
        "silence", lazy("Số ngày im lặng"), lazy("Đã lưu. Máy nhận số ngày mới ở lần gửi tới.")
    ),
    "card": _section(
        "card",
        lazy("Số để người dân gọi"),
        lazy("Đã lưu số. Thẻ trên máy có số này trong vòng một ngày có mạng."),
    ),
    "legal-basis": _section(
        "legal-basis",
        lazy("Căn cứ lập danh sách"),
        lazy("Đã lưu căn cứ. Các giấy tờ in ra từ nay có căn cứ này."),
        Codes("duty", wrong=lazy("Đánh dấu đủ bốn việc đã có, hoặc chọn căn cứ khác."), options=DUTIES),
        check=_duties_missing,
    ),
}
_DAY_FIELDS = (
    Day("day", lazy("Ngày"), is_wanted=True, lies_ahead=True, shown=20),
    Day("to", lazy("Đến hết ngày (nếu nhiều ngày)"), lies_ahead=True, shown=20),
    name_field("name", lazy("Tên ngày nghỉ"), lazy("Nhập tên ngày nghỉ, thí dụ: Lễ hội xuân.")),
)
_DONE = {name: section.done for name, section in SECTIONS.items()} | {
    "days": lazy("Đã thêm ngày nghỉ. Im lặng trong ngày đó không tính là lý do phải gọi."),
    "known": lazy("Các ngày đó đã là ngày nghỉ từ trước, giữ tên cũ."),
    "removed": lazy("Đã bỏ ngày nghỉ: ngày đó lại tính là ngày làm việc."),
}


@router.get(PATH)
def show_settings(desk: Desk, done: str = "") -> Response:
    return _page(desk, done=done)


def change_section(request: Request, desk: Desk, sent: Sent) -> Response:
    """*Lưu* of a section: what it may not have comes back with a sentence, and so does a colleague's
    change."""
    name = request.url.path.removeprefix(f"{PATH}/")
    section = SECTIONS[name]

    def change(session: Session, typed: Values) -> dict[str, Any]:
        values = {setting: typed[field.name] for setting, field in section.fields.items()}
        seen = dict(zip(values, typed["seen"], strict=False))
        return settings.change_settings(session, desk.actor, values, seen, desk.now)

    def changed(before: dict[str, Any]) -> str | Response:
        if name != "card":
            return f"{PATH}?done={name}"
        # The page that follows offers *Hoàn tác*: the number before is in no address.
        return _page(desk, done=name, card_before=display_phone(before["card_phone"]))

    return submit(desk, section.form, sent, change, changed, partial(_page, desk, name))


for _name in SECTIONS:
    router.post(f"{PATH}/{_name}")(change_section)


@router.post(f"{PATH}/days-off")
def add_days_off(desk: Desk, sent: Sent) -> Response:
    """*Thêm ngày nghỉ*: one day, or those from the first to the last."""

    def add(session: Session, typed: Values) -> str:
        days = (typed["day"], typed["to"] or typed["day"])
        added = settings.add_days_off(session, desk.actor, *days, typed["name"], desk.now)
        return f"{PATH}?done={'days' if added else 'known'}"

    return submit(desk, _days_off(desk), sent, add, str, partial(_page, desk, "days-off"))


@router.post(PATH + "/days-off/{day}/remove")
def remove_day_off(day: str, desk: Desk) -> Response:
    """*Bỏ*."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    desk.database.write(lambda session: settings.remove_day_off(session, desk.actor, wanted, desk.now))
    return RedirectResponse(f"{PATH}?done=removed", 303)


def month_example(today: date, start: int) -> str:
    """*Tháng 11/2026 tính từ 15/10/2026 đến hết 14/11/2026.*"""
    month = period_of(PeriodKind.MONTH, today, start)
    return _(
        "%(month)s tính từ %(first)s đến hết %(last)s.",
        month=period_label(month),
        first=format_day(month.first),
        last=format_day(month.last),
    )


def _days_off(desk: DeskContext) -> Form:
    today = local_date(desk.now)
    first, last = format_day(today - EARLIEST), format_day(today + LATEST)
    refusals: Refusals = {
        "day": At("day", _("Chọn một ngày từ %(first)s đến %(last)s.", first=first, last=last)),
        "to": At(
            "to",
            _("Ngày cuối phải từ ngày đầu trở đi, mỗi lần nhiều nhất %(most)s ngày.", most=MAX_DAYS_AT_ONCE),
        ),
        "name": At(
            "name", _("Đã có %(most)s ngày nghỉ, không thêm được nữa: bỏ bớt ngày cũ.", most=MAX_DAYS_OFF)
        ),
    }
    return Form(*_DAY_FIELDS, refusals=refusals)


def _page(
    desk: DeskContext, name: str = "", form: Filled | None = None, *, done: str = "", card_before: str = ""
) -> Response:
    """The page; `form`: that of the section `name`, which was refused; `card_before`: the card's number
    before the one that was just saved."""

    def load(session: Session) -> Mapping[str, Any]:
        stored, today = settings_of(session, desk.actor.commune_id), local_date(desk.now)
        forms = {one: section.form.of(stored) for one, section in SECTIONS.items()}
        forms["card"] = SECTIONS["card"].form.of(stored, card_phone=display_phone(stored.card_phone))
        duties = tuple(DUTIES) if stored.legal_basis == "public_task" else ()
        forms["legal-basis"] = SECTIONS["legal-basis"].form.blank(basis=stored.legal_basis, duty=duties)
        forms["days-off"] = _days_off(desk).blank()
        if form and not form.is_stale:  # a colleague's settings are shown as they are now
            forms[name] = form
        stated = legal_basis(session, desk.actor.commune_id)
        return {
            "done": _DONE.get(done, ""),
            "notice": form.notice if form else "",
            "forms": {one.replace("-", "_"): found for one, found in forms.items()},
            "sections": SECTIONS,
            "settings": SETTINGS,
            "stored": stored,
            "days_off": [
                (row.day, _WEEKDAYS[row.day.weekday()], row.name)
                for row in settings.list_days_off(session, desk.actor, desk.now)
            ],
            "holidays": [
                (day, _WEEKDAYS[day.weekday()], name)
                for day, name in public_holidays().items()
                if today <= day < today + _HOLIDAYS_SHOWN
            ],
            "example": month_example(today, stored.month_start_day),
            "stated": stated,
            "basis": basis_text(stated),
            "card_before": card_before,
        }

    return screen(desk, "desk/records/settings.html", frame.SETTINGS, load, form.status if form else 200)
