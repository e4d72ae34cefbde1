"""The operator's commands for people: `invite`, `supervisor`, `password`, `end-account` (docs/operate.md)."""

import secrets
from collections.abc import Callable, Iterable
from typing import Annotated, TypeVar

import typer
from sqlmodel import Session, select

from app import areas, catalog
from app.accounts import people
from app.accounts.ending import begin_again, end_account
from app.accounts.models import Account, Team
from app.accounts.sign_in import INVITE_LIFE
from app.areas import Commune, Hamlet
from app.command_line import Refused, open_database, retry_kept_apart
from app.core import desk_log
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database, feed
from app.core.errors import PhoneInvalid, TextRefused
from app.core.strings import _
from app.core.text import fold, nfc
from app.web.desk_labels import phone_number
from app.web.rendering import moment

T = TypeVar("T")

commands = typer.Typer()

ROLES = {"volunteer": _("thành viên tổ"), "leader": _("tổ trưởng"), "supervisor": _("cán bộ")}
WHOSE = "Say whose: --phone NUMBER of a volunteer, or --sign-in-name NAME of a supervisor."
NO_NUMBER = "The phone number is not one: give it as 09xx xxx xxx."
NO_NAME = "Nobody has this sign-in name."

Port = Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="Of `serve`, for the address.")]


def text(value: str) -> str:
    """What an operator types, cleaned; an empty or unreadable one is refused."""
    try:
        cleaned = nfc(value)
    except TextRefused:
        raise typer.BadParameter("it holds characters that cannot be stored") from None
    if not cleaned:
        raise typer.BadParameter("it is empty")
    return cleaned


def _texts(values: list[str]) -> list[str]:
    return [text(value) for value in values]


def _sign_in_name(value: str | None) -> str | None:
    return None if value is None else text(value).lower()


Name = Annotated[str, typer.Option(help="Full name, as it will stand on visits.", callback=text)]
SignInName = Annotated[str, typer.Option(help="What they type at the desk.", callback=_sign_in_name)]


@commands.command("invite")
def invite(
    name: Name,
    phone: Annotated[str, typer.Option(help="The phone number they will sign in with.")],
    hamlet: Annotated[
        list[str], typer.Option(help="A hamlet their team covers; may be given again.", callback=_texts)
    ],
    commune: Annotated[str, typer.Option(help="Official code; needed when several communes began.")] = "",
    create_hamlet: Annotated[bool, typer.Option(help="Add hamlets that the commune has not.")] = False,
    leader: Annotated[bool, typer.Option(help="As the team's leader.")] = False,
    same_person: Annotated[
        bool, typer.Option("--same-person", help="Whose number it is already: name and role stay.")
    ] = False,
    new_name: Annotated[
        bool, typer.Option("--new-name", help="With --same-person: NAME from now on, in old visits too.")
    ] = False,
    new_person: Annotated[
        bool, typer.Option("--new-person", help="Whoever had the number has left, and somebody else has it.")
    ] = False,
    port: Port = 8000,
) -> None:
    """Invite a volunteer: prints the code to sign in with, good for 14 days and one sign-in."""
    settings, now = Settings(), utc_now()

    def work(session: Session) -> list[str]:
        home = _commune(session, commune)
        known = people.find_member(session, home.id, phone)
        if known is not None and new_person and known.ended_at:
            people.take_number(session, known)
        elif known is not None and not same_person:
            raise Refused(_is_known(session, known))
        places = _hamlets(session, home, hamlet, create_hamlet)
        team = people.team_of(session, places, now)
        account = people.add_member(session, team, name, phone, now, "leader" if leader else "volunteer")
        if same_person and new_name:
            people.rename(session, account, name)
        code = people.invite(session, account, now)
        return [
            _head(session, account),
            _("Thôn: %(names)s", names=", ".join(place.name for place in places)),
            _("Mở địa chỉ: %(address)s", address=f"{settings.address(port)}/field/sign-in"),
            _("Số điện thoại: %(number)s", number=phone_number(account.phone)[0]),
            _("Mã mời: %(code)s", code=code),
            _("Dùng được một lần, đến %(when)s", when=moment(now + INVITE_LIFE)),
        ]

    database = open_database(settings)
    _say(_write(database, work))
    retry_kept_apart(database)


