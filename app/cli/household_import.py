"""The command that imports a list of households: `import-households` (docs/lists.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from app.cli.common import CommandRefused, open_database, retry_quarantine
from app.commune import areas
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import CommuneUnknown, Unavailable
from app.core.strings import _
from app.intake.household_import import importer, report
from app.intake.household_import.comparison import MAX_NEW_HAMLETS, ImportPlan
from app.intake.household_import.parsing import parser
from app.intake.household_import.reading import reader
from app.intake.household_import.records import ParsedList

commands = typer.Typer()


@commands.command("import-households")
def import_households(
    file: Annotated[Path, typer.Argument(help="The list: .xlsx, .xls, .ods or .csv.")],
    commune: Annotated[str, typer.Option(help="Official 5-digit code of the commune.")],
    write: Annotated[
        bool, typer.Option("--write", help="Add the households; without it nothing is written.")
    ] = False,
    skip_bad_rows: Annotated[bool, typer.Option("--skip-bad-rows", help="Import the other rows.")] = False,
    create_hamlets: Annotated[bool, typer.Option("--create-hamlets", help="Add missing hamlets.")] = False,
    remarks_stay: Annotated[
        bool, typer.Option("--remarks-stay", help="Households with an unclear remark live there.")
    ] = False,
    report_dir: Annotated[Path | None, typer.Option(help="Folder of the report; else FILE's.")] = None,
) -> None:
    """Add the households of a list to a commune. A dry run without --write (docs/lists.md)."""
    report_file = report.unused_path(file, report_dir)
    options = importer.ImportOptions(write, skip_bad_rows, create_hamlets, remarks_stay)
    with _refuse_on_failure():
        parsed = parser.parse(reader.read(file))
        database = open_database(Settings())
        plan = _import_list(database, commune, parsed, options, report_file)
    typer.echo("\n".join(report.summary_lines(plan, options)))
    if report_file.exists():
        typer.echo(_("Các dòng cần xem: %(file)s", file=typer.format_filename(report_file)))
    _conclude(database, plan, options)


def _import_list(
    database: Database, commune: str, parsed: ParsedList, options: importer.ImportOptions, report_file: Path
) -> ImportPlan:
    def work(session: Session) -> ImportPlan:
        save = partial(report.save_workbook, report_file)
        return importer.import_list(session, commune, parsed, options, utc_now(), save)

    database.write(areas.ensure_areas)
    return database.write(work) if options.write else database.read(work)


@contextmanager
def _refuse_on_failure() -> Iterator[None]:
    try:
        yield
    except reader.FileRefused as refused:
        raise CommandRefused(refused.sentence) from None
    except CommuneUnknown:
        raise CommandRefused(_("Không có xã, phường nào có mã này: hãy xem lại --commune.")) from None
    except Unavailable:
        raise CommandRefused(_("Cơ sở dữ liệu đang bận hoặc đã đầy. Chưa ghi gì: hãy thử lại.")) from None
    except OSError:
        sentence = _("Không ghi được tệp các dòng cần xem: hãy thêm --report-dir THƯ-MỤC.")
        raise CommandRefused(sentence) from None


def _conclude(database: Database, plan: ImportPlan, options: importer.ImportOptions) -> None:
    """Print advice and exit with code 1 if the list cannot be written. Once it is written, retry quarantined
    operations, which may need its households."""
    if not plan.may_be_written(skip_bad_rows=options.skip_bad_rows):
        typer.echo(_advice(plan, options), err=True)
        raise typer.Exit(1)
    if options.write:
        retry_quarantine(database)
    else:
        typer.echo(_("Đây là chạy thử, chưa ghi gì. Thêm --write để nhập."))


def _advice(plan: ImportPlan, options: importer.ImportOptions) -> str:
    """What to do about a list that cannot be written."""
    if not plan.rejected_rows:
        return _("Không thấy hộ nào trong tệp. Chưa ghi gì.")
    advice = _("Chưa ghi gì: hãy sửa các dòng trên trong tệp rồi nhập lại.")
    if not plan.is_empty and not options.skip_bad_rows:
        advice += _(" Thêm --skip-bad-rows để bỏ qua các dòng đó.")
    if 0 < len(plan.missing_hamlets) <= MAX_NEW_HAMLETS and not options.create_hamlets:
        advice += _(" Thêm --create-hamlets để tạo: %(names)s.", names=", ".join(plan.missing_hamlets))
    if plan.unclear_remarks and not options.remarks_stay:
        advice += _(" Thêm --remarks-stay nếu các hộ có ghi chú chưa rõ vẫn ở đây.")
    return advice
