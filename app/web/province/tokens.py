"""/province/tokens: the tokens with which other programs read the rounded totals of its communes."""

from fastapi import Request

from app.core.strings import _
from app.reports.open_data.tokens import Owner, Scope
from app.web.desk.page.token_pages import TokenDesk, token_router
from app.web.province.context import REPORTS, TOKENS, ProvinceDesk, province_frame


def _tokens(request: Request, desk: ProvinceDesk) -> TokenDesk:
    """The province's tokens."""
    viewer = desk.viewer
    return TokenDesk(
        request,
        desk.database,
        desk.now,
        Owner(Scope(province_code=viewer.province_code), viewer.id, viewer.name),
        TOKENS,
        back=(REPORTS, _("Số liệu")),
        scope=_("Excel, Power BI hoặc chương trình khác đọc số liệu đã chốt của mọi xã, phường bằng mã này."),
        frame=lambda session: province_frame(session, viewer, REPORTS),
    )


router = token_router(TOKENS, _tokens)
