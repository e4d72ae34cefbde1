"""The operator's commands for people: `invite`, `supervisor`, `create-operator`, … (docs/operate.md)."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import typer
from sqlmodel import Session, select

from app.cli import account_lookup, account_options
from app.cli.account_lookup import ROLES
from app.cli.common import CommandRefused, open_database, retry_quarantine
from app.cli.operators import end_instance_person
from app.commune.accounts import people
from app.commune.accounts.deactivation import deactivate_account, reactivate_account
from app.commune.accounts.models import Account, FieldRole
from app.commune.accounts.sign_in import INVITE_LIFETIME
from app.commune.areas import Commune, Hamlet, host_of
from app.commune.credentials import resets
from app.core import desk_log
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import PhoneInvalid
from app.core.feed import feed
from app.core.numbers.phone import display_phone
from app.core.strings import _
from app.web.rendering import moment

T = TypeVar("T")

commands = typer.Typer()


@commands.command("invite")
def invite(
    name: account_options.Name,
    phone: account_options.Phone,
    hamlet: account_options.Hamlets,
    commune: account_options.OptionalCommuneCode = "",
    create_hamlet: account_options.CreateHamlet = False,
    leader: account_options.Leader = False,
    same_person: account_options.SamePerson = False,
    new_name: account_options.NewName = False,
    new_person: account_options.NewPerson = False,
    port: account_options.Port = 8000,
) -> None:
    """Invite a volunteer: prints the code to sign in with, good for 14 days and one sign-in."""
    settings, now = Settings(), utc_now()
    role: FieldRole = "leader" if leader else "volunteer"

    def work(session: Session) -> list[str]:
        its_commune = account_lookup.find_commune(session, commune)
        owner = people.find_member(session, its_commune.id, phone)
        if owner is not None and new_person and owner.ended_at:
            people.release_phone_number(session, owner)
        elif owner is not None and not same_person:
            account_lookup.refuse_known_number(session, owner)
        hamlets = account_lookup.find_hamlets(session, its_commune, hamlet, create=create_hamlet)
        team = people.find_or_add_team(session, hamlets, now)
        account = people.add_member(session, team, name, phone, now, role)
        if same_person and new_name:
            people.rename(session, account, name)
        code = people.invite(session, account, now)
        until = moment(now + INVITE_LIFETIME)
        address = f"{_address(session, account, settings, port)}/field/sign-in"
        return _invite_lines(session, account, hamlets, address, code, until)

    database = open_database(settings)
    _print(_write(database, work))
    retry_quarantine(database)


@commands.command("supervisor")
def supervisor(
    name: account_options.SupervisorName,
    sign_in_name: account_options.SignInName,
    commune: account_options.CommuneCode,
    new_password: account_options.NewPassword = False,
    port: account_options.Port = 8000,
) -> None:
    """Begin a commune, or add a supervisor to it: prints the password once."""
    settings, password = Settings(), secrets.token_urlsafe(9)

    def work(session: Session) -> list[str]:
        its_commune = account_lookup.find_commune(session, commune)
        account = people.find_supervisor(session, sign_in_name)
        if account is None:
            account = people.add_supervisor(session, its_commune.id, name, sign_in_name, password)
            desk_log.note(session, its_commune.id, people.RESET_EVENT, utc_now(), account=account.id)
        else:
            account_lookup.refuse_other_owner(account, its_commune, name, new_password=new_password)
            reactivate_account(session, account)
            feed(session, account.commune_id, [account])
            session.add(account)
            people.set_password(session, account, password, utc_now())
            resets.record(session, account, "", "", utc_now())
        return _password_lines(
            session, account, _address(session, account, settings, port), sign_in_name, password
        )

    _print(_write(open_database(settings), work))


@commands.command("password")
def reset_password(sign_in_name: account_options.SignInName, port: account_options.Port = 8000) -> None:
    """Give a supervisor a new password, printed once: the old one and all their sessions end."""
    settings, password = Settings(), secrets.token_urlsafe(9)

    def work(session: Session) -> list[str]:
        account = account_lookup.find_supervisor(session, sign_in_name)
        if account.ended_at is not None:
            raise CommandRefused("This account has ended; `supervisor … --new-password` begins it again.")
        people.set_password(session, account, password, utc_now())
        resets.record(session, account, "", "", utc_now())
        return _password_lines(
            session, account, _address(session, account, settings, port), sign_in_name, password
        )

    _print(_write(open_database(settings), work))


@commands.command("end-account")
def end_account(
    phone: account_options.MemberPhone = "",
    sign_in_name: account_options.OptionalSignInName = None,
    commune: account_options.OptionalCommuneCode = "",
) -> None:
    """End the account of somebody who left; what their phone has not sent yet can still come."""
    if bool(phone) == bool(sign_in_name):
        raise CommandRefused(
            "Say whose: --phone NUMBER of a volunteer, or --sign-in-name NAME of a supervisor."
        )

    def work(session: Session) -> list[str]:
        if sign_in_name and (lines := end_instance_person(session, sign_in_name)):
            return lines
        if sign_in_name:
            account = account_lookup.find_supervisor(session, sign_in_name)
        else:
            account = account_lookup.find_member(session, commune, phone)
        deactivate_account(session, account, utc_now())
        who = _description(session, account)
        return [_("Đã kết thúc tài khoản: %(who)s", who=who), *_consequences(session, account)]

    _print(_write(open_database(Settings()), work))


def _write(database: Database, work: Callable[[Session], T]) -> T:
    try:
        return database.write(work)
    except PhoneInvalid:
        raise CommandRefused("The phone number is not one: give it as 09xx xxx xxx.") from None


def _print(lines: Iterable[str]) -> None:
    typer.echo("\n".join(lines))


def _address(session: Session, account: Account, settings: Settings, port: int) -> str:
    """Where the person opens the app: by the name of their commune, if it has one of its own."""
    host = host_of(session, account.commune_id)
    return f"https://{host}" if host else settings.address(port)


def _invite_lines(
    session: Session, account: Account, hamlets: list[Hamlet], address: str, code: str, until: str
) -> list[str]:
    """What the operator tells the person who is invited."""
    return [
        _description(session, account),
        _("Thôn: %(names)s", names=", ".join(hamlet.name for hamlet in hamlets)),
        _("Mở địa chỉ: %(address)s", address=address),
        _("Số điện thoại: %(number)s", number=display_phone(account.phone)),
        _("Mã mời: %(code)s", code=code),
        _("Dùng được một lần, đến %(when)s", when=until),
    ]


def _password_lines(
    session: Session, account: Account, address: str, sign_in_name: str, password: str
) -> list[str]:
    """What the operator tells the supervisor."""
    return [
        _description(session, account),
        _("Mở địa chỉ: %(address)s", address=f"{address}/desk/"),
        _("Tên đăng nhập: %(name)s", name=sign_in_name),
        _("Mật khẩu: %(password)s", password=password),
    ]


def _description(session: Session, account: Account) -> str:
    """*Nguyễn Thị Lan, thành viên tổ, xã Yên Bình*."""
    commune = session.get_one(Commune, account.commune_id)
    return f"{account.name}, {ROLES[account.role]}, {commune.kind} {commune.name}"


def _consequences(session: Session, account: Account) -> Iterator[str]:
    """What ending the account means, for the operator."""
    if account.role != "supervisor":
        yield _("Lượt chưa gửi trên máy của người này vẫn gửi về được, nằm ở mục Chờ xử lý.")
        return
    yield _("Người này không vào được bàn làm việc nữa.")
    supervisors = select(Account).where(
        Account.commune_id == account.commune_id, Account.role == "supervisor"
    )
    if all(supervisor.ended_at for supervisor in session.exec(supervisors)):
        yield _("Không còn cán bộ nào: hãy thêm bằng lệnh supervisor.")
