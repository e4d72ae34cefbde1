"""The operator's commands: `python -m app.cli --help`."""

import secrets
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from sqlmodel import Session, select

from app import areas, catalog, demo
from app.accounts import people
from app.areas import Commune, Hamlet
from app.command_line import Refused, open_database
from app.core import desk_log
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import CommuneUnknown, NameTaken, PhoneInvalid, TextRefused, Unavailable
from app.core.strings import _
from app.core.text import fold, nfc
from app.keeping import commands, phone_files
from app.keeping.check import missing_lines
from app.lists import importing, reading, report, rows
from app.lists.comparing import MOST_NEW_HAMLETS, Plan
from app.sync.retry import retry_kept
from app.web.security import is_loopback

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
cli.add_typer(commands.commands)
cli.add_typer(phone_files.commands)


def _text(value: str) -> str:
    """What an operator types, cleaned; an empty or unreadable one is refused."""
    try:
        cleaned = nfc(value)
    except TextRefused:
        raise typer.BadParameter("it holds characters that cannot be stored") from None
    if not cleaned:
        raise typer.BadParameter("it is empty")
    return cleaned


@cli.command("serve")
def serve(port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535)] = 8000) -> None:
    """Run the server. In demo mode: load the demo commune if the database is empty, loopback only."""
    settings = Settings()
    if settings.is_demo and not is_loopback(settings.host):
        raise Refused(f"Demo mode has public passwords: it does not start on {settings.host}.")
    database = open_database(settings)
    if not settings.is_demo and database.read(demo.is_here):
        raise Refused(
            "This database holds the demo commune, whose passwords are public: "
            "begin with another TUNGNHA_DATA_DIR or TUNGNHA_DATABASE_URL."
        )
    if settings.is_demo:
        database.write(lambda session: demo.load(session, utc_now()))
        typer.echo(_welcome(settings.host, port))
    missing_lines(database)
    database.close()
    uvicorn.run("app.main:create_app", factory=True, host=settings.host, port=port, log_level="warning")


@cli.command("load-areas")
def load_areas() -> None:
    """Load or refresh the 34 provinces and 3,321 communes."""
    provinces, communes = open_database(Settings()).write(areas.load_areas)
    typer.echo(f"{provinces} provinces, {communes} communes.")


@cli.command("seed-demo")
def seed_demo() -> None:
    """Load the demo commune into an empty database."""
    settings = Settings()
    if not settings.is_demo:
        raise Refused("The demo commune has public passwords: it is loaded in demo mode only.")
    loaded = open_database(settings).write(lambda session: demo.load(session, utc_now()))
    typer.echo("Demo commune loaded." if loaded else "A commune has already begun here; nothing loaded.")


@cli.command("invite")
def invite(
    name: Annotated[str, typer.Option(help="Full name, as it will stand on visits.", callback=_text)],
    phone: Annotated[str, typer.Option(help="The phone number they will sign in with.")],
    hamlet: Annotated[str, typer.Option(help="Name of the hamlet their team covers.", callback=_text)],
    commune: Annotated[str, typer.Option(help="Official code; needed when several communes began.")] = "",
    create_hamlet: Annotated[bool, typer.Option(help="Add the hamlet if the commune has none.")] = False,
    leader: Annotated[bool, typer.Option(help="As the team's leader.")] = False,
) -> None:
    """Invite a volunteer: prints the code to sign in with, good for 14 days and one sign-in."""

    def work(session: Session) -> str:
        home = _commune(session, commune)
        place = _hamlet(session, home, hamlet, create_hamlet)
        team = people.team_of(session, place, utc_now())
        role = "leader" if leader else "volunteer"
        account = people.add_member(session, team, name, phone, utc_now(), role)
        return people.invite(session, account, utc_now())

    database = open_database(Settings())
    try:
        code = database.write(work)
    except PhoneInvalid:
        raise Refused("The phone number is not one: give it as 09xx xxx xxx.") from None
    typer.echo(f"Mã mời: {code}")
    _retry(database)


@cli.command("supervisor")
def supervisor(
    name: Annotated[str, typer.Option(help="Full name.", callback=_text)],
    sign_in_name: Annotated[str, typer.Option(help="What they type at the desk.", callback=_text)],
    commune: Annotated[str, typer.Option(help="Official 5-digit code of the commune.")],
) -> None:
    """Begin a commune, or add a supervisor to it: prints the password once."""
    password = secrets.token_urlsafe(9)

    def work(session: Session) -> None:
        home = _commune(session, commune)
        account = people.add_supervisor(session, home.id, name, sign_in_name.strip().lower(), password)
        desk_log.note(session, home.id, "account.password", utc_now(), account=account.id)

    try:
        open_database(Settings()).write(work)
    except NameTaken:
        raise Refused("Another commune has this sign-in name: choose another.") from None
    typer.echo(f"Tên đăng nhập: {sign_in_name.strip().lower()}\nMật khẩu: {password}")