@commands.command("supervisor")
def supervisor(
    name: Annotated[str, typer.Option(help="Full name.", callback=text)],
    sign_in_name: SignInName,
    commune: Annotated[str, typer.Option(help="Official 5-digit code of the commune.")],
    new_password: Annotated[
        bool, typer.Option("--new-password", help="They have the sign-in name already.")
    ] = False,
    port: Port = 8000,
) -> None:
    """Begin a commune, or add a supervisor to it: prints the password once."""
    settings, password = Settings(), secrets.token_urlsafe(9)

    def work(session: Session) -> list[str]:
        home = _commune(session, commune)
        known = people.find_supervisor(session, sign_in_name)
        if known is None:
            account = people.add_supervisor(session, home.id, name, sign_in_name, password)
            desk_log.note(session, home.id, people.RESET, utc_now(), account=account.id)
        else:
            account = _their_own(known, home, name, new_password)
            begin_again(session, account)
            feed(session, account.commune_id, [account])
            session.add(account)
            people.set_password(session, account, password, utc_now())
        return _way_in(session, account, settings.address(port), sign_in_name, password)

    _say(_write(open_database(settings), work))


@commands.command("password")
def password(sign_in_name: SignInName, port: Port = 8000) -> None:
    """Give a supervisor a new password, printed once: the old one and all their sessions end."""
    settings, fresh = Settings(), secrets.token_urlsafe(9)

    def work(session: Session) -> list[str]:
        account = _supervisor(session, sign_in_name)
        if account.ended_at is not None:
            raise Refused("This account has ended; `supervisor … --new-password` begins it again.")
        people.set_password(session, account, fresh, utc_now())
        return _way_in(session, account, settings.address(port), sign_in_name, fresh)

    _say(_write(open_database(settings), work))


@commands.command("end-account")
def end(
    phone: Annotated[str, typer.Option(help="The number of a volunteer or leader.")] = "",
    sign_in_name: Annotated[
        str | None, typer.Option(help="The sign-in name of a supervisor.", callback=_sign_in_name)
    ] = None,
    commune: Annotated[str, typer.Option(help="Official code; needed when several communes began.")] = "",
) -> None:
    """End the account of somebody who left; what their phone has not sent yet can still come."""
    if bool(phone) == bool(sign_in_name):
        raise Refused(WHOSE)

    def work(session: Session) -> list[str]:
        account = _supervisor(session, sign_in_name) if sign_in_name else _member(session, commune, phone)
        end_account(session, account, utc_now())
        who = _head(session, account)
        return [_("Đã kết thúc tài khoản: %(who)s", who=who), *_after(session, account)]

    _say(_write(open_database(Settings()), work))


def _after(session: Session, account: Account) -> Iterable[str]:
    """What to know once an account has ended."""
    if account.role != "supervisor":
        yield _("Lượt chưa gửi trên máy của người này vẫn gửi về được, nằm ở mục Chờ xử lý.")
        return
    yield _("Người này không vào được bàn làm việc nữa.")
    wanted = select(Account).where(Account.commune_id == account.commune_id, Account.role == "supervisor")
    if all(one.ended_at for one in session.exec(wanted)):
        yield _("Xã không còn cán bộ nào: hãy thêm bằng lệnh supervisor.")


def _write(database: Database, work: Callable[[Session], T]) -> T:
    try:
        return database.write(work)
    except PhoneInvalid:
        raise Refused(NO_NUMBER) from None


