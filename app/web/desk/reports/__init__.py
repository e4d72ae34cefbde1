"""*Báo cáo*: choosing a period, and its figures."""

from fastapi import APIRouter

from app.web.desk.reports import choose, closing, download, remarks, report

router = APIRouter()
for _page in (choose, closing, download, remarks, report):
    router.include_router(_page.router)
