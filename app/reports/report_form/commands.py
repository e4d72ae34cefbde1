"""Saving the form of a commune's reports: what is not understood is refused and named."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from app.commune.accounts.access import Actor
from app.commune.areas import Commune
from app.core import desk_log
from app.core.errors import Invalid, StaleDecision
from app.core.numbers.id_numbers import stored_text
from app.core.text import mask_digits
from app.core.types import code_of
from app.reports.report_form.models import (
    COMMITTEE_SERIES,
    SIGNATURES,
    CommuneReportForm,
    ReportForm,
    form_of,
    stored_form,
)

MAX_LINES = 12  # of the addressees, and of the receivers
MAX_LINE = 160  # characters of one of them, and of the department's name
MAX_UNIT = 40  # characters of the drafting unit
# A report's series by Nghị định 30/2020/NĐ-CP, phụ lục I: the abbreviation of *báo cáo*, then the body's.
_SERIES = re.compile(r"BC-[A-Z\u01100-9&]{2,15}")
_BEFORE_SERIES = re.compile(r"^(?:S\u1ed1:?)?[ ./\u2026]*", re.IGNORECASE)
_OF_LISTS = re.compile(r"^[-–•*+]\s*|\s*[;.]$")


@dataclass(frozen=True)
class TypedReportForm:
    """The form as somebody typed it: `addressees` and `receivers` with one to a line."""

    signature: str = ""
    department: str = ""
    series: str = ""
    addressees: str = ""
    receivers: str = ""
    drafting_unit: str = ""


def save_form(session: Session, actor: Actor, typed: TypedReportForm, seen: int, now: datetime) -> None:
    """Save the form for later reports; `seen`: the version that the supervisor saw, 0 if there was none.

    Raises `Invalid` with the names of the fields that are not understood (`read_form`), `TextRefused`, and
    `StaleDecision` if a colleague has saved another one meanwhile.
    """
    form = read_form(typed)
    commune = select(Commune.id).where(Commune.id == actor.commune_id)
    session.exec(commune.with_for_update(key_share=True)).one()  # there may be no row of the form yet
    row = stored_form(session, actor.commune_id)
    if row is not None and form_of(session, actor.commune_id) == form:
        return
    if (row.version if row else 0) != seen:
        raise StaleDecision
    session.merge(
        CommuneReportForm(
            commune_id=actor.commune_id,
            **form.stored() | {"addressees": [*form.addressees], "receivers": [*form.receivers]},
            version=seen + 1,
            changed_by=actor.account_id,
            changed_at=now,
        )
    )
    details = {"report_signature": form.signature, "report_series": form.series}
    desk_log.note(session, actor.commune_id, "settings.changed", now, by=actor.account_id, **details)


def read_form(typed: TypedReportForm) -> ReportForm:
    """What was typed as a form. Without a series that of the people's committee.

    Raises `TextRefused`, and `Invalid` with the fields that are not understood: *signature* for none of
    `SIGNATURES`; *department* if it is missing in its own report, too long, or has a long number; *series* if
    it is no report's, or the committee's in a department's report; *addressees*, *receivers* for too many or
    too long lines, or a long number; *drafting_unit* if it is too long or has one.
    """
    signature = code_of(SIGNATURES, typed.signature)
    form = ReportForm(
        signature=signature,
        department=stored_text(typed.department),
        series=_series(typed.series) or COMMITTEE_SERIES,
        addressees=_lines(typed.addressees),
        receivers=_lines(typed.receivers),
        drafting_unit=_OF_LISTS.sub("", stored_text(typed.drafting_unit)),
    )
    wrong = {
        "signature": signature is None,
        "department": not _fits(form.department, MAX_LINE) or (form.is_departments and not form.department),
        "series": not _SERIES.fullmatch(form.series)
        or (form.is_departments and form.series == COMMITTEE_SERIES),
        "addressees": not _fit(form.addressees),
        "receivers": not _fit(form.receivers),
        "drafting_unit": not _fits(form.drafting_unit, MAX_UNIT),
    }
    if names := [name for name, is_wrong in wrong.items() if is_wrong]:
        raise Invalid(*names)
    return form


def _series(text: str) -> str:
    """*BC-UBND*, also typed as *Số: …/BC-UBND* or in small letters."""
    return _BEFORE_SERIES.sub("", stored_text(text)).upper()


def _lines(text: str) -> tuple[str, ...]:
    """The lines without the dashes and stops of a list: those are set when it is printed."""
    lines = (_OF_LISTS.sub("", line.strip()).strip() for line in stored_text(text).split("\n"))
    return tuple(line for line in lines if line)


def _fit(lines: tuple[str, ...]) -> bool:
    return len(lines) <= MAX_LINES and all(_fits(line, MAX_LINE) for line in lines)


def _fits(text: str, limit: int) -> bool:
    return len(text) <= limit and mask_digits(text) == text and "\n" not in text