def _say(lines: Iterable[str]) -> None:
    typer.echo("\n".join(lines))


def _head(session: Session, account: Account) -> str:
    """*Nguyễn Thị Lan, thành viên tổ, xã Yên Bình*."""
    commune = session.get_one(Commune, account.commune_id)
    return f"{account.name}, {ROLES[account.role]}, {commune.kind} {commune.name}"


def _way_in(session: Session, account: Account, address: str, sign_in_name: str, password: str) -> list[str]:
    return [
        _head(session, account),
        _("Mở địa chỉ: %(address)s", address=f"{address}/desk/"),
        _("Tên đăng nhập: %(name)s", name=sign_in_name),
        _("Mật khẩu: %(password)s", password=password),
    ]


def _is_known(session: Session, known: Account) -> str:
    team = session.get(Team, (known.commune_id, known.team_id)) if known.team_id else None
    facts = [ROLES[known.role], team.name if team else "", _("đã kết thúc") if known.ended_at else ""]
    otherwise = "add --new-person" if known.ended_at else "end that account first (`end-account`)"
    whose = f"This number is {known.name}'s ({', '.join(fact for fact in facts if fact)})."
    same = "If it is the same person, add --same-person: name and role stay as they are."
    return f"{whose} {same} If it is somebody else, {otherwise}."


def _their_own(known: Account, home: Commune, name: str, new_password: bool) -> Account:
    """The account, if it is this very person's and a new password is wanted."""
    if known.commune_id != home.id:
        raise Refused("Another commune has this sign-in name: choose another.")
    if nfc(known.name).casefold() != name.casefold():
        raise Refused(f"This sign-in name is {known.name}'s: choose another.")
    if not new_password:
        raise Refused(f"{known.name} has this sign-in name: --new-password gives them a new password.")
    return known


def _supervisor(session: Session, sign_in_name: str) -> Account:
    account = people.find_supervisor(session, sign_in_name)
    if account is None:
        raise Refused(NO_NAME)
    return account


def _member(session: Session, commune: str, phone: str) -> Account:
    account = people.find_member(session, _commune(session, commune).id, phone)
    if account is None:
        raise Refused("Nobody here has this number.")
    return account


def _commune(session: Session, code: str) -> Commune:
    """The commune of `code`, begun if it was not; without a code the only one that has begun."""
    if code:
        areas.ensure_loaded(session)
        commune = areas.start_commune(session, code, utc_now)
        if commune is None:
            raise Refused(f"There is no commune with code {code}.")
        catalog.add_default(session, commune.id)
        return commune
    started = session.exec(select(Commune).where(Commune.started_at.is_not(None))).all()  # type: ignore[union-attr]
    if len(started) != 1:
        raise Refused("Say which commune: --commune CODE.")
    return started[0]


def _hamlets(session: Session, commune: Commune, names: list[str], create: bool) -> list[Hamlet]:
    """The hamlets of these names, each once, in the commune's order."""
    found = {hamlet.id: hamlet for hamlet in (_hamlet(session, commune, name, create) for name in names)}
    return sorted(found.values(), key=lambda hamlet: hamlet.position)


def _hamlet(session: Session, commune: Commune, name: str, create: bool) -> Hamlet:
    hamlets = session.exec(select(Hamlet).where(Hamlet.commune_id == commune.id)).all()
    known = [hamlet for hamlet in hamlets if fold(hamlet.name) == fold(name)]
    exact = [hamlet for hamlet in known if nfc(hamlet.name).lower() == nfc(name).lower()]
    if exact or len(known) == 1:
        return (exact or known)[0]
    if not create:
        names = ", ".join(hamlet.name for hamlet in hamlets) or "none yet"
        raise Refused(f"No hamlet {name!r} in {commune.name} (it has: {names}). Add it with --create-hamlet.")
    return areas.add_hamlet(session, commune.id, areas.hamlet_id(session, commune.id, name), nfc(name))
