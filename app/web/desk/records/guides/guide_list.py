"""/desk/guides: the guides in the order of the phone, how old each is and how many phones have it."""

from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.guides import adding, commands
from app.commune.guides.commands import PhonesWithGuides
from app.commune.guides.models import Guide
from app.commune.guides.positions import is_added
from app.core.strings import _, lazy
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import GUIDES, build_frame
from app.web.desk.page.labels import PILLARS
from app.web.frame import Frame
from app.web.rendering import day, html, moment

router = APIRouter()
PATH = "/desk/guides"
GROUPS = {"team": lazy("Trước khi đến nhà")} | PILLARS


@dataclass(frozen=True)
class GuideRow:
    """One guide. `text`: whose text it is; `changed`: who changed it last, and when."""

    title: str
    address: str
    text: str
    updated: str
    changed: str
    phones: str


@dataclass(frozen=True)
class GuideGroup:
    """The guides of a pillar."""

    label: str
    rows: list[GuideRow]


@dataclass(frozen=True)
class GuidesPage:
    """What templates/desk/records/guides.html shows. `add`: where a guide is added, empty if the commune has
    as many of its own as it may have; `removed`: those that it has removed."""

    title: str
    frame: Frame
    groups: list[GuideGroup]
    add: str
    most: int
    removed: list[GuideRow]


@router.get(PATH)
def show_guides(desk: Desk) -> Response:
    return html("desk/records/guides.html", desk.database.read(lambda session: _page(session, desk)))


def _page(session: Session, desk: DeskContext) -> GuidesPage:
    guides = commands.list_guides(session, desk.actor)
    phones = commands.phones_with_guides(session, desk.actor)
    names = supervisor_names(session, desk.actor)
    by_group = groupby(guides, key=lambda guide: commands.place_in_use(guide).group)
    return GuidesPage(
        title=_("Cẩm nang"),
        frame=build_frame(session, desk.actor, GUIDES),
        groups=[
            GuideGroup(GROUPS[group], [_row(guide, phones, names) for guide in some])
            for group, some in by_group
        ],
        add="" if adding.is_full(session, desk.actor) else f"{PATH}/new",
        most=adding.MAX_ADDED,
        removed=[_row(guide, phones, names) for guide in commands.list_removed(session, desk.actor)],
    )


def _row(guide: Guide, phones: PhonesWithGuides, names: dict[str, str]) -> GuideRow:
    return GuideRow(
        title=guide.title,
        address=f"{PATH}/{guide.code}",
        text=_text(guide),
        updated=day(guide.changed_on),
        changed=changed_text(guide, names),
        phones=phones_text(guide, phones),
    )


def _text(guide: Guide) -> str:
    if is_added(guide.code):
        return _("Hướng dẫn riêng")
    return _("Bản riêng") if guide.is_own else _("Bản của dự án")


def changed_text(guide: Guide, names: dict[str, str]) -> str:
    """*Hoàng Văn Bình 16:40 24/11/2026*; empty if no supervisor has changed it."""
    if guide.changed_at is None:
        return ""
    return f"{names.get(guide.changed_by or '', '')} {moment(guide.changed_at)}".strip()


def phones_text(guide: Guide, phones: PhonesWithGuides) -> str:
    """*12/14 máy*."""
    return _("%(having)s/%(total)s máy", having=phones.having(guide), total=phones.total)
