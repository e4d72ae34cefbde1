"""/desk/reports/tokens: the tokens with which other programs read the commune's rounded totals."""

from fastapi import Request

from app.core.strings import _
from app.reports.open_data.tokens import Owner, Scope
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import REPORTS, build_frame
from app.web.desk.page.token_pages import TokenDesk, token_router

ADDRESS = "/desk/reports/tokens"


def _tokens(request: Request, desk: Desk) -> TokenDesk:
    """The commune's tokens."""
    actor = desk.actor
    return TokenDesk(
        request,
        desk.database,
        desk.now,
        Owner(Scope(commune_id=actor.commune_id), actor.account_id, actor.name),
        ADDRESS,
        back=("/desk/reports", _("Báo cáo")),
        scope=_("Excel, Power BI hoặc chương trình khác đọc số liệu các kỳ đã chốt của đơn vị bằng mã này."),
        frame=lambda session: build_frame(session, actor, REPORTS),
    )


router = token_router(ADDRESS, _tokens)
