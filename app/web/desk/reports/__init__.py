"""*Báo cáo*: choosing a period, its figures, closing it; activity sheets."""

from fastapi import APIRouter

from app.web.desk.reports import (
    activity,
    choose,
    closing,
    counted,
    download,
    extras,
    remarks,
    report,
    sharing,
    spot_checks,
    tokens,
    wording,
)

router = APIRouter()
_BEFORE = (tokens, choose, closing, counted, download, sharing, remarks, wording, extras)
for _page in (*_BEFORE, report, activity, spot_checks):
    router.include_router(_page.router)
