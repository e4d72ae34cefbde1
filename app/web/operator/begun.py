"""The communes of a list begin, each in a transaction of its own; the sheets with the links, one a page.

They are shown once, so whatever happens after the first commune has begun, its link is on the page, and
beside it which communes have not begun.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import Province
from app.commune.credentials import communes, links
from app.core.errors import NameTaken, StaleDecision, Unavailable
from app.core.strings import SOURCE, _, language
from app.intake.supervisor_import.records import ReadySupervisor
from app.web.addresses import origin_of
from app.web.desk.people.invite_sheet import QrCode, qr_code
from app.web.frame import Frame
from app.web.operator.context import PROVINCES, OperatorContext, operator_frame
from app.web.rendering import html, moment, number


@dataclass(frozen=True)
class LinkCard:
    """The sheet of one supervisor."""

    commune: str
    name: str
    sign_in_name: str
    link: str
    qr: QrCode


@dataclass(frozen=True)
class BegunPage:
    """What templates/operator/begun.html shows. `missing`: communes that have not begun, and why."""

    title: str
    frame: Frame
    back: str
    province: str
    until: str
    cards: list[LinkCard]
    missing: list[tuple[str, str]]


@language(SOURCE)
def begin_all(
    request: Request, context: OperatorContext, province: Province, ready: Sequence[ReadySupervisor]
) -> Response:
    """The page with the links. Raises `Unavailable` if the database is away before any commune has begun."""
    origin = origin_of(request, None)  # before it begins, no commune has a name of its own
    cards: list[LinkCard] = []
    missing: list[tuple[str, str]] = []
    for one in ready:
        try:
            token = context.database.write(partial(_begin, context, one))
        except StaleDecision:
            missing.append((one.commune, _("vừa có người khác bắt đầu")))
        except NameTaken:
            missing.append((one.commune, _("tên đăng nhập vừa có người dùng")))
        except Unavailable:
            if not cards:
                raise
            missing.append((one.commune, _("máy chủ bận: chọn lại tệp chỉ có nơi này")))
        else:
            cards.append(_card(one, f"{origin}/link/{token}"))
    page = BegunPage(
        title=_("%(count)s nơi đã bắt đầu", count=number(len(cards))),
        frame=operator_frame(context.operator, PROVINCES),
        back=f"{PROVINCES}/{province.code}",
        province=province.full_name,
        until=moment(context.now + links.LIFETIME),
        cards=cards,
        missing=missing,
    )
    return html("operator/begun.html", page)


def _begin(context: OperatorContext, one: ReadySupervisor, session: Session) -> str:
    return communes.begin(session, context.operator, one.commune_id, one.name, one.sign_in_name, context.now)


def _card(one: ReadySupervisor, link: str) -> LinkCard:
    return LinkCard(one.commune, one.name, one.sign_in_name, link, qr_code(link))
