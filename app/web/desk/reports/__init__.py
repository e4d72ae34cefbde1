"""*Báo cáo*: choosing a period, its figures, closing it; activity sheets."""

from fastapi import APIRouter

from app.web.desk.reports import (
    activity,
    choose,
    closing,
    counted,
    download,
    remarks,
    report,
    sharing,
    tokens,
    wording,
)

router = APIRouter()
for _page in (tokens, choose, closing, counted, download, sharing, remarks, wording, report, activity):
    router.include_router(_page.router)
