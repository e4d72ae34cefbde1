"""The frame of every desk page: the commune, the supervisor and the links to the screens."""

from dataclasses import replace

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.accounts.commune import commune_of
from app.commune.second_factor import losses
from app.core.sql.snapshot import as_of
from app.core.strings import lazy
from app.review.first_day import first_visit_at
from app.review.visit_list.flag_queries import count_unevaluated
from app.web.frame import Frame, ScreenLink
from app.web.own_loss import own_loss_sentence
from app.web.rendering import number, second

OVERVIEW, VISITS, QUARANTINE, SERVICES = "overview", "visits", "quarantine", "services"
FLAGS = "flags"
HOUSEHOLDS, DUPLICATES, IMPORTS = "households", "duplicates", "imports"
REPORTS, SPOT_CHECKS = "reports", "spot-checks"
PEOPLE, TEAMS, HAMLETS, SUPERVISORS, DEVICES = "people", "teams", "hamlets", "supervisors", "devices"
SETTINGS, COVERAGE, NOT_REACHED, OVERDUE = "settings", "coverage", "not-reached", "overdue"
OUTREACH, NEEDS, GUIDES = "outreach", "needs", "guides"
REQUESTS, LOG, PAPERS, CARDS = "requests", "log", "papers", "cards"
_WITH_FLAGS = {OVERVIEW, VISITS, FLAGS, REPORTS}
_OF_FIRST_DAY = {IMPORTS, HAMLETS, TEAMS, PEOPLE, DEVICES}
# The rail's entries: an icon, a label, and the screens of the entry. The rail links to the first one; the
# others are tabs beside it.
_SECTIONS = (
    ("today", lazy("Tổng quan"), ((OVERVIEW, "/desk/", lazy("Tổng quan")),)),
    (
        "log",
        lazy("Lượt thăm"),
        ((VISITS, "/desk/visits", lazy("Mọi lượt")), (FLAGS, "/desk/flags", lazy("Cần xem"))),
    ),
    (
        "done",
        lazy("Độ phủ"),
        (
            (COVERAGE, "/desk/coverage", lazy("Theo thôn")),
            (NOT_REACHED, "/desk/coverage/not-reached", lazy("Hộ chưa gặp")),
            (OVERDUE, "/desk/coverage/overdue", lazy("Hẹn quá hạn")),
            (OUTREACH, "/desk/outreach", lazy("Buổi tuyên truyền")),
            (NEEDS, "/desk/needs", lazy("Nhu cầu")),
        ),
    ),
    (
        "people",
        lazy("Tổ và người"),
        (
            (PEOPLE, "/desk/people", lazy("Người")),
            (TEAMS, "/desk/teams", lazy("Tổ")),
            (DEVICES, "/desk/devices", lazy("Máy của tổ")),
            (CARDS, "/desk/card", lazy("Kiểm tra thẻ")),
            (SUPERVISORS, "/desk/supervisors", lazy("Cán bộ")),
            (LOG, "/desk/log", lazy("Nhật ký")),
        ),
    ),
    (
        "copy",
        lazy("Báo cáo"),
        (
            (REPORTS, "/desk/reports", lazy("Báo cáo")),
            (SPOT_CHECKS, "/desk/spot-checks", lazy("Hậu kiểm")),
        ),
    ),
    (
        "home",
        lazy("Hộ và dữ liệu"),
        (
            (HOUSEHOLDS, "/desk/households", lazy("Hộ dân")),
            (QUARANTINE, "/desk/quarantine", lazy("Chờ xử lý")),
            (DUPLICATES, "/desk/duplicates", lazy("Có thể trùng")),
            (REQUESTS, "/desk/citizen-requests", lazy("Sổ yêu cầu")),
        ),
    ),
    (
        "settings",
        lazy("Quản trị"),
        (
            (SETTINGS, "/desk/settings", lazy("Cài đặt")),
            (IMPORTS, "/desk/imports", lazy("Nhập danh sách")),
            (HAMLETS, "/desk/hamlets", lazy("Thôn")),
            (SERVICES, "/desk/services", lazy("Việc hướng dẫn")),
            (GUIDES, "/desk/guides", lazy("Cẩm nang")),
            (PAPERS, "/desk/papers", lazy("Giấy tờ")),
        ),
    ),
)


def build_frame(session: Session, actor: Actor, screen: str) -> Frame:
    """*Xã Yên Bình*, the supervisor's name, the links of the rail, and the tabs of the entry of `screen`."""
    commune = commune_of(session, actor)
    sections = [(label, [_link(screen, icon, *one) for one in screens]) for icon, label, screens in _SECTIONS]
    rail = [replace(links[0], label=label, current=_current(links)) for label, links in sections]
    tabs = next((links for _label, links in sections if len(links) > 1 and _current(links)), [])
    waiting = count_unevaluated(session, actor) if screen in _WITH_FLAGS else 0
    return Frame(
        commune.full_name,
        actor.name,
        rail,
        tabs,
        find="/desk/find",
        unevaluated=number(waiting) if waiting else "",
        as_of=as_of_text(session),
        is_first_day=screen in _OF_FIRST_DAY and first_visit_at(session, actor) is None,
        own_loss=_own_loss(session, actor) if actor.loss_id else "",
    )


def _own_loss(session: Session, actor: Actor) -> str:
    return own_loss_sentence(losses.own(session, actor))


def screens() -> list[tuple[str, str, str]]:
    """The entry, the label and the address of each screen, in the order of the rail."""
    return [
        (str(entry), str(label), href)
        for _icon, entry, several in _SECTIONS
        for _name, href, label in several
    ]


def as_of_text(session: Session) -> str:
    """*16:40:07 24/11/2026*, until when changes are in what is read from a replica; else empty."""
    instant = as_of(session)
    return second(instant) if instant else ""


def _link(screen: str, icon: str, name: str, href: str, label: str) -> ScreenLink:
    return ScreenLink(href, label, icon, "page" if name == screen else "")


def _current(links: list[ScreenLink]) -> str:
    """The `aria-current` of the rail's entry with these screens."""
    return links[0].current or ("true" if any(link.current for link in links) else "")
