"""The commands for operators: `create-operator` and `operators`; ending one is in `end-account`."""

import typer
from sqlmodel import Session

from app.cli import account_options
from app.cli.common import CommandRefused, open_database
from app.commune import areas
from app.commune.credentials import operators
from app.commune.credentials.links import OPERATOR_LIFETIME
from app.commune.credentials.models import Operator
from app.commune.credentials.operators import OperatorEntry
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.errors import NotFound
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
    """List the operators: sign-in name, name, and whether their password opens anything."""
    now = utc_now()
    entries = open_database(Settings()).read(lambda session: operators.list_operators(session, now))
    for entry in entries:
        typer.echo(f"{entry.operator.sign_in_name}: {entry.operator.name}, {_state(entry)}")
    if not entries:
        typer.echo(_("Chưa có người vận hành nào: dùng create-operator."))


def end_operator(session: Session, operator: Operator) -> list[str]:
    """End an operator: their password and sessions open nothing. What to tell whoever did it."""
    now = utc_now()
    operators.disable_password(session, operator.id, now)
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
