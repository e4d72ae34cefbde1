"""Who of a list can be invited. Nothing is guessed: a row that is not clear is refused with a sentence."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col

from app.commune.accounts.access import FIELD_ROLES, Actor, visible_to
from app.commune.accounts.models import Account
from app.commune.teams.directory import TeamInCharge, list_teams
from app.commune.teams.hamlets import list_hamlets
from app.core.numbers.phone import normalize_phone
from app.core.strings import _
from app.core.text import fold
from app.intake.household_import.parsing import patterns
from app.intake.household_import.parsing.names import strip_title
from app.intake.household_import.parsing.validation import clean_text, name_error
from app.intake.people_import.records import CheckedList, ListedPerson, ReadyPerson, RefusedRow
from app.intake.people_import.roles import role_of

_MAX_PHONE = 20  # characters


class _Refusal(Exception):  # noqa: N818 - a fact, as in core/errors.py
    """Why a row is refused; `account_id`: whose number it has."""

    def __init__(self, sentence: str, account_id: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.account_id = sentence, account_id


@dataclass(frozen=True)
class _Commune:
    """What rows are compared with: the accounts by number, the teams by the folded names that mean them."""

    accounts: dict[str, list[Account]]
    teams: dict[str, list[TeamInCharge]]
    hamlets_without_team: frozenset[str]


def check_people(session: Session, actor: Actor, people: Sequence[ListedPerson]) -> CheckedList:
    """The people who can be invited, and the rows that cannot. Four queries, however many rows."""
    commune, checked = _load(session, actor), CheckedList()
    rows_of_number = _rows_by_number(people)
    for person in people:
        try:
            checked.ready.append(_check(person, commune, rows_of_number))
        except _Refusal as refusal:
            refused = RefusedRow(person.sheet, person.row, person.name, refusal.sentence, refusal.account_id)
            checked.refused.append(refused)
    return checked


def _check(
    person: ListedPerson, commune: _Commune, rows_of_number: dict[str, list[ListedPerson]]
) -> ReadyPerson:
    name, number = _name(person.name), _number(person.phone)
    _refuse_known(commune, name, number)
    _refuse_repeated(person, rows_of_number[number])
    team = _team(commune, person.place)
    role = role_of(person.role)
    if role is None:
        raise _Refusal(_("Vai trò chưa rõ: ghi Tổ trưởng, Tổ phó hoặc Thành viên."))
    return ReadyPerson(person, name, number, team.team.id, team.team.name, role)


def _name(written: str) -> str:
    name = strip_title(clean_text(written))
    if not any(map(str.isalpha, name)):
        raise _Refusal(_("Thiếu họ và tên."))
    if error := name_error(written, name):
        raise _Refusal(error)
    return patterns.title(name) if name.isupper() else name


def _number(written: str) -> str:
    if not written:
        raise _Refusal(_("Thiếu số điện thoại."))
    number = normalize_phone(written) if len(written) <= _MAX_PHONE else None
    if number is None:
        raise _Refusal(_("Số điện thoại chưa đúng. Viết như 0900 000 001."))
    return number


def _refuse_known(commune: _Commune, name: str, number: str) -> None:
    """Whether the owner of a known number is the same person is asked for each of them alone."""
    for owner in commune.accounts.get(number, ()):
        if owner.role not in FIELD_ROLES:
            raise _Refusal(_("Số này đang là của %(name)s.", name=owner.name))
        if owner.ended_at is None and fold(owner.name) == fold(name):
            raise _Refusal(_("Đã có trong tổ, không mời lần nữa."), owner.id)
        ended = _(" (đã nghỉ)") if owner.ended_at else ""
        known = _("Số này đang là của %(name)s%(ended)s: mời riêng người này.", name=owner.name, ended=ended)
        raise _Refusal(known, owner.id)


def _refuse_repeated(person: ListedPerson, same_number: list[ListedPerson]) -> None:
    first = same_number[0]
    if len({fold(clean_text(other.name)) for other in same_number}) == 1:
        if person != first:
            raise _Refusal(_("Trùng dòng %(row)s.", row=first.row))
        return
    other = next(other for other in same_number if other != person)
    shared = _("Cùng số điện thoại với dòng %(row)s nhưng khác tên: sửa lại, hoặc mời riêng.", row=other.row)
    raise _Refusal(shared)


def _team(commune: _Commune, written: str) -> TeamInCharge:
    place = clean_text(written)
    teams = commune.teams.get(fold(place), [])
    if not place:
        raise _Refusal(_("Thiếu thôn hoặc tổ."))
    if len(teams) > 1:
        names = ", ".join(sorted(entry.team.name for entry in teams))
        raise _Refusal(_("“%(place)s” có nhiều tổ: ghi tên một tổ (%(names)s).", place=place, names=names))
    if teams:
        return teams[0]
    if fold(place) in commune.hamlets_without_team:
        raise _Refusal(_("“%(place)s” chưa có tổ phụ trách: giao thôn này cho một tổ ở mục Tổ.", place=place))
    raise _Refusal(_("Không có thôn hay tổ tên “%(place)s”.", place=place))


def _load(session: Session, actor: Actor) -> _Commune:
    accounts = defaultdict(list)
    with_number = visible_to(actor, Account).where(col(Account.phone).is_not(None))
    for account in session.exec(with_number.order_by(col(Account.ended_at).is_not(None), col(Account.id))):
        accounts[account.phone or ""].append(account)
    teams: dict[str, list[TeamInCharge]] = defaultdict(list)
    for entry in list_teams(session, actor):
        for name in {fold(entry.team.name), *map(fold, entry.hamlets)} if entry.hamlets else ():
            teams[name].append(entry)
    hamlets = frozenset(fold(hamlet.name) for hamlet in list_hamlets(session, actor))
    return _Commune(accounts, teams, hamlets)


def _rows_by_number(people: Sequence[ListedPerson]) -> dict[str, list[ListedPerson]]:
    rows = defaultdict(list)
    for person in people:
        if len(person.phone) <= _MAX_PHONE and (number := normalize_phone(person.phone)):
            rows[number].append(person)
    return rows
