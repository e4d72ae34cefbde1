"""/desk/hamlets: the hamlets with their households and teams, a hamlet's name and known households, and
merging it into another: choose the one that stays and the day, read the consequences, confirm."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts import access
from app.commune.accounts.access import MAX_DELAY
from app.commune.areas import Hamlet
from app.commune.teams import hamlets
from app.commune.teams.directory import list_teams
from app.commune.teams.hamlets import MAX_KNOWN_HOUSEHOLDS, list_hamlets
from app.core.clock import local_date
from app.core.errors import NameTaken, NotFound, StaleDecision
from app.core.strings import _, lazy
from app.fieldwork.households import hamlet_merge
from app.fieldwork.households.hamlet_merge import MergePreview
from app.fieldwork.households.search import count_active_by_hamlet
from app.sync.quarantine.retry import retry_quarantined
from app.web.days import start_of
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import HAMLETS
from app.web.forms import At, Day, Filled, Form, Id, Number, Sent, Values, Version, name_field, submit
from app.web.rendering import ShownNumber, day, number
from app.web.screens import screen

router = APIRouter()
_DONE = {
    "saved": lazy("Đã lưu thôn. Máy của tổ thấy tên mới ở lần liên lạc sau."),
    "merged": lazy("Đã gộp thôn. Máy của các tổ nhận danh sách mới ở lần liên lạc sau."),
}
HAMLET = Form(
    name_field("name", lazy("Tên thôn"), lazy("Nhập tên thôn.")),
    Number(
        "known",
        lazy("Số hộ theo sổ"),
        lazy("Theo sổ quản lý hộ, để tính độ phủ. Có thể để trống."),
        lazy("Ghi số hộ từ 0 đến %(most)s, hoặc để trống.", most=ShownNumber(MAX_KNOWN_HOUSEHOLDS)),
        maxlength=8,
        shown=40,
        inputmode="numeric",
        most=MAX_KNOWN_HOUSEHOLDS,
        is_wanted=False,
    ),
    refusals={NameTaken: At("name", lazy("Đã có thôn tên này. Đặt tên khác."))},
)
# `losing`, `surviving`: the feed numbers of both hamlets that the page showed.
MERGE = Form(
    Id("into", lazy("Thôn còn lại"), wrong=lazy("Chọn thôn còn lại."), empty=lazy("Chọn thôn")),
    Day(
        "since",
        lazy("Từ ngày"),
        lazy("Để trống là từ hôm nay. Nếu thôn đã gộp từ trước, ghi ngày đó: 24/11/2026"),
        wrong=lazy(
            "Ghi ngày theo mẫu 24/11/2026, không sau hôm nay và không quá %(days)s ngày trước.",
            days=MAX_DELAY.days,
        ),
        most_ago=MAX_DELAY.days,
    ),
    Version("losing"),
    Version("surviving"),
    refusals={StaleDecision: lazy("Một trong hai thôn vừa được đổi tên hoặc gộp. Xem lại rồi quyết định.")},
)


@router.get("/desk/hamlets")
def show_hamlets(desk: Desk, done: str = "") -> Response:
    """The list; `done` names what was just saved."""

    def load(session: Session) -> Mapping[str, Any]:
        found = list_hamlets(session, desk.actor, with_merged=True)
        names = {hamlet.id: hamlet.name for hamlet in found}
        households = count_active_by_hamlet(session, desk.actor)
        teams: dict[str, list[str]] = {}
        for entry in list_teams(session, desk.actor):
            for hamlet_id in entry.hamlet_ids:
                teams.setdefault(hamlet_id, []).append(entry.team.name)
        return {
            "hamlets": [one for one in found if one.merged_into is None],
            "households": households,
            "sum": sum(households.values()),
            "teams": teams,
            "merged": [
                (one.name, names.get(one.merged_into, ""), local_date(one.merged_at))
                for one in found
                if one.merged_into and one.merged_at
            ],
            "done": _DONE.get(done, ""),
        }

    return screen(desk, "desk/people/hamlets.html", HAMLETS, load)


@router.get("/desk/hamlets/new")
def show_new_hamlet(desk: Desk) -> Response:
    return _form(desk, "", HAMLET.blank())


@router.post("/desk/hamlets/new")
def add_hamlet(desk: Desk, sent: Sent) -> Response:
    """Add the hamlet."""
    return _save(desk, "", sent)


@router.get("/desk/hamlets/{hamlet_id}")
def show_hamlet(hamlet_id: PathId, desk: Desk) -> Response:
    hamlet = desk.read(lambda session: access.find(session, desk.actor, Hamlet, hamlet_id))
    return _form(desk, hamlet_id, HAMLET.of(hamlet, known=hamlet.known_households))


@router.post("/desk/hamlets/{hamlet_id}")
def change_hamlet(hamlet_id: PathId, desk: Desk, sent: Sent) -> Response:
    """Change name and number."""
    return _save(desk, hamlet_id, sent)


def _save(desk: DeskContext, hamlet_id: str, sent: Sent) -> Response:
    def save(session: Session, typed: Values) -> None:
        name, known = typed["name"], typed["known"]
        if hamlet_id:
            hamlets.change_hamlet(session, desk.actor, hamlet_id, name, known, desk.now)
        else:
            hamlets.add_hamlet(session, desk.actor, name, known, desk.now)

    done = "/desk/hamlets?done=saved"
    return submit(desk, HAMLET, sent, save, done, lambda form: _form(desk, hamlet_id, form))


def _form(desk: DeskContext, hamlet_id: str, form: Filled) -> Response:
    """The form; `merged`: into which hamlet it was merged and when."""

    def load(session: Session) -> Mapping[str, Any]:
        hamlet = access.find(session, desk.actor, Hamlet, hamlet_id) if hamlet_id else None
        merged = None
        if hamlet and hamlet.merged_into and hamlet.merged_at:
            survivor = access.find(session, desk.actor, Hamlet, hamlet.merged_into)
            merged = survivor.name, local_date(hamlet.merged_at)
        return {"form": form, "hamlet": hamlet, "merged": merged}

    return screen(desk, "desk/people/hamlet_form.html", HAMLETS, load, form.status)


@router.get("/desk/hamlets/{hamlet_id}/merge")
def show_merge(request: Request, hamlet_id: PathId, desk: Desk) -> Response:
    """The choice of the hamlet that stays, or with `into` what merging does."""
    asked = request.query_params
    form = MERGE.read(asked, desk.now) if "into" in asked else MERGE.blank()
    return _merge_page(desk, hamlet_id, replace(form, status=200))


@router.post("/desk/hamlets/{hamlet_id}/merge")
def merge(hamlet_id: PathId, desk: Desk, sent: Sent) -> Response:
    """Merge the hamlet into `into` from the day `since` on."""

    def join(session: Session, typed: Values) -> None:
        into = typed["into"]
        seen = {hamlet_id: typed["losing"], into: typed["surviving"]}
        wanted = hamlet_merge.Merge(hamlet_id, into, start_of(typed["since"], desk.now), seen)
        hamlet_merge.merge_hamlets(session, desk.actor, wanted, desk.now)

    def joined(_none: None) -> str:
        # What a team recorded in the other's hamlet waits for the right to do so, which it may have now.
        retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
        return "/desk/hamlets?done=merged"

    def again(form: Filled) -> Response:
        # The form that merges carries a hamlet that was chosen before: another id names nothing.
        if "into" in form.problems:
            raise NotFound
        return _merge_page(desk, hamlet_id, form)

    return submit(desk, MERGE, sent, join, joined, again)


def _merge_page(desk: DeskContext, hamlet_id: str, form: Filled) -> Response:
    """The choice, or the consequences of one that can be made."""

    def load(session: Session) -> Mapping[str, Any]:
        hamlet = access.find(session, desk.actor, Hamlet, hamlet_id)
        if hamlet.merged_into is not None and not form.is_stale:
            raise NotFound
        others = {one.id: one.name for one in list_hamlets(session, desk.actor) if one.id != hamlet.id}
        into, since, shown, found = form.values.get("into"), form.values.get("since"), form, None
        if into and into not in others:
            shown = form.with_problems({**form.problems, "into": str(MERGE.field("into").wrong)}, form.status)
        elif into and not form.problems and hamlet.merged_into is None:
            found = hamlet_merge.preview(session, desk.actor, hamlet_id, into)
        today = local_date(desk.now)
        return {
            "hamlet": hamlet,
            "others": list(others.items()),
            "form": shown,
            "preview": found,
            "since": None if since == today else since,
            "sentences": _sentences(found, since or today, today) if found else [],
        }

    return screen(desk, "desk/people/hamlet_merge.html", HAMLETS, load, form.status)


def _sentences(found: MergePreview, since: date, today: date) -> list[str]:
    """What the merge does."""
    names = {"losing": found.losing.name, "surviving": found.surviving.name, "day": day(since)}
    counts = {
        "count": number(found.losing_households),
        "both": number(found.losing_households + found.surviving_households),
        "teams": number(found.teams),
        "people": number(found.people),
    }
    if since == today:
        first = _("Từ hôm nay, %(day)s, %(losing)s không còn trong danh sách thôn.", **names)
    else:
        first = _(
            "%(losing)s gộp vào %(surviving)s từ ngày %(day)s, và không còn trong danh sách thôn.", **names
        )
    return [
        first,
        _("%(count)s hộ của %(losing)s thuộc %(surviving)s, khi đó có %(both)s hộ.", **counts, **names),
        _(
            "%(teams)s tổ với %(people)s người đang phụ trách %(losing)s phụ trách %(surviving)s từ ngày"
            " %(day)s.",
            **counts,
            **names,
        ),
        _("Máy của các tổ tải lại danh sách ở lần liên lạc sau; lượt chưa gửi vẫn gửi về và được tính."),
        _("Lượt hai tổ đã ghi ở thôn của nhau, đang chờ xử lý vì khác thôn, được tính ngay."),
        _(
            "Kỳ báo cáo kết thúc trước ngày %(day)s vẫn có dòng %(losing)s như cũ.",
            **names,
        ),
        _(
            "Kỳ đang chạy và các kỳ sau tính lượt đã ghi ở %(losing)s vào %(surviving)s, báo cáo có ghi chú.",
            **names,
        ),
        _("Không tách lại được."),
    ]
