"""With whom of a list a commune can begin. Nothing is guessed: a row that is not clear is refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.commune.accounts.models import SignInName
from app.commune.areas import Commune, Province
from app.commune.credentials.supervisors import is_sign_in_name
from app.core.strings import _
from app.core.text import fold
from app.intake.household_import.parsing import patterns
from app.intake.household_import.parsing.names import strip_title
from app.intake.household_import.parsing.validation import clean_text, name_error
from app.intake.supervisor_import.records import CheckedList, ListedSupervisor, ReadySupervisor, RefusedRow

_CODE = re.compile(r"[0-9]{1,5}")


class _Refusal(Exception):  # noqa: N818 - a fact, as in core/errors.py
    """Why a row is refused."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class _Known:
    """What rows are compared with: the province, its communes by official code, sign-in names that somebody
    has, and the first row with each commune and with each sign-in name."""

    province: str
    communes: dict[str, Commune]
    names_in_use: set[str]
    row_of_code: dict[str, ListedSupervisor]
    row_of_name: dict[str, ListedSupervisor]


def check_supervisors(session: Session, province: Province, rows: Sequence[ListedSupervisor]) -> CheckedList:
    """With whom communes of the province can begin, and the rows with which none can. Two queries, however
    many rows."""
    known, checked = _load(session, province, rows), CheckedList()
    for listed in rows:
        try:
            checked.ready.append(_check(listed, known))
        except _Refusal as refusal:
            name = listed.commune or listed.code
            checked.refused.append(RefusedRow(listed.sheet, listed.row, name, refusal.sentence))
    return checked


def _check(listed: ListedSupervisor, known: _Known) -> ReadySupervisor:
    commune = _commune(listed, known)
    name, sign_in_name = _name(listed.name), _sign_in_name(listed, known)
    return ReadySupervisor(listed, commune.id, commune.full_name, name, sign_in_name)


def _commune(listed: ListedSupervisor, known: _Known) -> Commune:
    if not _CODE.fullmatch(listed.code):
        raise _Refusal(_("Mã chưa đúng: 5 chữ số, như 06391."))
    code = _official(listed.code)
    commune = known.communes.get(code)
    if commune is None:
        place = known.province
        raise _Refusal(_("%(place)s không có xã, phường nào mã %(code)s.", place=place, code=code))
    if listed.commune and not _is_named(commune, listed.commune):
        raise _Refusal(_("Mã %(code)s là của %(name)s.", code=code, name=commune.full_name))
    if commune.started_at is not None:
        raise _Refusal(_("Nơi này đã bắt đầu: bỏ dòng này."))
    if (first := known.row_of_code[code]) != listed:
        raise _Refusal(_("Cùng nơi với dòng %(row)s.", row=first.row))
    return commune


def _is_named(commune: Commune, written: str) -> bool:
    """Whether the text is its name, with or without its kind."""
    return fold(clean_text(written)) in (fold(commune.name), fold(commune.full_name))


def _name(written: str) -> str:
    name = strip_title(clean_text(written))
    if not any(map(str.isalpha, name)):
        raise _Refusal(_("Thiếu họ và tên."))
    if error := name_error(written, name):
        raise _Refusal(error)
    return patterns.title(name) if name.isupper() else name


def _sign_in_name(listed: ListedSupervisor, known: _Known) -> str:
    name = _lower(listed.sign_in_name)
    if not is_sign_in_name(name):
        raise _Refusal(
            _("Tên đăng nhập từ 3 đến 40 ký tự: chữ không dấu, chữ số, dấu chấm hoặc gạch nối, như binh.hv.")
        )
    if name in known.names_in_use:
        raise _Refusal(_("Tên đăng nhập này đã có người dùng."))
    if (first := known.row_of_name[name]) != listed:
        raise _Refusal(_("Cùng tên đăng nhập với dòng %(row)s.", row=first.row))
    return name


def _load(session: Session, province: Province, rows: Sequence[ListedSupervisor]) -> _Known:
    row_of_code: dict[str, ListedSupervisor] = {}
    row_of_name: dict[str, ListedSupervisor] = {}
    for listed in rows:
        row_of_code.setdefault(_official(listed.code), listed)
        row_of_name.setdefault(_lower(listed.sign_in_name), listed)
    in_province = select(Commune).where(Commune.province_code == province.code)
    communes = {one.code: one for one in session.exec(in_province)}
    possible = [name for name in row_of_name if is_sign_in_name(name)]
    in_use = set(session.exec(select(SignInName.name).where(col(SignInName.name).in_(possible))))
    return _Known(province.full_name, communes, in_use, row_of_code, row_of_name)


def _official(code: str) -> str:
    """With the zeros that spreadsheets drop."""
    return code.zfill(5)


def _lower(sign_in_name: str) -> str:
    return sign_in_name.strip().lower()
