"""/desk/settings: the page with all forms, of which one may come back with sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.calendar.period import PeriodKind, period_label, period_of
from app.commune.calendar.workdays import public_holidays
from app.commune.legal_basis import BASES, DUTIES, basis_text, legal_basis
from app.commune.settings import FLAG_BOUNDS, MONTH_STARTS, SILENCE_DAYS, settings_of
from app.core.clock import local_date
from app.core.numbers.phone import display_phone
from app.core.strings import _, lazy
from app.review.settings import list_days_off
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import SETTINGS, build_frame
from app.web.frame import Frame
from app.web.rendering import day as format_day
from app.web.rendering import html, moment, number

router = APIRouter()
PATH = "/desk/settings"
_HOLIDAYS_SHOWN = timedelta(days=366)
_WEEKDAYS = (
    lazy("thứ hai"), lazy("thứ ba"), lazy("thứ tư"), lazy("thứ năm"), lazy("thứ sáu"),
    lazy("thứ bảy"), lazy("Chủ nhật"),
)  # fmt: skip
THRESHOLDS = {
    "flag_daily_visits": (lazy("Một người ghi trong một ngày nhiều hơn"), lazy("lượt")),
    "flag_burst_visits": (lazy("Ghi liền nhau từ"), lazy("lượt")),
    "flag_burst_seconds": (lazy("Ghi liền nhau, mỗi lượt cách lượt trước chưa đến"), lazy("giây")),
    "flag_clock_minutes": (lazy("Giờ trên máy sai quá"), lazy("phút")),
    "flag_people": (lazy("Một việc hướng dẫn cho nhiều hơn"), lazy("người")),
}
_DONE = {
    "days": lazy("Đã thêm ngày nghỉ. Im lặng trong ngày đó không tính là lý do phải gọi."),
    "known": lazy("Các ngày đó đã là ngày nghỉ từ trước, giữ tên cũ."),
    "removed": lazy("Đã bỏ ngày nghỉ: ngày đó lại tính là ngày làm việc."),
    "month": lazy("Đã lưu ngày đầu tháng."),
    "thresholds": lazy("Đã lưu các ngưỡng."),
    "legal-basis": lazy("Đã lưu căn cứ. Các giấy tờ in ra từ nay có căn cứ này."),
    "card": lazy("Đã lưu số. Thẻ trên máy có số này trong vòng một ngày có mạng."),
    "silence": lazy("Đã lưu. Máy nhận số ngày mới ở lần gửi tới."),
}


@dataclass(frozen=True)
class DayOffRow:
    """A day off; `remove`: the address of *Bỏ*, empty for a public holiday."""

    day: str
    weekday: str
    name: str
    remove: str = ""


@dataclass(frozen=True)
class NumberField:
    """A number to set: what stands before and behind it, its bounds, and a sentence if it was refused."""

    name: str
    label: str
    unit: str
    hint: str
    value: str
    seen: int
    problem: str


@dataclass(frozen=True)
class BasisForm:
    """What the commune has stated of its list, in a line (empty: nothing), what can be stated, and a sentence
    if it was refused."""

    stated: str
    seen: str
    bases: list[Option]
    duties: list[Option]
    problem: str


@dataclass(frozen=True)
class TypedForm:
    """One of the forms as it was submitted and refused: its values, sentences by field, and the status."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    status: int = 200


@dataclass(frozen=True)
class SettingsPage:
    """What templates/desk/records/settings.html shows. `days_off`: the commune's; `holidays`: the public ones
    of a year, read only; `example`: which days the present month has. `notice`: what a colleague did
    meanwhile. `card_before`: the number that *Hoàn tác* brings back, empty if there is nothing to undo."""

    title: str
    frame: Frame
    done: str
    notice: str
    days_off: list[DayOffRow]
    holidays: list[DayOffRow]
    typed: Mapping[str, str]
    problems: Mapping[str, str]
    month: NumberField
    example: str
    thresholds: list[NumberField]
    silence: int
    silence_choices: tuple[int, ...]
    silence_problem: str
    basis: BasisForm
    card_phone: str
    card_seen: str
    card_problem: str
    card_before: str


@router.get(PATH)
def show_settings(desk: Desk, done: str = "") -> Response:
    return settings_response(desk, done=done)


