"""*Có thể trùng*: pairs of households side by side; *Gộp*, *Không trùng*."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.accounts.access import visible_to
from app.areas import Hamlet
from app.core.errors import NotFound, StaleDecision
from app.households.doubles import Found, doubles, tell_apart
from app.households.models import Household
from app.visits.homes import AtHome, at_home
from app.visits.merging import merge
from app.web.desk_frame import DUPLICATES, Frame, Seat, Seated, frame_of
from app.web.desk_kept_words import HOUSEHOLD_FIELDS, HOUSEHOLD_STATES, Fact, household_value
from app.web.desk_labels import door
from app.web.desk_visits import known_shape, seen_version
from app.web.rendering import day, html, moment, number
from app.web.strings import _

router = APIRouter()

SHOWN = 50
DONE = {
    "merged": _("Đã gộp. Lượt thăm và lời hẹn đã chuyển sang hộ được giữ."),
    "apart": _("Đã ghi nhận là hai hộ khác nhau. Không hỏi lại."),
}
CHOOSE = _("Chọn hộ được giữ.")
STALE = _("Một trong hai hộ vừa được sửa hoặc đã gộp. Hãy xem lại.")
ALREADY = _("Một trong hai hộ này đã được gộp.")


@dataclass(frozen=True)
class Pair:
    """Which two households an address names."""

    one_id: str
    other_id: str

    def address(self, verb: str = "") -> str:
        return f"/desk/duplicates/{self.one_id}/{self.other_id}{verb}"


def known_pair(one_id: str, other_id: str) -> Pair:
    """Ids as ids are made. Raises `NotFound`."""
    return Pair(known_shape(one_id), known_shape(other_id))


def seen_versions(one: Annotated[str, Form()] = "", other: Annotated[str, Form()] = "") -> tuple[int, int]:
    """The versions of both that the form was made from."""
    return seen_version(one), seen_version(other)


Named = Annotated[Pair, Depends(known_pair)]
Seen = Annotated[tuple[int, int], Depends(seen_versions)]


@dataclass(frozen=True)
class PairRow:
    """Two households in the list."""

    href: str
    hamlet: str
    one: str
    one_alley: str
    other: str
    other_alley: str


@dataclass(frozen=True)
class DuplicatesPage:
    """What templates/desk/duplicates.html shows: the first 50 pairs; `done` says what was just decided."""

    title: str
    frame: Frame
    as_of: str
    count: str
    rows: list[PairRow]
    done: str


@dataclass(frozen=True)
class Side:
    """One of the two, and what is known of it."""

    id: str
    door: str
    version: int
    facts: list[Fact]


@dataclass(frozen=True)
class PairPage:
    """What templates/desk/duplicate.html shows; `merge` and `apart` are addresses, empty once decided."""

    title: str
    frame: Frame
    one: Side
    other: Side
    merge: str
    apart: str
    problem: str


@router.get("/desk/duplicates")
def show_duplicates(desk: Seated, done: str = "") -> Response:
    """The pairs, hamlet by hamlet."""

    def look(session: Session) -> DuplicatesPage:
        hamlets = {hamlet.id: hamlet.name for hamlet in session.exec(visible_to(desk.actor, Hamlet))}
        shown, found = doubles(session, desk.actor, SHOWN)
        return DuplicatesPage(
            title=_("Có thể trùng"),
            frame=frame_of(session, desk.actor, DUPLICATES),
            as_of=moment(desk.now),
            count=count_of(found),
            rows=[_row(one, other, hamlets[one.hamlet_id]) for one, other in shown],
            done=DONE.get(done, ""),
        )

    return html("desk/duplicates.html", desk.database.read(look))


@router.get("/desk/duplicates/{one_id}/{other_id}")
def show_pair(pair: Named, desk: Seated) -> Response:
    return _pair(desk, pair)


@router.post("/desk/duplicates/{one_id}/{other_id}/merge")
def merge_pair(pair: Named, desk: Seated, seen: Seen, surviving: Annotated[str, Form()] = "") -> Response:
    """*Gộp*: `surviving` is the one that is kept."""
    both = {pair.one_id, pair.other_id}
    if surviving not in both or len(both) == 1:
        return _pair(desk, pair, CHOOSE, 422)
    (losing,) = both - {surviving}
    versions = dict(zip((pair.one_id, pair.other_id), seen, strict=True))
    try:
        desk.database.write(lambda session: merge(session, desk.actor, losing, surviving, versions, desk.now))
    except StaleDecision:
        return _pair(desk, pair, STALE, 409)
    return RedirectResponse("/desk/duplicates?done=merged", 303)


@router.post("/desk/duplicates/{one_id}/{other_id}/apart")
def tell_pair_apart(pair: Named, desk: Seated) -> Response:
    """*Không trùng*."""
    desk.database.write(lambda session: tell_apart(session, desk.actor, pair.one_id, pair.other_id, desk.now))
    return RedirectResponse("/desk/duplicates?done=apart", 303)


def _pair(desk: Seat, pair: Pair, problem: str = "", status: int = 200) -> Response:
    def look(session: Session) -> PairPage:
        found = at_home(session, desk.actor, [pair.one_id, pair.other_id])
        if len(found) != 2 or pair.one_id == pair.other_id:
            raise NotFound
        one, other = found
        decided = any(each.home.merged_into for each in found)
        return PairPage(
            title=_("%(door)s – Có thể trùng", door=door(one.home)),
            frame=frame_of(session, desk.actor, DUPLICATES),
            one=_side(one),
            other=_side(other),
            merge="" if decided else pair.address("/merge"),
            apart="" if decided else pair.address("/apart"),
            problem=problem or (ALREADY if decided else ""),
        )

    return html("desk/duplicate.html", desk.database.read(look), status)


def count_of(found: Found) -> str:
    """How many pairs there are, as far as they were counted."""
    count = number(len(found.pairs))
    return _("Hơn %(count)s", count=count) if found.more else count


def _row(one: Household, other: Household, hamlet: str) -> PairRow:
    return PairRow(Pair(one.id, other.id).address(), hamlet, door(one), one.alley, door(other), other.alley)


def _side(found: AtHome) -> Side:
    home = found.home
    added = [found.added_by or _("danh sách"), moment(found.added_at) if found.added_at else ""]
    facts = [
        *((HOUSEHOLD_FIELDS[name], household_value(name, getattr(home, name)))
          for name in ("head_name", "house_no", "alley", "phone")),
        (_("Thôn"), found.hamlet),
        (HOUSEHOLD_FIELDS["state"], HOUSEHOLD_STATES[home.state]),
        (_("Có từ"), ", ".join(part for part in added if part)),
        (_("Lượt thăm"), number(found.visits)),
        (_("Thăm gần nhất"), day(found.last_on) if found.last_on else _("chưa có")),
    ]  # fmt: skip
    return Side(home.id, door(home), home.version, facts)
