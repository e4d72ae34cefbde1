"""/desk/settings/personal-data: *Dữ liệu cá nhân*, what is stored about whom, for supervisors to read and to
show."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.core.personal_data.codes import Subject
from app.core.personal_data.columns import personal_rows
from app.upkeep.migrations.tables import METADATA
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import SETTINGS
from app.web.desk.records.settings.personal_words import BASES, KINDS, PURPOSES, READERS, SUBJECTS, TERMS
from app.web.screens import screen

router = APIRouter()


@router.get("/desk/settings/personal-data")
def show_personal_data(desk: Desk) -> Response:
    """The rows of all columns, each once."""
    rows = list(personal_rows(METADATA.sorted_tables))
    words = {
        "subjects": SUBJECTS,
        "kinds": KINDS,
        "purposes": PURPOSES,
        "bases": BASES,
        "terms": TERMS,
        "readers": READERS,
    }
    groups = [(one, [row for row in rows if row.subject is one]) for one in Subject]
    return screen(desk, "desk/records/personal_data.html", SETTINGS, lambda _: {"groups": groups, **words})
