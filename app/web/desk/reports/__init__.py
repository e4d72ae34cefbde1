"""*Báo cáo*: choosing a period, and its figures."""

from fastapi import APIRouter

from app.web.desk.reports import choose, closing, download, report

router = APIRouter()
for _page in (choose, closing, download, report):
    router.include_router(_page.router)
