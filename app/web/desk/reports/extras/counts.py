"""/desk/settings/report-extras/{kind}: the adults or household businesses of hamlets, with their source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import local_date
from app.core.errors import Invalid, NotFound, StaleDecision, TextRefused
from app.core.strings import _, lazy
from app.reports.extras.hamlet_counts import (
    MAX_AGE,
    MAX_COUNT,
    MAX_SOURCE,
    TypedCounts,
    current_count,
    list_counts,
    save_counts,
    undo_counts,
)
from app.reports.extras.models import COUNT_KINDS, HamletCount, wanted_extras
from app.web.days import parse_day
from app.web.desk.page.context import Desk, DeskContext, FormVersion
from app.web.desk.page.frame import SETTINGS, build_frame
from app.web.desk.reports.extras.choice import LABELS
from app.web.desk.reports.extras.choice import PATH as CHOICE
from app.web.frame import Frame
from app.web.rendering import day as format_day
from app.web.rendering import html, moment, number

router = APIRouter()
PATH = f"{CHOICE}/{{kind}}"
ShortText = Annotated[str, Form(max_length=1_000)]
ManyTexts = Annotated[list[str], Form(max_length=2_000)]
_PROBLEMS = {
    "source": lazy(
        "Ghi nơi cung cấp số, nhiều nhất %(most)s ký tự, không có dãy số dài. Thí dụ: Công an xã, phường.",
        most=MAX_SOURCE,
    ),
    "as_of": lazy("Ghi ngày của số liệu theo mẫu 24/11/2026, trong %(years)s năm qua.", years=MAX_AGE),
    "counts": lazy("Ghi số của ít nhất một thôn. Thôn chưa có số thì để trống."),
}
_NO_NUMBER = lazy("Ghi một số từ 0 đến %(most)s, hoặc để trống.", most=f"{MAX_COUNT:,}".replace(",", "."))
_ODD = lazy("Có ký tự lạ không lưu được. Xóa chỗ đó, gõ lại rồi lưu.")
_DONE = {
    "saved": lazy("Đã lưu. Báo cáo chưa chốt in các số này."),
    "undone": lazy("Đã hoàn tác. Báo cáo chưa chốt in số của lần ghi trước, nếu có."),
}


@dataclass(frozen=True)
class HamletField:
    """The number of a hamlet as the form has it, and a sentence if it was refused."""

    id: str
    name: str
    value: str
    problem: str


@dataclass(frozen=True)
class CountVersion:
    """A time that numbers were typed: what, who and when; `undone`: who took it back, empty if nobody did.
    `undo`: its version if it can be undone now, else 0."""

    line: str
    total: str
    undone: str
    undo: int


@dataclass(frozen=True)
class CountsPage:
    """What templates/desk/reports/extras/counts.html shows. `notice`: why nothing was saved; `version`: of
    the numbers that count."""

    title: str
    frame: Frame
    back_link: str
    action: str
    done: str
    notice: str
    source: str
    as_of: str
    problems: Mapping[str, str]
    hamlets: list[HamletField]
    version: int
    versions: list[CountVersion]


@dataclass(frozen=True)
class _Refused:
    source: str
    as_of: str
    counts: Mapping[str, str]
    problems: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    status: int = 422


@router.get(PATH)
def show_counts(kind: str, desk: Desk, done: str = "") -> Response:
    """The form with the numbers that count, and each time that some were typed."""
    return _page(desk, kind, done=str(_DONE.get(done, "")))


@router.post(PATH)
def type_counts(
    kind: str,
    desk: Desk,
    version: FormVersion,
    source: ShortText = "",
    as_of: ShortText = "",
    hamlet: ManyTexts = [],  # noqa: B006
    count: ManyTexts = [],  # noqa: B006
) -> Response:
    """*Lưu*: what is not understood comes back with a sentence at its field."""
    counts = dict(zip(hamlet, count, strict=False))
    day = parse_day(as_of, local_date(desk.now))
    typed = TypedCounts(source, day, counts)

    def work(session: Session) -> None:
        _require(session, desk, kind)
        save_counts(session, desk.actor, kind, typed, version, desk.now)

    try:
        desk.database.write(work)
    except Invalid as error:
        problems = {name: str(_PROBLEMS.get(name, _NO_NUMBER)) for name in error.fields}
        return _page(desk, kind, _Refused(source, as_of, counts, problems))
    except TextRefused:
        return _page(desk, kind, _Refused(source, as_of, counts, notice=str(_ODD)))
    except StaleDecision:
        notice = _("Vừa có người khác ghi hoặc hoàn tác. Bấm Lưu lần nữa thì các số dưới đây thay các số đó.")
        return _page(desk, kind, _Refused(source, as_of, counts, notice=notice, status=409))
    return RedirectResponse(f"{CHOICE}/{kind}?done=saved", 303)


@router.post(f"{PATH}/undo")
def undo(kind: str, desk: Desk, version: FormVersion) -> Response:
    """*Hoàn tác*: the numbers of the time before count again."""

    def work(session: Session) -> None:
        _require(session, desk, kind)
        undo_counts(session, desk.actor, kind, version, desk.now)

    try:
        desk.database.write(work)
    except StaleDecision:
        notice = _("Vừa có người khác ghi hoặc hoàn tác. Dưới đây là các số bây giờ.")
        return _page(desk, kind, notice=notice)
    return RedirectResponse(f"{CHOICE}/{kind}?done=undone", 303)


def _require(session: Session, desk: DeskContext, kind: str) -> None:
    """Raises `NotFound` for what is no kind of number, or none that the commune wants."""
    if kind not in COUNT_KINDS or kind not in wanted_extras(session, desk.actor):
        raise NotFound


def _page(
    desk: DeskContext, kind: str, refused: _Refused | None = None, done: str = "", notice: str = ""
) -> Response:
    page = desk.database.read(lambda session: _load(session, desk, kind, refused, (done, notice)))
    status = refused.status if refused else 409 if notice else 200
    return html("desk/reports/extras/counts.html", page, status)


def _load(
    session: Session, desk: DeskContext, kind: str, refused: _Refused | None, words: tuple[str, str]
) -> CountsPage:
    _require(session, desk, kind)
    versions = list_counts(session, desk.actor, kind)
    current = current_count(versions)
    form = refused or _stored(current)
    names = supervisor_names(session, desk.actor)
    done, notice = words
    return CountsPage(
        title=next(str(label) for code, label in LABELS.items() if code == kind),
        frame=build_frame(session, desk.actor, SETTINGS),
        back_link=CHOICE,
        action=f"{CHOICE}/{kind}",
        done=done,
        notice=form.notice or notice,
        source=form.source,
        as_of=form.as_of,
        problems={name: form.problems.get(name, "") for name in _PROBLEMS},
        hamlets=[
            HamletField(
                one.id, one.name, form.counts.get(one.id, ""), form.problems.get(f"hamlet.{one.id}", "")
            )
            for one in list_hamlets(session, desk.actor)
        ],
        version=current.version if current else 0,
        versions=[_version(one, names, is_current=one is current) for one in versions],
    )


def _stored(current: HamletCount | None) -> _Refused:
    """The numbers that count as they would be typed."""
    if current is None:
        return _Refused("", "", {})
    counts = {id: number(count) for id, count in current.counts.items()}
    return _Refused(current.source, format_day(current.as_of), counts)


def _version(one: HamletCount, names: Mapping[str, str], *, is_current: bool) -> CountVersion:
    line = _(
        "Theo %(source)s, ngày %(day)s. %(who)s ghi lúc %(when)s",
        source=one.source,
        day=format_day(one.as_of),
        who=names.get(one.typed_by, ""),
        when=moment(one.typed_at),
    )
    undone = ""
    if one.undone_at:
        who = names.get(one.undone_by or "", "")
        undone = _("Đã hoàn tác: %(who)s, %(when)s", who=who, when=moment(one.undone_at))
    total = _(
        "%(hamlets)s thôn, cộng %(total)s",
        hamlets=number(len(one.counts)),
        total=number(sum(one.counts.values())),
    )
    return CountVersion(line, total, undone, one.version if is_current else 0)
