"""/desk/visits.csv and .xlsx: the visits of the list's filters as a file."""

from collections.abc import Iterator
from threading import BoundedSemaphore
from typing import BinaryIO

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlmodel import Session

from app.core.clock import local_date
from app.core.errors import TooLarge, Unavailable
from app.core.strings import SOURCE, _, language, lazy
from app.reports.visit_download.job import MAX_VISITS, Form, Job, Labels
from app.reports.visit_download.worker import write_file
from app.review.visit_list.listing import Filters
from app.web.deps import Config
from app.web.desk.page.frame import VISITS, build_frame
from app.web.desk.page.labels import ERASED_HOUSEHOLD, FILTERS, FROM_PAPER, OUTCOMES, RESULTS, STATES, UNITS
from app.web.desk.page.reading import ReadingContext, ReadingDesk
from app.web.desk.visits.filters import AddressQuery, FilterBar, VisitQuery, read_list_filters
from app.web.errors import ErrorPage
from app.web.reading import RecentFactor
from app.web.rendering import day, html, number

router = APIRouter()

MEDIA_TYPES: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DOWNLOADS_AT_ONCE = 2  # of one server process; each takes a core and 100 MB
_CHUNK_BYTES = 256 * 1024
LABELS = Labels(
    results=RESULTS,
    outcomes=OUTCOMES,
    units=UNITS,
    states={code: label for code, (label, _icon) in STATES.items()},
    paper=FROM_PAPER[0],
    quick=lazy("Ghi nhanh"),
    phone=lazy("Điện thoại"),
    erased=ERASED_HOUSEHOLD,
)


@router.get("/desk/visits.csv", dependencies=[RecentFactor])
def download_csv(request: Request, desk: ReadingDesk, settings: Config, query: AddressQuery) -> Response:
    """The list as CSV."""
    return _download(request, desk, settings, query, "csv")


@router.get("/desk/visits.xlsx", dependencies=[RecentFactor])
def download_xlsx(request: Request, desk: ReadingDesk, settings: Config, query: AddressQuery) -> Response:
    """The list as an Excel workbook."""
    return _download(request, desk, settings, query, "xlsx")


def _download(
    request: Request, desk: ReadingContext, settings: Config, query: VisitQuery, form: Form
) -> Response:
    job, problem = desk.reading.read(lambda session: _job(session, desk, query, form))
    if problem:
        return _refuse(problem, 422)
    slots: BoundedSemaphore = request.app.state.download_slots
    if not slots.acquire(blocking=False):
        raise Unavailable
    try:
        file = write_file(job, settings.data_dir)
    except TooLarge:
        count = number(MAX_VISITS)
        return _refuse(_("Hơn %(count)s lượt. Hãy lọc theo ngày rồi xuất từng phần.", count=count), 413)
    finally:
        slots.release()
    try:
        desk.reading.note(desk.actor.commune_id, "visits.downloaded", **_asked(desk, job))
    except BaseException:
        file.close()
        raise
    return StreamingResponse(
        _chunks(file),
        media_type=MEDIA_TYPES[form],
        headers=download_headers(f"luot-tham-{local_date(desk.now).isoformat()}.{form}"),
    )


def download_headers(name: str) -> dict[str, str]:
    """The headers of a file that is saved under `name` and stored by no cache."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


def _job(session: Session, desk: ReadingContext, query: VisitQuery, form: Form) -> tuple[Job, str]:
    """The job, and what is wrong with the filters: a file of other visits than those asked for would be taken
    for what was asked."""
    filters, bar = read_list_filters(session, desk, query)
    commune = build_frame(session, desk.actor, VISITS).commune
    words = _filters_text(bar, filters)
    job = Job(desk.reading.database_url, form, desk.actor, filters, words, commune, desk.now, LABELS)
    if bar.ignored:
        return job, _("Không có giá trị này ở ô: %(names)s.", names=bar.ignored)
    return job, _("Ghi ngày theo mẫu 24/11/2026.") if bar.day_wrong else ""


@language(SOURCE)
def _filters_text(bar: FilterBar, filters: Filters) -> str:
    """*Thôn: Thôn Đông; Từ ngày: 01/11/2026*."""
    chosen = {"hamlet": bar.hamlets, "volunteer": bar.volunteers, "state": bar.states, "flag": bar.flags}
    parts = {
        FILTERS[name]: option.label for name, options in chosen.items() for option in options if option.chosen
    }
    parts |= {FILTERS["q"]: bar.q} if filters.household_ids is not None else {}
    parts |= {_("Từ ngày"): day(filters.since)} if filters.since else {}
    parts |= {FILTERS["to"]: day(filters.until)} if filters.until else {}
    return "; ".join(f"{name}: {value}" for name, value in parts.items()) or _("mọi lượt, trừ lượt đã bỏ")


def _asked(desk: ReadingContext, job: Job) -> dict[str, object]:
    """Who has taken the visits of which filters, as the desk log has it."""
    filters = job.filters
    details = {
        "hamlet": filters.hamlet_id, "volunteer": filters.volunteer_id, "state": filters.state,
        "flag": filters.flag, "sample": filters.sample_id,
        "since": filters.since and filters.since.isoformat(),
        "until": filters.until and filters.until.isoformat(),
        "searched": filters.household_ids is not None,
    }  # fmt: skip
    asked: dict[str, object] = {name: value for name, value in details.items() if value}
    return {"by": desk.actor.account_id, "form": job.form} | asked


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _refuse(advice: str, status: int) -> Response:
    return html("error.html", ErrorPage(_("Chưa xuất được danh sách"), advice), status)
