"""The commands for people who belong to no commune: `create-operator`, `operators` and
`create-province-viewer`; ending one of them is in `end-account`."""

import typer
from sqlmodel import Session

from app.cli import account_options
from app.cli.common import CommandRefused, open_database
from app.commune import areas
from app.commune.credentials import operators, supervisors, viewers
from app.commune.credentials.links import LIFETIME, OPERATOR_LIFETIME
from app.commune.credentials.models import Operator, ProvinceViewer
from app.commune.credentials.operators import OPERATORS, OperatorEntry
from app.commune.credentials.viewers import VIEWERS
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.errors import NameTaken, NotFound
from app.core.strings import _
from app.web.rendering import moment, number

commands = typer.Typer()


@commands.command("create-operator")
def create_operator(
    sign_in_name: account_options.OptionalOperatorName = None, port: account_options.Port = 8000
) -> None:
    """Print a link, good once and for 15 minutes, to become an operator in the browser."""
    settings = Settings()

    def work(session: Session) -> str:
        areas.ensure_areas(session)
        return operators.issue_link(session, sign_in_name or "", utc_now())

    try:
        token = open_database(settings).write(work)
    except NotFound:
        raise CommandRefused("No operator has this sign-in name.") from None
    minutes = int(OPERATOR_LIFETIME.total_seconds()) // 60
    typer.echo(_("Mở địa chỉ này trong %(n)s phút để đặt mật khẩu của người vận hành:", n=minutes))
    typer.echo(f"{settings.address(port)}/link/{token}")


@commands.command("operators")
def list_operators() -> None:
    """List the operators: sign-in name, name, whether their password opens anything, and is used."""
    now = utc_now()
    entries = open_database(Settings()).read(lambda session: operators.list_operators(session, now))
    for entry in entries:
        idle = _(", lâu không dùng: end-account cho nghỉ") if entry.is_idle(now) else ""
        typer.echo(f"{entry.operator.sign_in_name}: {entry.operator.name}, {_state(entry)}{idle}")
    if not entries:
        typer.echo(_("Chưa có người vận hành nào: dùng create-operator."))


@commands.command("create-province-viewer")
def create_province_viewer(
    province: account_options.ProvinceCode,
    name: account_options.SupervisorName,
    sign_in_name: account_options.SignInName,
    port: account_options.Port = 8000,
) -> None:
    """Begin a province viewer, or give one a new link: prints it; it is good once and for 3 days."""
    settings, now = Settings(), utc_now()
    if not supervisors.is_sign_in_name(sign_in_name):
        raise CommandRefused("A sign-in name has 3 to 40 small letters, digits, dots and hyphens.")

    def work(session: Session) -> tuple[str, str]:
        areas.ensure_areas(session)
        viewer, token = viewers.begin_viewer(session, province, name, sign_in_name, now)
        return _viewer_label(session, viewer), token

    try:
        who, token = open_database(settings).write(work)
    except NotFound:
        raise CommandRefused(f"There is no province with code {province}.") from None
    except NameTaken:
        raise CommandRefused("Somebody else has this sign-in name: choose another.") from None
    until = moment(now + LIFETIME)
    typer.echo(_("%(who)s. Đường dẫn để đặt mật khẩu, dùng một lần đến %(when)s:", who=who, when=until))
    typer.echo(f"{settings.address(port)}/link/{token}")


def end_instance_person(session: Session, sign_in_name: str) -> list[str]:
    """End the operator or viewer with this sign-in name: their password and sessions open nothing. What to
    tell whoever did it; nothing if there is none."""
    if operator := OPERATORS.find(session, sign_in_name):
        return _end_operator(session, operator)
    if viewer := VIEWERS.find(session, sign_in_name):
        viewers.end_viewer(session, viewer, utc_now())
        return [_("Đã kết thúc tài khoản: %(who)s", who=_viewer_label(session, viewer))]
    return []


def _viewer_label(session: Session, viewer: ProvinceViewer) -> str:
    """*Lê Thị Hà, người xem của tỉnh Lạng Sơn*."""
    province = viewers.find_province(session, viewer.province_code)
    place = f"{province.kind} {province.name}"
    return _("%(person)s, người xem của %(place)s", person=viewer.name, place=place)


def _end_operator(session: Session, operator: Operator) -> list[str]:
    now = utc_now()
    OPERATORS.disable_password(session, operator.id, now)
    lines = [_("Đã kết thúc tài khoản: %(who)s, người vận hành", who=operator.name)]
    if all(entry.operator.disabled_at for entry in operators.list_operators(session, now)):
        lines.append(_("Không còn người vận hành nào. Khi cần, dùng create-operator."))
    return lines


def _state(entry: OperatorEntry) -> str:
    if entry.operator.disabled_at:
        return _("mật khẩu hết hiệu lực từ %(when)s", when=moment(entry.operator.disabled_at))
    since = moment(entry.operator.created_at)
    if not entry.sessions:
        return _("từ %(since)s, không đăng nhập ở đâu", since=since)
    return _("từ %(since)s, đang đăng nhập ở %(n)s nơi", since=since, n=number(entry.sessions))
