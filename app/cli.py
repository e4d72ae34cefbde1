"""The operator's commands: `python -m app.cli --help`."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from app import account_commands, areas, demo, serving
from app.command_line import Commands, Refused, open_database, retry_kept_apart
from app.core import logs, private
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import CommuneUnknown, Unavailable
from app.core.strings import _
from app.keeping import commands, phone_files
from app.keeping.check import missing_lines
from app.lists import importing, reading, report, rows
from app.lists.comparing import MOST_NEW_HAMLETS, Plan
from app.web import connections

cli = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
cli.add_typer(account_commands.commands)
cli.add_typer(commands.commands)
cli.add_typer(phone_files.commands)


@cli.callback()
def begin() -> None:
    """The operator's commands."""
    private.begin()
    logs.configure()


@cli.command("serve")
def serve(port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535)] = 8000) -> None:
    """Run the server. In demo mode: load the demo commune if the database is empty, loopback only."""
    settings = Settings()
    serving.refuse_start(settings, port)
    database = open_database(settings)
    if settings.is_demo:
        database.write(lambda session: demo.load(session, utc_now()))
    typer.echo("\n".join(serving.lines(settings, port, database)))
    missing_lines(database)
    database.close()
    if not settings.is_demo and not settings.public_hosts:
        typer.echo("TUNGNHA_PUBLIC_URL is not set: only this machine's own names are answered.", err=True)
    serving.bound_memory()
    # Without its own log_config uvicorn writes through our handler; an access log would hold ids of records.
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=settings.host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        http=connections.BoundedProtocol,
        limit_concurrency=connections.MOST,
    )


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
        database.write(areas.ensure_loaded)
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
        retry_kept_apart(database)
    else:
        typer.echo(_("Đây là chạy thử, chưa ghi gì. Thêm --write để nhập."))


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


if __name__ == "__main__":
    cli()