def changed_meanwhile(desk: DeskContext, what: str) -> Response:
    """The page with what a colleague has set, and that somebody did."""
    notice = _(
        "%(what)s vừa được người khác đổi. Ô dưới đây là số bây giờ; muốn đổi thì ghi lại rồi bấm Lưu.",
        what=what,
    )
    return settings_response(desk, TypedForm(notice=notice, status=409))


def saved(what: str) -> Response:
    """The page again, with what was saved."""
    return RedirectResponse(f"{PATH}?done={what}", 303)


def settings_response(
    desk: DeskContext, typed: TypedForm | None = None, done: str = "", card_before: str = ""
) -> Response:
    """The page; `typed`: the form that was refused, whose values and sentences it shows; `card_before`: the
    card's number before the one that was just saved."""
    form = typed or TypedForm()
    page = desk.database.read(
        lambda session: _page(session, desk, form, _DONE.get(done, ""), display_phone(card_before))
    )
    return html("desk/records/settings.html", page, form.status)


def _page(session: Session, desk: DeskContext, form: TypedForm, done: str, card_before: str) -> SettingsPage:
    settings, today = settings_of(session, desk.actor.commune_id), local_date(desk.now)
    values = {name: getattr(settings, name) for name in ("month_start_day", *FLAG_BOUNDS)}
    return SettingsPage(
        title=_("Cài đặt"),
        frame=build_frame(session, desk.actor, SETTINGS),
        done=done,
        notice=form.notice,
        days_off=[
            _row(row.day, row.name, f"{PATH}/days-off/{row.day.isoformat()}/remove")
            for row in list_days_off(session, desk.actor, desk.now)
        ],
        holidays=[
            _row(day, name)
            for day, name in public_holidays().items()
            if today <= day < today + _HOLIDAYS_SHOWN
        ],
        typed={name: form.values.get(name, "") for name in ("day", "to", "name")},
        problems={name: form.problems.get(name, "") for name in ("day", "to", "name")},
        month=_number(
            "month_start_day",
            (_("Tháng bắt đầu từ ngày"), _("hằng tháng")),
            (MONTH_STARTS[0], MONTH_STARTS[-1]),
            values,
            form,
        ),
        example=month_example(today, settings.month_start_day),
        thresholds=[
            _number(name, words, FLAG_BOUNDS[name], values, form) for name, words in THRESHOLDS.items()
        ],
        silence=settings.silence_days,
        silence_choices=SILENCE_DAYS,
        silence_problem=form.problems.get("silence_days", ""),
        basis=_basis_form(session, desk, form),
        card_phone=form.values.get("card_phone", display_phone(settings.card_phone)),
        card_seen=settings.card_phone,
        card_problem=form.problems.get("card_phone", ""),
        card_before=card_before,
    )


def _basis_form(session: Session, desk: DeskContext, form: TypedForm) -> BasisForm:
    stated = legal_basis(session, desk.actor.commune_id)
    chosen = form.values.get("basis", stated.basis if stated else "")
    line = ""
    if stated:
        who, when = stated.decided_by, moment(stated.decided_at)
        line = _("%(basis)s. %(who)s, %(when)s", basis=basis_text(stated), who=who, when=when)
    ticked = form.values if "basis" in form.values or chosen != "public_task" else DUTIES
    return BasisForm(
        stated=line,
        seen=stated.basis if stated else "",
        bases=[Option(code, str(label), chosen == code) for code, label in BASES.items()],
        duties=[Option(code, str(label), code in ticked) for code, label in DUTIES.items()],
        problem=form.problems.get("legal_basis", ""),
    )


def month_example(today: date, start: int) -> str:
    """*Tháng 11/2026 tính từ 15/10/2026 đến hết 14/11/2026.*"""
    month = period_of(PeriodKind.MONTH, today, start)
    return _(
        "%(month)s tính từ %(first)s đến hết %(last)s.",
        month=period_label(month),
        first=format_day(month.first),
        last=format_day(month.last),
    )


def _row(day: date, name: str, remove: str = "") -> DayOffRow:
    return DayOffRow(format_day(day), _WEEKDAYS[day.weekday()], name, remove)


def _number(
    name: str, words: tuple[str, str], bounds: tuple[int, int], values: Mapping[str, int], form: TypedForm
) -> NumberField:
    label, unit = words
    return NumberField(
        name=name,
        label=label,
        unit=unit,
        hint=_("Từ %(least)s đến %(most)s.", least=number(bounds[0]), most=number(bounds[1])),
        value=form.values.get(name, str(values[name])),
        seen=values[name],
        problem=form.problems.get(name, ""),
    )