@cli.command("import-households")
def import_households(
    file: Annotated[Path, typer.Argument(help="The list: .xlsx, .xls, .ods or .csv.")],
    commune: Annotated[str, typer.Option(help="Official 5-digit code of the commune.")],
    write: Annotated[
        bool, typer.Option("--write", help="Add the households; without it, only look.")
    ] = False,
    skip_bad_rows: Annotated[bool, typer.Option("--skip-bad-rows", help="Leave refused rows out.")] = False,
    create_hamlets: Annotated[bool, typer.Option("--create-hamlets", help="Add missing hamlets.")] = False,
    report_dir: Annotated[Path | None, typer.Option(help="Folder of the report; else beside FILE.")] = None,
) -> None:
    """Add a list's households to a commune. A dry run unless --write (docs/lists.md)."""
    report_file = report.free_name(file, report_dir)
    wish = importing.Wish(write, skip_bad_rows, create_hamlets)
    try:
        found = rows.understand(reading.read(file))
        database = open_database(Settings())
        database.write(_know_areas)
        plan = (database.write if write else database.read)(
            lambda session: importing.import_list(
                session, commune, found, wish, utc_now(), lambda plan: report.save(report_file, plan)
            )
        )
    except reading.FileRefused as refused:
        raise Refused(refused.sentence) from None
    except CommuneUnknown:
        raise Refused(_("Không có xã, phường nào có mã này: hãy xem lại --commune.")) from None
    except Unavailable:
        raise Refused(_("Cơ sở dữ liệu đang bận hoặc đã đầy. Chưa ghi gì: hãy thử lại.")) from None
    except OSError:
        raise Refused(_("Không ghi được tệp các dòng cần xem: hãy thêm --report-dir THƯ-MỤC.")) from None
    typer.echo("\n".join(report.lines(plan, wish)))
    if report_file.exists():
        typer.echo(_("Các dòng cần xem: %(file)s", file=typer.format_filename(report_file)))
    _conclude(database, plan, wish)


def _conclude(database: Database, plan: Plan, wish: importing.Wish) -> None:
    """What follows from a plan: advice, or for a list that was written the records that waited for it."""
    if not plan.may_be_written(skip_bad_rows=wish.skip_bad_rows):
        typer.echo(_advice(plan, wish), err=True)
        raise typer.Exit(1)
    if wish.write:
        _retry(database)
    else:
        typer.echo(_("Đây là chạy thử, chưa ghi gì. Thêm --write để nhập."))


def _retry(database: Database) -> None:
    """Count what phones sent again after a restore before this was there."""
    try:
        if count := retry_kept(database, utc_now()):
            typer.echo(_("Đã nhận thêm %(n)s bản ghi đang chờ xử lý.", n=count))
    except Unavailable:
        raise Refused(_("Cơ sở dữ liệu đang bận: còn bản ghi chờ xử lý, hãy chạy lại lệnh này.")) from None


def _advice(plan: Plan, wish: importing.Wish) -> str:
    """What to do about a list that cannot be written as it is."""
    if not plan.refusals:
        return _("Không thấy hộ nào trong tệp. Chưa ghi gì.")
    advice = _("Chưa ghi gì: hãy sửa các dòng trên trong tệp rồi nhập lại.")
    if not plan.is_empty and not wish.skip_bad_rows:
        advice += _(" Thêm --skip-bad-rows để bỏ qua các dòng đó.")
    if 0 < len(plan.missing) <= MOST_NEW_HAMLETS and not wish.create_hamlets:
        advice += _(" Thêm --create-hamlets để tạo: %(names)s.", names=", ".join(plan.missing))
    return advice


def _know_areas(session: Session) -> None:
    if not session.exec(select(Commune.id)).first():
        areas.load_areas(session)
        session.flush()


def _commune(session: Session, code: str) -> Commune:
    """The commune of `code`, begun if it was not; without a code the only one that has begun."""
    if code:
        _know_areas(session)
        commune = areas.start_commune(session, code, utc_now)
        if commune is None:
            raise Refused(f"There is no commune with code {code}.")
        catalog.add_default(session, commune.id)
        return commune
    started = session.exec(select(Commune).where(Commune.started_at.is_not(None))).all()  # type: ignore[union-attr]
    if len(started) != 1:
        raise Refused("Say which commune: --commune CODE.")
    return started[0]


def _hamlet(session: Session, commune: Commune, name: str, create: bool) -> Hamlet:
    hamlets = session.exec(select(Hamlet).where(Hamlet.commune_id == commune.id)).all()
    known = [hamlet for hamlet in hamlets if fold(hamlet.name) == fold(name)]
    exact = [hamlet for hamlet in known if nfc(hamlet.name).lower() == nfc(name).lower()]
    if exact or len(known) == 1:
        return (exact or known)[0]
    if not create:
        names = ", ".join(hamlet.name for hamlet in hamlets) or "none yet"
        raise Refused(f"No hamlet {name!r} in {commune.name} (it has: {names}). Add it with --create-hamlet.")
    id = areas.hamlet_id(session, commune.id, name)
    return areas.add_hamlet(session, commune.id, id, nfc(name))


def _welcome(host: str, port: int) -> str:
    address = f"http://{host}:{port}"
    name, sign_in_name, password = demo.SUPERVISOR
    lines = [f"Từng Nhà, demo commune xã Yên Bình ({demo.COMMUNE}), invented people.", ""]
    lines += [f"  Desk   {address}/desk/          {sign_in_name} / {password}  ({name})"]
    for person, phone, code in (demo.VOLUNTEERS[0], demo.VOLUNTEERS[2]):
        lines.append(f"  Phone  {address}/field/sign-in  code {code}, phone {phone}  ({person})")
    return "\n".join([*lines, "", "Stop with Ctrl+C."])


if __name__ == "__main__":
    cli()
