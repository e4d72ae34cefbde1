"""Helpers of the tests of importing: import a parsed list, and read the households that are stored."""

from sqlmodel import select

from app.core.db import Database
from app.fieldwork.households.models import Household
from app.intake.household_import.comparison import ImportPlan
from app.intake.household_import.importer import ImportOptions, import_list
from app.intake.household_import.records import ParsedList
from tests.conftest import NOW

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn", "Điện thoại")
NEW = ("1", "Nguyễn Văn Thử", "21", "Ngõ 3", "Thôn Đông", "0900000100")
WRITE = ImportOptions(write=True)


def run_import(
    database: Database, parsed: ParsedList, options: ImportOptions = WRITE, code: str = "06391"
) -> ImportPlan:
    run = database.write if options.write else database.read
    return run(lambda session: import_list(session, code, parsed, options, NOW, lambda plan: None))


def households(database: Database) -> list[Household]:
    return database.read(lambda s: list(s.exec(select(Household).order_by(Household.feed_seq))))  # type: ignore[arg-type]
